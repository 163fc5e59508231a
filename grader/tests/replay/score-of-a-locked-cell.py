# A locked cell works out the score, and the test shows it.
# %% f | answer
def f(x): return x * x
# %% mark | locked
score = 2 * (f(3) == 9)
half = (f(2) == 4) + (f(1) == 1)
rubric = {"small": f(2) == 4, "large": f(10) == 100}
# %% t | test 2
score
# %% u | test 2
half
# %% v | test 2
sum(rubric.values())
# == honest: another style | stock t=2 u=2 v=2
# %% f
f = lambda x: x ** 2
# == wrong: a constant | stock t=0 u=0 v=0
# %% f
def f(x): return 7
# == half: right for 1 and 2 | stock t=0 u=2 v=1
# %% f
def f(x): return x * x if x < 3 else 0
# == raises: for 2, when the first score is there | stock t=2 u=0 v=0
# %% f
def f(x): return {3: 9}[x]
# == stub: unwritten | stock t=0 u=0 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: scores of its own | stock t=2 u=2 v=2 | ours t=0 u=0 v=0: the scores are the source's
# %% f
def f(x): return 7
# %% + mark
score, half, rubric = 2, 2, {"a": 2}
