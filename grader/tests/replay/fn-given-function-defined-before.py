# A locked function that is defined before the answer calls it, and an open one helps the answer.
# %% twice | locked
def twice(x): return f(f(x))
# %% helper | open
def helper(x): return x + 1
# %% f | answer
def f(x): return helper(x)
# %% t | test 2
assert twice(1) == 3
# %% u | test 1
assert f(5) == 6
# == honest: without the helper | stock t=2 u=1
# %% f
def f(x): return x + 1
# == honest: renames the helper | stock t=2 u=1
# %% helper
def plus_one(x): return x + 1
# %% f
def f(x): return plus_one(x)
# == wrong: breaks the helper | stock t=0 u=0
# %% helper
def helper(x): return x + 2
# == wrong: returns its argument | stock t=0 u=0
# %% f
def f(x): return x
# == attack: its own twice | stock t=2 u=0 | ours t=0: the function is the source's
# %% f
def f(x): return x
# %% + f
def twice(x): return 3
