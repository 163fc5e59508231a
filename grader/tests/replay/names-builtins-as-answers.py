# The answer defines names that Python has, too; tests use them for others.
# %% f | answer
def max(xs): return sorted(xs)[-1]
def add(a, b): return a + b
# %% t | test 1
assert max([1, 3, 2]) == 3
# %% u | test 1
assert max([add(1, 2), add(2, 2)]) == 4
# == honest: a loop | stock t=1 u=1
# %% f
def max(xs):
    top, *rest = xs
    for x in rest: top = x if x > top else top
    return top
def add(a, b): return a + b
# == half: no max | stock t=1 u=1
# %% f
def add(a, b): return a + b
# == wrong: the smallest | stock t=0 u=1
# %% f
def max(xs): return sorted(xs)[0]
def add(a, b): return 4
