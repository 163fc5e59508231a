# Given cells fail for everybody, and what they had done until then stays.
# %% one | locked
x = 1
y = 1 / 0
z = 3
# %% two | open
not_there()
k = 2
# %% three | locked
this is no Python
# %% f | answer
def f(v): return v + x
# %% t | test 1
assert f(1) == 2
# %% u | test 1
try:
    z
    assert False
except NameError:
    assert x == 1
# == honest: corrects the open cell | stock t=1 u=1
# %% two
k = 2
# == honest: defines what is missing | stock t=1 u=0 | ours u=1: a name of a cell of their own is not the test's
# %% + one
y, z = 1, 3
# == wrong: returns its argument | stock t=0 u=1
# %% f
def f(v): return v
