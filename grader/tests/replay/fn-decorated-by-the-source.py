# The answer is decorated by what a locked cell defines, which notes its calls.
# %% log | locked
import functools
log = []
def logged(fn):
    @functools.wraps(fn)
    def inner(*args):
        log.append(args)
        return fn(*args)
    return inner
# %% f | answer
@logged
def f(x): return x * x
# %% t | test 2
assert f(3) == 9
# %% u | test 2
assert log == [(3,)]
# == honest: decorates by hand | stock t=2 u=2
# %% f
def square(x): return x * x
f = logged(square)
# == wrong: not decorated | stock t=2 u=0
# %% f
def f(x): return x * x
# == wrong: tries it first | stock t=2 u=0
# %% f
@logged
def f(x): return x * x
f(2)
# == half: a constant | stock t=0 u=2
# %% f
@logged
def f(x): return 7
