# A locked cell fills an array of NumPy's, and maps the answer over another.
# %% np | locked
import numpy as np
# %% f | answer
def f(x): return x * x
# %% calls | locked
out = np.zeros(4)
for i in range(4):
    out[i] = f(i)
mapped = np.array([f(v) for v in np.arange(3)])
whole = f(np.arange(3))
# %% t | test 2
assert np.array_equal(out, [0, 1, 4, 9])
# %% u | test 1
assert mapped.sum() == 5 and whole.tolist() == [0, 1, 4]
# == honest: a power | stock t=2 u=1
# %% f
def f(x): return x ** 2
# == wrong: leaves the zeros | stock t=0 u=0
# %% f
def f(x): return 0
# == half: no arrays | stock t=2 u=0
# %% f
def f(x): return x * x if not hasattr(x, "shape") else x
# == raises: at 3 | stock t=0 u=0
# %% f
def f(x): return x * x if x < 3 else None + x
# == attack: fills it itself | stock t=2 u=1 | ours t=0 u=0: the array is the source's
# %% f
def f(x): return 0
# %% + calls
out, mapped = np.array([0, 1, 4, 9]), np.array([5])
whole = np.array([0, 1, 4])
