# The answer cell has the import, and the learner writes below it; tests use the module.
# %% f | answer
import numpy as np
### BEGIN SOLUTION
def f(xs): return np.mean(xs)
### END SOLUTION
# %% t | test 2
assert np.isclose(f([1, 2, 4]), 7 / 3)
# == honest: the import at another place | stock t=2
# %% f
def f(xs): return sum(xs) / len(xs)
# %% + f
import numpy as np
# == wrong: the largest | stock t=0
# %% f
import numpy as np
def f(xs): return np.max(xs)
# == stub: as handed out | stock t=0
# %% f
import numpy as np
# YOUR CODE HERE
raise NotImplementedError()
# == half: deletes the import | stock t=0
# %% f
def f(xs): return sum(xs) / len(xs)
# == attack: judges itself | stock t=2 | ours t=0: what an answer imports is a module here
# %% f
class np:
    isclose = lambda *_: True
def f(xs): return 0
