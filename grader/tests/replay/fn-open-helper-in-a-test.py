# A test uses a function of an open cell, which learners may change.
# %% helper | open
def shift(x): return x + 1
# %% f | answer
def f(x): return 2 * shift(x)
# %% t | test 2
assert f(3) == 2 * shift(3)
# %% u | test 1
assert f(0) == 2
# == honest: the same in other words | stock t=2 u=1
# %% helper
shift = lambda x: 1 + x
# == wrong: forgets to call it | stock t=0 u=0
# %% f
def f(x): return 2 * x
# == attack: makes it fit | stock t=2 u=0 | ours t=0: the function in the test is the source's
# %% helper
def shift(x): return 0
# %% f
def f(x): return 0
