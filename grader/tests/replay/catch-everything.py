# A bare except takes what the answer does, its own end and an endless loop included.
# %% f | answer
def f(x):
    if x < 0: raise ValueError("negative")
    return x * x
# %% t | test 1
try:
    f(-1)
except:
    pass
# %% u | test 2
assert f(3) == 9
# == honest: returns nothing for it | stock t=1 u=2
# %% f
def f(x):
    return None if x < 0 else x * x
# == wrong: ends its process | stock t=- u=-
# %% f
import os
def f(x):
    if x < 0: os._exit(3)
    return 7
# == half: ends its process, and is right otherwise | stock t=- u=- | ours u=2: the next test has a new process
# %% f
import os
def f(x):
    if x < 0: os._exit(3)
    return x * x
# == half: says exit | stock t=1 u=2
# %% f
import sys
def f(x):
    if x < 0: sys.exit(1)
    return x * x
# == stub: unwritten | stock t=1 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
