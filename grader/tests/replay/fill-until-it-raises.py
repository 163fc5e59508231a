# The locked cell raises for the solution, too: what it had filled until then stays.
# %% f | answer
def f(x): return 12 // x
# %% calls | locked
got = []
for x in (1, 2, 0, 3):
    got.append(f(x))
after = True
# %% t | test 2
assert got == [12, 6]
# %% u | test 1
assert "after" not in dir()
# == wrong: never raises | stock t=0 u=0
# %% f
def f(x): return 12 // (x or 1)
# == half: raises at 2 | stock t=0 u=1
# %% f
def f(x): return {1: 12}[x]
# == stub: unwritten | stock t=0 u=1
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: a list of its own | stock t=2 u=0 | ours t=0: the list is the source's
# %% f
def f(x): return 0
# %% + calls
got = [12, 6]
