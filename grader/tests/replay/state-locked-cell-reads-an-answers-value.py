# Locked cells work with a number of the answer's, in a condition too.
# %% n | answer
n = 10
ok = True
# %% use | locked
xs = list(range(n))
if ok and n > 5:
    size = "large"
elif n:
    size = "small"
def more(k=n): return k + n
# %% t | test 1
assert len(xs) == 10
# %% u | test 1
assert size == "large"
# %% v | test 1
assert more() == 20
# == honest: another form | stock t=1 u=1 v=1
# %% n
n = int("10")
ok = n == 10
# == wrong: too small | stock t=0 u=0 v=0
# %% n
n, ok = 4, 1
# == wrong: nothing | stock t=0 u=0 v=0
# %% n
n, ok = 0, False
# == half: no number | stock t=0 u=0 v=0
# %% n
n, ok = "10", True
# == attack: sets what comes of it | stock t=1 u=1 v=1 | ours t=0 u=0 v=0: they are the source's
# %% n
n, ok = 0, False
# %% + use
xs, size = [0] * 10, "large"
def more(): return 20
