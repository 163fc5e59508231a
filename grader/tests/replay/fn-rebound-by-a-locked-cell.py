# A locked cell puts a wrapper under the answer's name.
# %% f | answer
def f(x): return x * x
# %% wrap | locked
asked = []
inner = f
def f(x):
    asked.append(x)
    return inner(x)
# %% t | test 2
assert f(3) == 9 and asked == [3]
# %% u | test 1
assert inner(4) == 16 and asked == [3]
# == honest: calls itself | stock t=2 u=1
# %% f
def f(x): return x * x if x >= 0 else f(-x)
# == honest: calls itself each time | stock t=0 u=0 | ours t=2 u=1: in its own process it calls itself, and not the wrapper
# %% f
def f(x): return 0 if x == 0 else f(x - 1) + 2 * x - 1
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == attack: a wrapper of its own | stock t=2 u=0 | ours t=0: the wrapper is the source's
# %% f
def f(x): return 7
# %% + wrap
def f(x):
    asked.append(x)
    return 9
