# The answer stands in a cell of the learner's, before or behind its own, or behind the test.
# %% f | answer
def f(x): return x * x
# %% calls | locked
got = f(3)
# %% t | test 2
assert got == 9
# %% u | test 1
assert f(2) == 4
# == honest: behind its own | stock t=2 u=1
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# %% + f
def f(x): return x * x
# == honest: split in two | stock t=2 u=1
# %% f
def square(x): return x * x
# %% + f
def f(x): return square(x)
# == honest: behind the test | stock t=0 u=0 | ours t=2 u=1: it is found by its name and put in its place
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# %% + u
def f(x): return x * x
# == wrong: the second one is wrong | stock t=0 u=0
# %% f
def f(x): return x * x
# %% + f
def f(x): return 7
