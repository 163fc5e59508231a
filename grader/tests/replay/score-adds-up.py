# Partial credit in a sum of comparisons.
# %% f | answer
def f(x): return x * x
# %% t | test 2
2 * (f(3) == 9)
# %% u | test 3
(f(2) == 4) + (f(-1) == 1) + (f(0) == 0)
# %% v | test 2
score = 0
for x in (2, 3, 4, 5):
    score += 0.5 * (f(x) == x * x)
score
# %% w | hidden 1
sum(f(x) == x * x for x in range(3)) / 3
# == honest: another style | stock t=2 u=3 v=2 w=1
# %% f
f = lambda x: x ** 2
# == wrong: a constant | stock t=0 u=0 v=0 w=0
# %% f
def f(x): return 7
# == half: small ones | stock t=2 u=3 v=1 w=1
# %% f
def f(x): return x * x if x < 4 else 0
# == half: the absolute value | stock t=0 u=3 v=0.5 w=1
# %% f
def f(x): return abs(x) if abs(x) < 2 else 4
# == raises: for 3 | stock t=0 u=3 v=0 w=1
# %% f
def f(x): return x * x if x != 3 else 1 / 0
# == stub: unwritten | stock t=0 u=0 v=0 w=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: an array | stock t=2 u=3 v=2 w=1 | ours t=0 u=0 v=0 w=0: what is no number is no score
# %% f
import numpy as np
class A(np.ndarray):
    def __eq__(self, other): return np.array([1, 1])
def f(x): return np.zeros(2).view(A)
