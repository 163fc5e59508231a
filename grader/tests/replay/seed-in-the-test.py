# A test seeds Python's or NumPy's generator, and the answer draws from it.
# %% libraries | locked
import random
import numpy as np
# %% draw | answer
def roll(): return random.randint(1, 6)
def noise(n): return np.random.normal(size=n)
# %% t | test 2
random.seed(1)
a = [roll() for _ in range(5)]
random.seed(1)
assert a == [random.randint(1, 6) for _ in range(5)]
# %% u | test 2
np.random.seed(1)
a = noise(3)
np.random.seed(1)
assert np.allclose(a, np.random.normal(size=3))
# %% v | test 1
assert {roll() for _ in range(200)} == {1, 2, 3, 4, 5, 6}
# == honest: other words | stock t=2 u=2 v=1
# %% draw
from random import randint
def roll(): return randint(1, 6)
def noise(n): return np.array([np.random.normal() for _ in range(n)])
# == wrong: another way to draw | stock t=0 u=0 v=1
# %% draw
def roll(): return 1 + int(random.random() * 6)
def noise(n): return np.random.default_rng(1).normal(size=n)
# == wrong: no chance | stock t=0 u=0 v=0
# %% draw
def roll(): return 3
def noise(n): return np.zeros(n)
