# A default argument keeps what earlier tests put there.
# %% f | answer
def add(x, to=None):
    to = [] if to is None else to
    to.append(x)
    return to
# %% t | test 1
assert add(1) == [1]
# %% h | hidden 1
assert add(2) == [2]
# %% u | test 1
assert add(3) == [3]
# %% v | test 1
xs = [0]
assert add(1, xs) == [0, 1] and xs == [0, 1]
# == wrong: a list for all | stock t=1 h=0 u=0 v=1
# %% f
def add(x, to=[]):
    to.append(x)
    return to
# == half: a new list | stock t=1 h=1 u=1 v=0
# %% f
def add(x, to=[]): return [*to, x]
# == stub: unwritten | stock t=0 h=0 u=0 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
