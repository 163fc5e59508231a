# The answer is to import something under a name.
# %% f | answer
import math as m
from collections import Counter
# %% t | test 2
assert m.floor(2.5) == 2 and m.pi > 3
# %% u | test 1
assert Counter("aab")["a"] == 2
# == honest: in another form | stock t=2 u=1
# %% f
import math, collections
m, Counter = math, collections.Counter
# == wrong: another name | stock t=0 u=1
# %% f
import math
from collections import *
# == wrong: another module | stock t=0 u=0
# %% f
import cmath as m
from collections import OrderedDict as Counter
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
