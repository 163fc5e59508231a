# A loop's else defines a name where no break came before.
# %% f | answer
def f(x): return x * x
# %% calls | locked
for x in (1, 2, 3):
    y = f(x)
    if y != x * x:
        break
else:
    fine = True
# %% t | test 2
assert fine
# %% u | test 1
assert (x, y) == (3, 9)
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == half: right but for 3 | stock t=0 u=0
# %% f
def f(x): return x * x % 9
# == raises: at 2 | stock t=0 u=0
# %% f
def f(x): return {1: 1}[x]
# == attack: says so | stock t=2 u=0 | ours t=0: the name is the source's
# %% f
def f(x): return 7
# %% + calls
fine = True
