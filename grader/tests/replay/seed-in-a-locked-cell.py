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
