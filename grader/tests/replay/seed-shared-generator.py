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
