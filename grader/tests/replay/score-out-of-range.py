# A score below 0, which is full points in nbgrader.
# %% f | answer
def f(x): return x * x
# %% t | test 2
2 - 3 * (f(3) != 9)
# %% u | test 2
float("nan") if f(2) != 4 else 2
# == honest: another style | stock t=2 u=2
# %% f
f = lambda x: x ** 2
# == wrong: a constant | stock t=2 u=2 | ours t=0 u=0: a score below 0 or nan is an error
# %% f
def f(x): return 7
# == half: right for 3 | stock t=2 u=2 | ours u=0: nan is no score
# %% f
def f(x): return 9
