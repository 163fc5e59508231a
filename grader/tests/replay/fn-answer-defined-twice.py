# A later answer cell improves on the function of an earlier one; tests stand between.
# %% first | answer
def f(x): return x + 1
# %% t | hidden 2
assert f(1) == 2
# %% keep | locked
def kept(x, fn=f): return fn(x)
def called(x): return f(x)
before = f(10)
# %% second | answer
def f(x): return x * 2
# %% u | test 2
assert f(5) == 10 and called(5) == 10
# %% v | test 1
assert kept(5) == 6 and before == 11
# %% w | hidden 1
assert f(7) == 14 and kept(7) == 8
# == honest: lambdas | stock t=2 u=2 v=1 w=1
# %% first
f = lambda x: x + 1
# %% second
f = lambda x: x + x
# == half: the first stays | stock t=2 u=0 v=1 w=0
# %% second
# nothing to improve
# == half: the second is there at once | stock t=2 u=2 v=0 w=0
# %% first
def f(x): return x * 2
# == wrong: right for 1 | stock t=2 u=2 v=0 w=0
# %% first
def f(x): return 2
# %% second
def f(x): return 10
# == stub: the second is not written | stock t=2 u=0 v=1 w=0
# %% second
# YOUR CODE HERE
raise NotImplementedError()
