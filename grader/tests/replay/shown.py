# ==== shown-flood-isolated
# A score, of a test that looks whether data are changed, and a print.
# %% f | answer
def top(xs): return sorted(xs)[-1]
# %% t | test 2
n = 0
xs = [3, 1, 2]
n += top(xs) == 3
n += xs == [3, 1, 2]
n
# %% u | hidden 3
n = 0.5
ys = [4, 6, 5]
n += top(ys) == 6
n += 1.5 * (ys == [4, 6, 5])
n
# == half: in place, wrong | stock t=1 u=1.5 | ours u=0: since the two runs differ | waits u
# %% f
def top(xs):
    xs.sort()
    return xs[-1]
# == half: in place, wrong, prints | stock t=1 u=1.5 | ours u=0: since the two runs differ | waits u
# %% f
def top(xs):
    xs.sort()
    for i in range(12000): print(i, "and so far", list(range(30)))
    return xs[-1]
# == half: in place, half, and changes it back half way | stock t=1 u=2
# %% f
def top(xs):
    m = max(xs) + 1
    for i in range(12000): print(i, "and so far", list(range(30)))
    return m

# ==== shown-beside-flood
# A score beside alone; a debugging print in a loop.
# %% f | answer
def f(x):
    """Square."""
    return x * x
# %% t | test 4
n = 1 if f.__doc__ else 0
for k in range(3): n += f(k) == k * k
n
# %% u | hidden 4
n = 1 if f.__doc__ else 0
for k in range(3): n += f(k) == k * k
n
# == half: wrong for two, prints a lot | stock t=1 u=1
# %% f
def f(x):
    seen = list(range(30))
    for i in range(4000): print("now at step", i, "with", x, "and so far", seen)
    return 0
# == half: wrong for two | stock t=1 u=1
# %% f
def f(x):
    return 0

# ==== shown-interactivity-hidden
# All expressions are shown: students often set that.
# %% l | locked
def part(ok): return 1 if ok else 0
# %% f | answer
def f(x): return x * x
# %% t | test 1
assert f(0) == 0
# %% u | hidden 3
n = []
n.append(part(f(2) == 4))
part(f(3) == 9)
sum(n) + part(f(3) == 9) + part(f(1) == 1)
# == half: right for one and two, shows all | stock t=1 u=0 | waits u
# %% f
from IPython.core.interactiveshell import InteractiveShell
InteractiveShell.ast_node_interactivity = "all"
def f(x): return {0: 0, 1: 1, 2: 4}.get(x, 5)
# == half: right for one and two | stock t=1 u=2
# %% f
def f(x): return {0: 0, 1: 1, 2: 4}.get(x, 5)
