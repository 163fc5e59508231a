# Scores as Fraction, Decimal, NumPy's numbers, with a semicolon, as text.
# %% f | answer
def f(x): return x * x
# %% libraries | locked
import numpy as np
from fractions import Fraction
from decimal import Decimal
right = [f(2) == 4, f(3) == 9]
# %% t | test 2
Fraction(2 * sum(right), 2)
# %% u | test 2
Decimal(sum(right))
# %% v | test 2
2 * np.mean(right)
# %% w | test 2
np.int64(sum(right))
# %% x | test 2
sum(right);
# %% y | test 2
f"{sum(right)}"
# %% z | test 2
float(np.sum(right))
# == honest: another style | stock t=2 u=2 v=2 w=2 x=2 y=2 z=2
# %% f
f = lambda x: x ** 2
# == half: right for 3 | stock t=2 u=2 v=2 w=2 x=2 y=2 z=1 | ours t=1 u=1 v=1 w=1: a real number of any kind is a score
# %% f
def f(x): return 9
# == wrong: a constant | stock t=2 u=2 v=2 w=2 x=2 y=2 z=0 | ours t=0 u=0 v=0 w=0: a real number of any kind is a score
# %% f
def f(x): return 7
# == stub: unwritten | stock t=0 u=0 v=0 w=0 x=0 y=0 z=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
