# Tests get answers by eval, globals() and getattr of the main module.
# %% f | answer
def f(x): return x * x
n = 3
# %% t | test 1
assert eval("f(3)") == 9
# %% u | test 1
assert globals()["f"](n) == 9 and "n" in globals()
# %% v | test 1
import __main__
assert __main__.f(2) == 4 and hasattr(__main__, "n")
# %% w | test 1
namespace = {"f": f}
exec("y = f(4)", namespace)
assert namespace["y"] == 16
# == honest: lambda | stock t=1 u=1 v=1 w=1
# %% f
n, f = 3, lambda x: x * x
# == wrong: a constant | stock t=0 u=0 v=0 w=0
# %% f
def f(x): return 7
n = 3
# == half: no n | stock t=1 u=0 v=0 w=1
# %% f
def f(x): return x * x
# == stub: unwritten | stock t=0 u=0 v=0 w=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
