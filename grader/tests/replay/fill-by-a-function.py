# A function of the source's appends to the list that it gets, and calls the answer.
# %% record | locked
log = []
def record(into, x):
    into.append(f(x))
    return into
# %% f | answer
def f(x): return x + 1
# %% calls | locked
record(log, 2)
record(log, 3)
# %% t | test 2
assert log == [3, 4]
# %% u | test 1
assert record(log, 4) is log and len(log) == 3
# == wrong: returns its argument | stock t=0 u=1
# %% f
def f(x): return x
# == half: right for 2 | stock t=0 u=1
# %% f
def f(x): return 3
# == raises: at 3 | stock t=0 u=0
# %% f
def f(x): return {2: 3}[x]
# == attack: a list of its own | stock t=2 u=1 | ours t=0: the list is the source's
# %% f
def f(x): return 0
# %% + calls
log = [3, 4]
