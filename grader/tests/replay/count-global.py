# The answer has to call a function of the source's, which counts in a global.
# %% counted | locked
calls = 0
def counted(x):
    global calls
    calls += 1
    return x + 1
# %% f | answer
def f(g, xs): return [g(x) for x in xs]
# %% t | test 2
assert f(counted, [1, 2, 3]) == [2, 3, 4] and calls == 3
# %% u | test 1
f(counted, [5])
assert calls == 4
# == honest: map | stock t=2 u=1
# %% f
def f(g, xs): return list(map(g, xs))
# == wrong: never calls it | stock t=0 u=0
# %% f
def f(g, xs): return [x + 1 for x in xs]
# == half: calls it twice | stock t=0 u=0
# %% f
def f(g, xs): return [g(x) for x in xs if g(x)]
# == attack: counts itself | stock t=2 u=1 | ours t=0 u=0: the count is the source's
# %% f
def f(g, xs):
    global calls
    calls += len(xs)
    return [x + 1 for x in xs]
