# The answer is a decorator, which locked cells and tests put on their functions.
# %% deco | answer
import functools
def twice(fn):
    @functools.wraps(fn)
    def inner(*args, **kwargs): return 2 * fn(*args, **kwargs)
    return inner
# %% use | locked
@twice
def three(): return 3
ran = []
@twice
def noted(x, *, k=1):
    "Says what it got."
    ran.append(x)
    return x * k
six = three()
# %% t | test 2
assert three() == 6 and six == 6
# %% u | test 1
assert noted(2, k=5) == 20 and ran == [2]
# %% v | test 1
@twice
def word(): return "a"
assert word() == "aa"
# %% w | test 1
assert noted.__name__ == "noted" and noted.__doc__ == "Says what it got."
# == honest: a class | stock t=2 u=1 v=1 w=1
# %% deco
import functools
class twice:
    def __init__(self, fn):
        self.fn = fn
        functools.update_wrapper(self, fn)
    def __call__(self, *args, **kwargs): return self.fn(*args, **kwargs) * 2
# == wrong: the function itself | stock t=0 u=0 v=0 w=1
# %% deco
def twice(fn): return fn
# == half: calls it at once | stock t=2 u=0 v=1 w=0
# %% deco
def twice(fn):
    def inner(*args, **kwargs): return fn(*args, **kwargs) + fn(*args, **kwargs)
    return inner
# == stub: unwritten | stock t=0 u=0 v=0 w=0
# %% deco
# YOUR CODE HERE
raise NotImplementedError()
# == attack: names of its own | stock t=2 u=1 v=0 w=0 | ours t=0 u=0: these are the source's
# %% deco
def twice(fn): return lambda *a, **k: 0
# %% + use
three = lambda: 6
six, ran, noted = 6, [2], lambda *a, **k: 20
