# ==== once-import
# The first test imports what the others use, and stops at an unwritten answer.
# %% squares | answer
def squares(n): return [k * k for k in range(n)]
# %% squares_test | test 1
import math
assert math.isclose(sum(squares(3)), 5)
# %% halves | answer
def halves(n): return [k / 2 for k in range(n)]
# %% halves_test | test 1
assert math.isclose(sum(halves(3)), 1.5)
# %% thirds | answer
def thirds(n): return [k / 3 for k in range(n)]
# %% thirds_test | test 1
assert math.isclose(sum(thirds(4)), 2)
# == half: squares unwritten, all else right | stock squares_test=0 halves_test=1 thirds_test=1
# %% squares
# YOUR CODE HERE
raise NotImplementedError()

# ==== once-in-place
# A test whose answer changes given data stops at an unwritten answer, and runs no second time.
# %% l | locked
data = [3, 1, 2]
# %% f | answer
def f(xs): return sorted(xs)
# %% g | answer
def g(xs): return max(xs)
# %% t | test 2
assert f(data) == [1, 2, 3]
assert g(data) == 3
# %% u | test 2
assert data == [3, 1, 2]
# == wrong: sorts in place, g unwritten | stock t=0 u=0
# %% f
def f(xs):
    xs.sort()
    return xs
# %% g
# YOUR CODE HERE
raise NotImplementedError()

# ==== once-in-the-third-process
# The same, where a hidden test runs beside the answers and reads what a test of an unwritten answer has set.
# %% f | answer
def f(x):
    """Square."""
    return x * x
# %% g | answer
def g(x): return x + 1
# %% t | test 2
cases = [1, 2, 3]
for x in cases: assert g(x) == x + 1
# %% u | test 2
assert f.__doc__ and all(f(x) == x * x for x in cases)
# %% h | hidden 2
assert f.__doc__ and all(f(x) == x * x for x in cases)
# == half: g unwritten | stock t=0 u=2 h=2
# %% g
# YOUR CODE HERE
raise NotImplementedError()
