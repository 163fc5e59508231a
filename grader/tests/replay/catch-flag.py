# A locked try notes whether the answer raises; a missing name raises, too.
# %% f | answer
def f(x):
    if not isinstance(x, int): raise TypeError("no number")
    return x * x
# %% calls | locked
try:
    f("a")
    raised = False
except Exception:
    raised = True
# %% t | test 2
assert raised
# %% u | test 1
assert f(3) == 9
# == honest: another exception | stock t=2 u=1
# %% f
def f(x): return x * x + 0
# == wrong: takes everything | stock t=0 u=1
# %% f
def f(x): return 9
# == stub: unwritten | stock t=2 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == stub: a body that is not written | stock t=2 u=0
# %% f
def f(x):
    raise NotImplementedError()
# == attack: says so | stock t=2 u=1 | ours t=0: the flag is the source's
# %% f
def f(x): return 9
# %% + calls
raised = True
