# del in locked cells and tests.
# %% f | answer
def f(x): return x + 1
tmp = 5
# %% del | locked
y = f(1)
extra = [1]
del extra
parts = {"a": f(0), "b": 2}
del parts["b"]
# %% t | test 1
assert y == 2 and parts == {"a": 1}
try:
    extra
    assert False
except NameError:
    pass
# %% u | test 1
del tmp
assert "tmp" not in globals()
# %% v | test 1
assert f(y) == 3
# == wrong: returns its argument | stock t=0 u=1 v=0
# %% f
def f(x): return x
tmp = 5
# == half: no tmp | stock t=1 u=0 v=1
# %% f
def f(x): return x + 1
# == stub: unwritten | stock t=0 u=0 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
