# ==== kernel-magics
# What a kernel has besides IPython, and its streams.
# %% i | open
import math
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert f(3) == 9
# %% h | hidden 2
assert f(5) == 25
# == honest: saves by itself | stock t=2 h=2
# %% f
%autosave 60
def f(x): return x * x
# == honest: in the imports | stock t=2 h=2
# %% i
%autosave 60
import math
# %% f
def f(x): return int(math.pow(x, 2))
# == honest: asks the streams | stock t=2 h=2
# %% f
import faulthandler, sys
faulthandler.enable()
sys.stdout.fileno(), sys.stdout.name, sys.stdout.errors
def f(x): return x * x
