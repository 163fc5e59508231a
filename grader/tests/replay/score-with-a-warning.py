# nbgrader gives nothing where a test cell writes to stderr.
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert f(3) == 9
# %% u | test 1
assert f(2) == 4
# %% w | test 1
import sys
if f(2) != 4: print("not four", file=sys.stderr)
# == half: warns | stock t=0 u=0 w=0 | ours t=2 u=1 w=1: what an answer prints is no error
# %% f
import warnings
def f(x):
    warnings.warn(f"slow for {x}")
    return x * x
# == half: prints to stderr | stock t=0 u=0 w=0 | ours t=2 u=1 w=1: what an answer prints is no error
# %% f
import sys
def f(x):
    print("asked for", x, file=sys.stderr)
    return x * x
# == half: warns when it is defined | stock t=2 u=1 w=1
# %% f
import warnings
warnings.warn("about to define f")
def f(x): return x * x
# == wrong: a constant | stock t=0 u=0 w=0 | ours w=1: what stands on stderr costs nothing
# %% f
def f(x): return 7
