# The answer sorts in place, and must not change another argument.
# %% f | answer
def sort(xs): xs.sort()
def sort_copy(xs): return sorted(xs)
# %% t | test 1
xs = [3, 1, 2]
assert sort(xs) is None and xs == [1, 2, 3]
# %% u | test 1
ys = [3, 1, 2]
assert sort_copy(ys) == [1, 2, 3] and ys == [3, 1, 2]
# %% v | test 1
zs = [1, 2]
assert sort_copy(zs) is not zs
# %% w | test 1
nested = {"a": [2, 1]}
sort(nested["a"])
assert nested == {"a": [1, 2]}
# == honest: a slice | stock t=1 u=1 v=1 w=1
# %% f
def sort(xs): xs[:] = sorted(xs)
def sort_copy(xs):
    xs = xs.copy()
    xs.sort()
    return xs
# == wrong: the other way round | stock t=0 u=0 v=0 w=0
# %% f
def sort(xs): return sorted(xs)
def sort_copy(xs):
    xs.sort()
    return xs
# == wrong: rebinds, and returns the same where it is sorted | stock t=0 u=1 v=0 w=0
# %% f
def sort(xs): xs = sorted(xs)
def sort_copy(xs): return xs if xs == [1, 2] else sorted(xs)
