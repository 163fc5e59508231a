# `from numpy import *` in a cell of their own puts NumPy's all, sum and round under those names.
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert all(f(x) == x * x for x in range(4))
# %% u | test 1
assert sum([f(1), f(2)]) == 5 and min([f(3)], [f(9)]) == [9]
# == honest: has it in a cell of its own | stock t=2 u=0 | ours u=1: names of a cell of their own are not the test's
# %% + f
from numpy import *
# == honest: has it in the answer | stock t=2 u=0 | ours u=1: what an answer defines besides is not the test's
# %% f
from numpy import *
def f(x): return x * x
# == wrong: has it in the answer | stock t=2 u=0 | ours t=0: all is Python's own
# %% f
from numpy import *
def f(x): return 7
