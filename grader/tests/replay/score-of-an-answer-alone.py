# The last line only shows what an answer gives, after asserts.
# %% f | answer
def f(x): return x + "!"
z = "so"
n = 2
# %% t | test 2
assert n == 2
f("a")
# %% u | test 2
z
# %% v | test 2
n
# == wrong: numbers | stock t=1 u=0 v=2
# %% f
def f(x): return 1
z, n = 0, 2
# == half: a number below | stock t=0 u=2 v=1
# %% f
def f(x): return x
z, n = "", 1
# == stub: unwritten | stock t=0 u=0 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
