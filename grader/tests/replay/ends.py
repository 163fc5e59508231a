# ==== ends-pytest-raises
# Several functions that are to raise, and pytest.raises in the tests.
# %% l | locked
import pytest
# %% f0 | answer
def f0(x):
    if x < 0: raise ValueError
    return x + 0
# %% t0 | test 1
with pytest.raises(ValueError): f0(-1)
# %% f1 | answer
def f1(x):
    if x < 0: raise ValueError
    return x + 1
# %% t1 | test 1
with pytest.raises(ValueError): f1(-1)
# %% f2 | answer
def f2(x):
    if x < 0: raise ValueError
    return x + 2
# %% t2 | test 1
with pytest.raises(ValueError): f2(-1)
# %% f3 | answer
def f3(x):
    if x < 0: raise ValueError
    return x + 3
# %% t3 | test 1
with pytest.raises(ValueError): f3(-1)
# %% f4 | answer
def f4(x):
    if x < 0: raise ValueError
    return x + 4
# %% t4 | test 1
with pytest.raises(ValueError): f4(-1)
# %% f5 | answer
def f5(x):
    if x < 0: raise ValueError
    return x + 5
# %% t5 | test 1
with pytest.raises(ValueError): f5(-1)
# %% f6 | answer
def f6(x):
    if x < 0: raise ValueError
    return x + 6
# %% t6 | test 1
with pytest.raises(ValueError): f6(-1)
# %% g | answer
def g(x): return x * x
# %% u | test 2
assert g(3) == 9
# %% v | hidden 2
assert g(4) == 16
# == half: none raises, g is right | stock t0=0 t1=0 t2=0 t3=0 t4=0 t5=0 t6=0 u=2 v=2
# %% f0
def f0(x): return x + 0
# %% f1
def f1(x): return x + 1
# %% f2
def f2(x): return x + 2
# %% f3
def f3(x): return x + 3
# %% f4
def f4(x): return x + 4
# %% f5
def f5(x): return x + 5
# %% f6
def f6(x): return x + 6
# == half: one doesn't raise | stock t0=0 t1=1 t2=1 t3=1 t4=1 t5=1 t6=1 u=2 v=2
# %% f0
def f0(x): return x

# ==== ends-pytest-raises-hidden
# The same, hidden.
# %% l | locked
import pytest
# %% f0 | answer
def f0(x):
    if x < 0: raise ValueError
    return x + 0
# %% t0 | hidden 1
with pytest.raises(ValueError): f0(-1)
# %% f1 | answer
def f1(x):
    if x < 0: raise ValueError
    return x + 1
# %% t1 | hidden 1
with pytest.raises(ValueError): f1(-1)
# %% f2 | answer
def f2(x):
    if x < 0: raise ValueError
    return x + 2
# %% t2 | hidden 1
with pytest.raises(ValueError): f2(-1)
# %% f3 | answer
def f3(x):
    if x < 0: raise ValueError
    return x + 3
# %% t3 | hidden 1
with pytest.raises(ValueError): f3(-1)
# %% f4 | answer
def f4(x):
    if x < 0: raise ValueError
    return x + 4
# %% t4 | hidden 1
with pytest.raises(ValueError): f4(-1)
# %% f5 | answer
def f5(x):
    if x < 0: raise ValueError
    return x + 5
# %% t5 | hidden 1
with pytest.raises(ValueError): f5(-1)
# %% f6 | answer
def f6(x):
    if x < 0: raise ValueError
    return x + 6
# %% t6 | hidden 1
with pytest.raises(ValueError): f6(-1)
# %% g | answer
def g(x): return x * x
# %% u | test 2
assert g(3) == 9
# %% v | hidden 2
assert g(4) == 16
# == half: none raises, g is right | stock t0=0 t1=0 t2=0 t3=0 t4=0 t5=0 t6=0 u=2 v=2
# %% f0
def f0(x): return x + 0
# %% f1
def f1(x): return x + 1
# %% f2
def f2(x): return x + 2
# %% f3
def f3(x): return x + 3
# %% f4
def f4(x): return x + 4
# %% f5
def f5(x): return x + 5
# %% f6
def f6(x): return x + 6
