# A test catches SystemExit and KeyboardInterrupt from an answer.
# %% f | answer
import sys
def f(x):
    if x < 0: sys.exit(2)
    return x
# %% t | test 2
try:
    f(-1)
    code = None
except SystemExit as error:
    code = error.code
assert code == 2
# %% u | test 1
assert f(1) == 1
# == honest: raises it itself | stock t=2 u=1
# %% f
def f(x):
    if x < 0: raise SystemExit(2)
    return x
# == wrong: another code | stock t=0 u=1
# %% f
def f(x):
    if x < 0: raise SystemExit(1)
    return x
# == wrong: ValueError | stock t=0 u=1
# %% f
def f(x):
    if x < 0: raise ValueError(2)
    return x
