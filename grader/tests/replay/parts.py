# ==== parts-options-set
# A cell sets numpy's options once, for all that follow.
# %% l | locked
import numpy as np
# %% f | answer
def show(a): return "[" + " ".join(f"{x:.2f}" for x in a) + "]"
def ratio(a, b): return None if 0 in b else (a / b).tolist()
# %% t | test 2
assert show(np.array([1/3, 2/3])) == "[0.33 0.67]"
# %% u | hidden 2
assert ratio(np.array([1.0]), np.array([0.0])) is None
# == honest: by options | stock t=2 u=2
# %% f
np.set_printoptions(precision=2)
np.seterr(all="raise")
def show(a): return str(a)
def ratio(a, b):
    try: return np.divide(a, b).tolist()
    except FloatingPointError: return None
# == wrong: by other options | stock t=0 u=0
# %% f
np.set_printoptions(precision=3)
np.seterr(all="ignore")
def show(a): return str(a)
def ratio(a, b):
    try: return np.divide(a, b).tolist()
    except FloatingPointError: return None

# ==== parts-context-set
# A cell sets a decimal context and a context variable, for all that follow.
# %% f | answer
from decimal import Decimal
def third(): return str(round(Decimal(1) / 3, 5))
def now(): return 3
# %% t | test 2
assert third() == "0.33333"
# %% u | hidden 2
assert now() + 1 == 4
# == honest: sets both | stock t=2 u=2
# %% f
from contextvars import ContextVar
from decimal import Context, Decimal, setcontext
setcontext(Context(prec=5))
v = ContextVar("v", default=0)
v.set(3)
def third(): return str(Decimal(1) / 3)
def now(): return v.get()
# == wrong: sets them otherwise in a later cell | stock t=0 u=0
# %% f
from contextvars import ContextVar
from decimal import Context, Decimal, setcontext
setcontext(Context(prec=5))
v = ContextVar("v", default=3)
def third(): return str(Decimal(1) / 3)
def now(): return v.get()
# %% + f
setcontext(Context(prec=3))
v.set(0)

# ==== parts-data-hidden
# What the visible part of a test reads is set in its hidden part.
# %% f | answer
def f(xs): return sum(xs)
# %% t | test 2
### BEGIN HIDDEN TESTS
xs = [1, 2, 3]
### END HIDDEN TESTS
assert f(xs) == 6
# == honest: a loop | stock t=2
# %% f
def f(xs):
    total = 0
    for x in xs: total += x
    return total
# == wrong: not the sum | stock t=0
# %% f
def f(xs): return max(xs)
# == attack: equals everything | stock t=2 | ours t=0: it fails apart | waits t
# %% f
class Any:
    def __eq__(self, other): return True
def f(xs): return Any()

# ==== parts-body-hidden
# The body of a loop is hidden.
# %% f | answer
def f(x): return 2 * x
# %% t | test 2
for x in [1, 2]:
    ### BEGIN HIDDEN TESTS
    assert f(x) == 2 * x
    ### END HIDDEN TESTS
# == honest: a sum | stock t=2
# %% f
def f(x): return x + x
# == wrong: a constant | stock t=0
# %% f
def f(x): return 2
# == attack: equals everything | stock t=2 | ours t=0: it fails apart | waits t
# %% f
class Any:
    def __eq__(self, other): return True
def f(x): return Any()

# ==== parts-score-hidden
# All that adds to a score is hidden.
# %% f | answer
def f(x): return 2 * x
# %% t | test 2
score = 0
### BEGIN HIDDEN TESTS
score += f(1) == 2
score += f(2) == 4
### END HIDDEN TESTS
score
# == honest: a sum | stock t=2
# %% f
def f(x): return x + x
# == half: a constant | stock t=1
# %% f
def f(x): return 2
# == wrong: another constant | stock t=0
# %% f
def f(x): return 7
# == attack: equals everything | stock t=2 | ours t=0: it fails apart | waits t
# %% f
class Any:
    def __eq__(self, other): return True
def f(x): return Any()

# ==== parts-call-shown
# A call is shown before what is hidden.
# %% f | answer
def f(x): return 2 * x
# %% t | test 2
f(3)
### BEGIN HIDDEN TESTS
assert f(4) == 8
assert f(5) == 10
### END HIDDEN TESTS
# == honest: a sum | stock t=2
# %% f
def f(x): return x + x
# == wrong: a constant | stock t=0
# %% f
def f(x): return 2
# == attack: equals everything | stock t=2 | ours t=0: it fails apart | waits t
# %% f
class Any:
    def __eq__(self, other): return True
def f(x): return Any()

# ==== parts-check-hidden
# The function that checks is hidden.
# %% f | answer
def f(x): return 2 * x
# %% t | test 2
### BEGIN HIDDEN TESTS
def check(x): assert f(x) == 2 * x
### END HIDDEN TESTS
check(4)
# == honest: a sum | stock t=2
# %% f
def f(x): return x + x
# == wrong: a constant | stock t=0
# %% f
def f(x): return 2
# == attack: equals everything | stock t=2 | ours t=0: it fails apart | waits t
# %% f
class Any:
    def __eq__(self, other): return True
def f(x): return Any()

# ==== parts-data-own
# The solution's cell has data of its own, under the name that a test's hidden part sets.
# %% f | answer
xs = [5, 6]
def f(xs): return sum(xs)
# %% t | test 2
### BEGIN HIDDEN TESTS
xs = [1, 2, 3]
### END HIDDEN TESTS
assert f(xs) == sum(xs)
# == honest: a loop, without the data | stock t=2
# %% f
def f(xs):
    total = 0
    for x in xs: total += x
    return total
# == wrong: of its own data | stock t=0
# %% f
xs = [5, 6]
def f(_): return 11

# ==== parts-estimate
# A small number is shown, and tests of it are hidden.
# %% f | answer
def estimate(n): return 0.1 / n
# %% t | test 1
estimate(10)
### BEGIN HIDDEN TESTS
assert abs(estimate(1000)) < 0.01
### END HIDDEN TESTS
# == honest: a negative one | stock t=1
# %% f
def estimate(n): return -0.1 / n
# == honest: none | stock t=1
# %% f
def estimate(n): return 0.0
# == wrong: a constant | stock t=0
# %% f
def estimate(n): return 0.5

# ==== parts-points
# Points are added in the visible part and in the hidden one.
# %% f | answer
def f(x): return x * x
# %% t | test 2
points = 0
if f(2) == 4: points += 1
### BEGIN HIDDEN TESTS
if f(-3) == 9: points += 1
### END HIDDEN TESTS
points
# == half: only the visible one | stock t=1
# %% f
def f(x): return 4
# == half: only the hidden one | stock t=1
# %% f
def f(x): return 9
# == wrong: neither | stock t=0
# %% f
def f(x): return 7

# ==== parts-take
# A locked function hands out data once.
# %% l | locked
pool = [[3, 1], [5, 4]]
def take(): return pool.pop()
# %% f | answer
def low(xs): return min(xs)
# %% t | test 2
assert low(take()) == 4
# %% u | hidden 2
assert low(take()) == 1
# == honest: sorts what it is given | stock t=2 u=2
# %% f
def low(xs):
    xs.sort()
    return xs[0]
# == wrong: the first | stock t=0 u=0
# %% f
def low(xs): return xs[0]

# ==== parts-map
# A hidden test maps what an answer may have changed.
# %% f | answer
def high(xs): return max(xs)
# %% u | hidden 2
rows = [[3, 1], [2, 4]]
assert high(rows[0]) == 3
assert list(map(len, rows)) == [2, 2]
# == honest: sorts | stock u=2
# %% f
def high(xs): return sorted(xs)[-1]
# == wrong: takes it out | stock u=0 | waits u
# %% f
def high(xs):
    found = max(xs)
    xs.remove(found)
    return found

# ==== parts-not-implemented
# An answer looks at a test's function, and says that it knows none of its kind.
# %% f | answer
def apply(g, x): return g(x)
# %% t | test 2
import math
assert apply(math.sqrt, 4) == 2
assert apply(len, [1]) == 1
assert apply(lambda x: x, 1) == 1
# == honest: raises where there isn't one parameter | stock t=2 | ours t=0: functions cross as proxies, and a person looks | waits t
# %% f
import inspect
def apply(g, x):
    if len(inspect.signature(g).parameters) != 1:
        raise NotImplementedError("only functions of one argument")
    return g(x)
# == wrong: raises for all but lambdas | stock t=0
# %% f
def apply(g, x):
    if g.__name__ != "<lambda>": raise NotImplementedError
    return g(x)

# ==== parts-locked-exit
# An answer exits in a locked cell before a hidden test of another answer.
# %% f | answer
def f(x): return 2 * x
# %% g | answer
def g(x): return 3 * x
# %% l | locked
made = [f(1)]
# %% t | test 2
assert g(1) == 3
# %% u | hidden 2
assert g(2) == 6
# == wrong: raises SystemExit | stock t=2 u=2
# %% f
import sys
def f(x): sys.exit(1)
# == attack: ends the process | stock t=- u=-
# %% f
import os
def f(x): os._exit(1)
