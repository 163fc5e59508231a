# A test that looks into the code fills a list that a later test reads.
# %% f | answer
def f(x):
    return x * x
# %% t | test 1
import inspect
ran = []
assert "import" not in inspect.getsource(f)
ran.append(f(3) == 9)
bad = []
for x in (2, 3):
    if f(x) != x * x: bad.append(x)
# %% u | test 2
assert all(ran) and f(4) == 16
# %% v | test 2
assert ran == [True]
# %% w | test 1
assert not bad
# == honest: a loop | stock t=1 u=2 v=2 w=1
# %% f
def f(x):
    y = 0
    for _ in range(abs(x)): y += abs(x)
    return y
# == wrong: imports | stock t=0 u=2 v=0 w=0
# %% f
def f(x):
    import operator
    return operator.mul(x, x)
# == half: right for 4 only | stock t=1 u=0 v=0 w=0
# %% f
def f(x):
    return 16
# == wrong: a constant | stock t=1 u=0 v=0 w=0
# %% f
def f(x):
    return 7
