# What a hidden test defines a visible one reads, a helper of a locked cell too.
# %% f | answer
def f(x): return x * x
# %% use | locked
def judged(x): return judge(x)
# %% h | hidden 1
def judge(x): return f(x) == x * x
cases = [2, 3]
assert judge(5)
# %% u | test 2
assert all(judged(x) for x in cases)
# == wrong: a constant | stock h=1 u=0
# %% f
def f(x): return 25
# == half: right up to 3 | stock h=0 u=2
# %% f
def f(x): return x * x if x < 4 else 0
# == stub: unwritten | stock h=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
