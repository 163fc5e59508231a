# Last lines that are bool, None, text, list: nbgrader gives all points where no error came first.
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert f(3) == 9
f(3) == 9
# %% u | test 2
f(2) == 5
# %% v | test 1
assert f(2) == 4
"well done"
# %% w | test 1
assert f(2) == 4
print("well done")
# %% x | test 1
assert f(2) == 4
[1]
# %% y | test 1
assert f(1) == 1
None
# == wrong: a constant | stock t=0 u=2 v=0 w=0 x=0 y=0
# %% f
def f(x): return 7
# == half: right for 3 | stock t=2 u=2 v=0 w=0 x=0 y=0
# %% f
def f(x): return 9
# == stub: unwritten | stock t=0 u=0 v=0 w=0 x=0 y=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
