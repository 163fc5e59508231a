# ==== seed-in-a-locked-cell
# A locked cell seeds, the answer draws; the test draws the same with another generator.
# %% seed | locked
import random
import numpy as np
random.seed(3)
np.random.seed(3)
# %% draw | answer
xs = [random.random() for _ in range(3)]
ys = np.random.normal(size=2)
# %% t | test 2
assert xs == [random.Random(3).random() for _ in "a"] + xs[1:] and len(xs) == 3
# %% u | test 2
assert np.allclose(ys, np.random.RandomState(3).normal(size=2))
# == wrong: seeds anew | stock t=0 u=0
# %% draw
random.seed(4); np.random.seed(4)
xs = [random.random() for _ in range(3)]
ys = np.random.normal(size=2)
# == honest: in a loop | stock t=2 u=2
# %% draw
xs, ys = [], np.zeros(2)
for _ in range(3): xs.append(random.random())
for i in range(2): ys[i] = np.random.normal()
# == half: too few | stock t=0 u=2
# %% draw
xs = [random.random()]
ys = np.random.normal(size=2)

# ==== seed-in-the-test
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

# ==== seed-shared-generator
# One generator of the source's, from which answer and test draw by turns.
# %% rng | locked
import numpy as np
rng = np.random.default_rng(7)
# %% draw | answer
first = rng.integers(0, 100, 3)
def shuffled(xs): return rng.permutation(xs)
# %% t | test 2
assert first.tolist() == np.random.default_rng(7).integers(0, 100, 3).tolist()
# %% u | test 1
again = np.random.default_rng(7)
again.integers(0, 100, 3)
assert rng.integers(0, 100) == again.integers(0, 100)
# %% v | test 1
assert sorted(shuffled([1, 2, 3])) == [1, 2, 3]
# == honest: one by one | stock t=2 u=1 v=1
# %% draw
first = np.array([rng.integers(0, 100) for _ in range(3)])
def shuffled(xs): return rng.permutation(len(xs)) + 1
# == wrong: draws one more | stock t=2 u=0 v=1
# %% draw
first = rng.integers(0, 100, 3)
rng.integers(0, 100)
def shuffled(xs): return xs
# == wrong: a generator of its own | stock t=0 u=0 v=0
# %% draw
rng = np.random.default_rng(8)
first = rng.integers(0, 100, 3)
def shuffled(xs): return [0, 0, 0]
