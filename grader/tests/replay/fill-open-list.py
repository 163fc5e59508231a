# An open cell makes a list, and another one fills it by calling the answer.
# %% log | open
log = []
# %% f | answer
def f(x): return x * x
# %% calls | open
for x in (2, 3):
    log.append(f(x) == x * x)
# %% t | test 2
assert log and all(log)
# == honest: as many cases as one likes | stock t=2
# %% calls
for x in range(10):
    log.append(f(x) == x * x)
# == wrong: a constant | stock t=0
# %% f
def f(x): return 7
# == half: right for 2 | stock t=0
# %% f
def f(x): return 4
# == raises: at 3 | stock t=2
# %% f
def f(x): return {2: 4}[x]
