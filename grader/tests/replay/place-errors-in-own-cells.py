# Cells of the learner's raise, are no Python, or end the process.
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert f(3) == 9
# %% u | test 1
assert f(2) == 4
# == honest: raises behind the definition | stock t=2 u=1
# %% f
def f(x): return x * x
print(f(1) / 0)
# == honest: own cells that are none | stock t=2 u=1
# %% + f
this is no Python
# %% + f
1 / 0
# == wrong: no Python | stock t=0 u=0
# %% f
def f(x) return x * x
# == half: defines it after an error | stock t=0 u=0
# %% f
undefined
def f(x): return x * x
# == honest: ends its process in a cell of its own | stock t=- u=- | ours t=2 u=1: in nbgrader nothing is graded at all
# %% + f
import os
os._exit(1)
# == honest: says exit() in a cell of its own | stock t=2 u=1
# %% + f
exit()
