# Tests define names that later ones read, with what was set before they failed.
# %% f | answer
def f(x): return x * x
# %% t | test 1
a = f(2)
log = [a]
assert a == 4
b = f(3)
log.append(b)
# %% u | test 1
assert log[0] == a
# %% v | test 1
assert b == 9 and log == [4, 9]
# %% w | hidden 1
assert a + b == 13
# == half: right for 3 only | stock t=0 u=1 v=0 w=0
# %% f
def f(x): return 9
# == raises: at 3 | stock t=0 u=1 v=0 w=0
# %% f
def f(x): return {2: 4}[x]
# == wrong: a constant | stock t=0 u=1 v=0 w=0
# %% f
def f(x): return 0
# == stub: unwritten | stock t=0 u=0 v=0 w=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: sets them itself | stock t=0 u=1 v=1 w=1 | ours u=0 v=0 w=0: the names are the tests'
# %% f
def f(x): return 1 / 0
# %% + t
a, b, log = 4, 9, [4, 9]
