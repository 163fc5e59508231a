# Tests pass functions to the answer: lambdas, methods, other answers, some that raise.
# %% f | answer
def apply(fn, *args, **kwargs):
    try:
        return fn(*args, **kwargs)
    except ZeroDivisionError:
        return "zero"
def compose(f, g): return lambda x: f(g(x))
# %% t | test 2
assert apply(lambda a, b=0: a + b, 1, b=2) == 3 and apply(max, [1, 5]) == 5
# %% u | test 1
assert apply(lambda: 1 / 0) == "zero"
# %% v | test 1
try:
    apply(int, "x")
    assert False
except ValueError:
    pass
# %% w | test 1
assert compose(str, len)("abc") == "3" and compose(abs, compose(abs, abs))(-2) == 2
# %% x | test 1
seen = []
apply(seen.append, 4)
apply(seen.extend, [5, 6])
assert seen == [4, 5, 6]
# == honest: nested functions | stock t=2 u=1 v=1 w=1 x=1
# %% f
def apply(*args, **kwargs):
    fn, *rest = args
    try:
        done = fn(*rest, **kwargs)
    except ArithmeticError:
        done = "zero"
    return done
def compose(f, g):
    def both(x): return f(g(x))
    return both
# == wrong: never calls | stock t=0 u=0 v=0 w=0 x=0
# %% f
def apply(fn, *args, **kwargs): return 3
def compose(f, g): return f
# == half: takes all that is raised | stock t=2 u=1 v=0 w=0 x=1
# %% f
def apply(fn, *args, **kwargs):
    try:
        return fn(*args, **kwargs)
    except Exception:
        return "zero"
def compose(f, g): return lambda x: g(f(x))
