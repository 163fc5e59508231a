# A locked loop fills a list by calling the answer; the test reads the list.
# %% f | answer
def f(x):
    return x * x
# %% calls | locked
bad = []
for x in (0, 1, 2, 3):
    if f(x) != x * x:
        bad.append(x)
# %% t | test 2
assert not bad
# == honest: another style | stock t=2
# %% f
f = lambda n: n ** 2
# == wrong: returns a constant | stock t=0
# %% f
def f(x): return 7
# == half: right for small ones only | stock t=0
# %% f
def f(x): return x * x if x < 3 else 0
# == stub: unwritten | stock t=2
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == raises: at a call | stock t=2
# %% f
def f(x): return 1 / 0
# == attack: empties the list in a cell of its own | stock t=2 | ours t=0: the list is the source's
# %% f
def f(x): return 7
# %% + calls
bad = []
