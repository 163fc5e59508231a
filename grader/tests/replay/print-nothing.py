# Only that the answer prints nothing, and warns of nothing: what no solution can show to be watched.
# %% f | answer
def square(x): return x * x
# %% t | test 2
import io, contextlib
with contextlib.redirect_stdout(io.StringIO()) as out:
    square(3)
assert not out.getvalue()
# %% u | test 1
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    square(3)
assert caught == []
# %% v | test 1
assert square(3) == 9
# == honest: another style | stock t=2 u=1 v=1
# %% f
square = lambda x: x ** 2
# == wrong: prints | stock t=0 u=1 v=1
# %% f
def square(x):
    print(x * x)
    return x * x
# == wrong: warns | stock t=0 u=0 v=0 | ours t=2 u=1 v=1: what stands on stderr costs nothing
# %% f
import warnings
def square(x):
    warnings.warn("slow")
    return x * x
# == stub: unwritten | stock t=0 u=0 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
