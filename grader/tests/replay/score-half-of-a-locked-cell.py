# The same where a half right answer gets one of two points.
# %% f | answer
def f(x): return x * x
# %% mark | locked
score = (f(3) == 9) + (f(-3) == 9)
# %% t | test 2
score
# %% u | hidden 2
score
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == half: only positive ones | stock t=1 u=1
# %% f
def f(x): return x * abs(x)
