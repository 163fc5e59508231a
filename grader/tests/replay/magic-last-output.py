# Underscores and Out stand for what cells show.
# %% f | answer
def f(x): return x * x
# %% shows | locked
f(3)
# %% t | test 2
assert _ == 9
# %% u | test 1
assert len(Out) >= 1 and f(2) == 4
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
