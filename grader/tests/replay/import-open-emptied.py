# The imports stand in an open cell, which learners empty, move or change.
# %% imports | open
import numpy as np
from math import sqrt
# %% z | answer
z = np.array([1.0, 4.0])
# %% t | test 2
assert np.array_equal(z, [1, 4]) and sqrt(z[1]) == 2
# == honest: moves the import | stock t=2
# %% imports

# %% z
import numpy as np
from math import sqrt
z = np.array([1.0, 4.0])
# == honest: moves it into a cell of its own | stock t=2
# %% imports
# see below
# %% + imports
import numpy as np
from math import sqrt
# == honest: imports more | stock t=2
# %% imports
import numpy as np
import math
from math import *
# == honest: empties it and needs none | stock t=0 | ours t=2: the import is the source's
# %% imports

# %% z
import numpy
z = numpy.array([1.0, 4.0])
# == wrong: empties it | stock t=0
# %% imports

# %% z
z = [1.0, 5.0]
# == attack: judges itself | stock t=2 | ours t=0: the import is the source's
# %% imports
class np:
    def array_equal(*_): return True
def sqrt(x): return 2
# %% z
z = [0, 0]
# == attack: judges itself in a cell of its own | stock t=2 | ours t=0: the import is the source's
# %% + imports
class np:
    def array_equal(*_): return True
def sqrt(x): return 2
# %% z
z = [0, 0]
