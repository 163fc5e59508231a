# Hidden tests are run last here, with the names as they were at their places.
# %% f | answer
def f(x): return x + k
k = 1
# %% h | hidden 1
assert k == 1 and f(1) == 2
# %% log | locked
log = []
# %% visible | test 1
log.append(f(1))
k = 5
assert log == [2]
# %% g | hidden 1
assert k == 5 and f(1) == 6 and log == [2]
log.append(0)
# %% more | locked
k = 7
log = log + [f(0)]
# %% u | test 1
assert log == [2, 0, 7]
# == wrong: a constant | stock h=1 visible=1 g=0 u=0
# %% f
def f(x): return 2
k = 1
