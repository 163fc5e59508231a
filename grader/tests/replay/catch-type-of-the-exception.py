# A test tells exceptions by their type.
# %% f | answer
def f(x):
    if x < 0: raise ValueError("negative")
    return x ** 0.5
# %% t | test 2
try:
    f(-1)
except ValueError as error:
    assert "negative" in str(error) and error.args == ("negative",)
except Exception:
    assert False, "another exception"
else:
    assert False, "none"
# %% u | test 1
try:
    f("a")
except (TypeError, KeyError):
    ok = True
assert ok
# == honest: a class of its own | stock t=2 u=1
# %% f
class Negative(ValueError): pass
def f(x):
    if x < 0: raise Negative("negative")
    return x ** 0.5
# == wrong: another type | stock t=0 u=1
# %% f
def f(x):
    if x < 0: raise KeyError("negative")
    return x ** 0.5
# == wrong: none | stock t=0 u=1
# %% f
def f(x): return abs(x) ** 0.5
# == half: no text | stock t=0 u=1
# %% f
def f(x):
    if x < 0: raise ValueError
    return x ** 0.5
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == wrong: raises a text's error as a base class | stock t=0 u=0
# %% f
def f(x):
    if x == "a": raise LookupError
    raise Exception("negative")
