# A locked loop sets items of a dict to what the answer gives.
# %% f | answer
def f(x): return x * x
# %% calls | locked
got = {}
for x in (1, 2, 3):
    got[x] = f(x)
# %% t | test 2
assert got == {1: 1, 2: 4, 3: 9}
# %% u | hidden 2
assert len(got) == 3 and got[3] == 9
# == honest: a helper in a cell of its own | stock t=2 u=2
# %% f
def f(x): return square(x)
# %% + f
def square(y): return y * y
# == half: right for the last | stock t=0 u=2
# %% f
def f(x): return 9
# == raises: at the second, with one item set | stock t=0 u=0
# %% f
def f(x):
    if x == 2: raise ValueError(x)
    return x * x
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: a dict of its own | stock t=2 u=2 | ours t=0 u=0: the dict is the source's
# %% f
def f(x): return 7
# %% + calls
got = {1: 1, 2: 4, 3: 9}
