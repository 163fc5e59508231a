# The solution itself defines its name in a text.
# %% f | answer
exec("def f(x): return x * x")
globals()["g"] = lambda x: x + 1
# %% t | test 2
assert f(3) == 9
# %% u | test 1
assert g(1) == 2
# == honest: in words | stock t=2 u=1
# %% f
def f(x): return x * x
def g(x): return x + 1
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
g = f
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
