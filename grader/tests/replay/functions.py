# ==== fn-answer-defined-twice
# A later answer cell improves on the function of an earlier one; tests stand between.
# %% first | answer
def f(x): return x + 1
# %% t | hidden 2
assert f(1) == 2
# %% keep | locked
def kept(x, fn=f): return fn(x)
def called(x): return f(x)
before = f(10)
# %% second | answer
def f(x): return x * 2
# %% u | test 2
assert f(5) == 10 and called(5) == 10
# %% v | test 1
assert kept(5) == 6 and before == 11
# %% w | hidden 1
assert f(7) == 14 and kept(7) == 8
# == honest: lambdas | stock t=2 u=2 v=1 w=1
# %% first
f = lambda x: x + 1
# %% second
f = lambda x: x + x
# == half: the first stays | stock t=2 u=0 v=1 w=0
# %% second
# nothing to improve
# == half: the second is there at once | stock t=2 u=2 v=0 w=0
# %% first
def f(x): return x * 2
# == wrong: right for 1 | stock t=2 u=2 v=0 w=0
# %% first
def f(x): return 2
# %% second
def f(x): return 10
# == stub: the second is not written | stock t=2 u=0 v=1 w=0
# %% second
# YOUR CODE HERE
raise NotImplementedError()

# ==== fn-asked-about-itself
# Tests ask for the answer's name, text, parameters, annotations.
# %% f | answer
def scale(x: float, by: float = 2.0, *, up: bool = True) -> float:
    """Scale a number."""
    return x * by if up else x / by
# %% t | test 1
import inspect
assert [*inspect.signature(scale).parameters] == ["x", "by", "up"]
# %% u | test 1
assert scale.__name__ == "scale" and "Scale" in scale.__doc__
# %% v | test 1
assert scale.__annotations__["return"] is float and scale.__defaults__ == (2.0,)
# %% w | test 1
assert callable(scale) and scale(2) == 4 and scale(2, up=False, by=4) == 0.5
# %% x | test 1
assert scale.__code__.co_argcount == 2 and "if" in inspect.getsource(scale)
# == wrong: says nothing of itself | stock t=1 u=0 v=0 w=1 x=1
# %% f
def scale(x, by=2.0, *, up=True): return x * by if up else x / by
# == half: a lambda | stock t=1 u=0 v=0 w=1 x=0
# %% f
scale = lambda x, by=2.0, up=True: x * by if up else x / by
# == stub: unwritten | stock t=0 u=0 v=0 w=0 x=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== fn-callbacks
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

# ==== fn-cases-in-a-list
# Locked containers hold the answer itself.
# %% f | answer
def f(x): return x * x
def g(x): return x + 1
# %% cases | locked
def ref(x): return x + 1
cases = [(f, 3, 9), (g, 3, 4)]
case = {"fn": f, "y": 81}
pairs = [(g(x), ref(x)) for x in range(3)]
# %% t | test 2
assert all(fn(x) == y for fn, x, y in cases)
# %% u | hidden 2
assert case["fn"](9) == case["y"]
# %% v | test 1
assert all(a == b for a, b in pairs)
# == honest: lambdas | stock t=2 u=2 v=1
# %% f
f, g = lambda x: x * x, lambda x: x + 1
# == wrong: constants | stock t=0 u=0 v=0
# %% f
def f(x): return 7
def g(x): return 7
# == half: no g | stock t=0 u=0 v=0
# %% f
def f(x): return x * x
# == attack: empties them | stock t=2 u=2 v=1 | ours t=0 u=0 v=0: the containers are the source's | waits t u v
# %% f
def f(x): return 7
def g(x): return 7
# %% + cases
cases, pairs, case = [], [], {"fn": lambda x: 0, "y": 0}
# == attack: empties them in place | stock t=2 u=2 v=1 | ours t=0 u=0 v=0: the containers are the source's | waits t u v
# %% f
def f(x): return 7
def g(x): return 7
# %% + cases
cases.clear(); pairs.clear(); case["fn"] = lambda x: 81

# ==== fn-context-manager
# The answer is a context manager.
# %% cm | answer
from contextlib import contextmanager
events = []
@contextmanager
def session(name):
    events.append("open " + name)
    try:
        yield name.upper()
    finally:
        events.append("close " + name)
# %% use | locked
with session("a") as upper:
    events_inside = [*events]
# %% t | test 2
assert upper == "A" and events_inside == ["open a"] and events == ["open a", "close a"]
# %% u | test 1
try:
    with session("b"):
        raise KeyError
except KeyError:
    pass
assert events[-1] == "close b"
# == honest: a class | stock t=2 u=1
# %% cm
events = []
class session:
    def __init__(self, name): self.name = name
    def __enter__(self):
        events.append(f"open {self.name}")
        return self.name.upper()
    def __exit__(self, *_): events.append(f"close {self.name}")
# == wrong: swallows what is raised, and never closes | stock t=0 u=0
# %% cm
events = []
class session:
    def __init__(self, name): self.name = name
    def __enter__(self): events.append(f"open {self.name}")
    def __exit__(self, *_): return True
# == half: not closed after an error | stock t=2 u=0
# %% cm
from contextlib import contextmanager
events = []
@contextmanager
def session(name):
    events.append("open " + name)
    yield name.upper()
    events.append("close " + name)

# ==== fn-decorated-by-the-source
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

# ==== fn-decorator-of-the-answer
# The answer is a decorator, which locked cells and tests put on their functions.
# %% deco | answer
import functools
def twice(fn):
    @functools.wraps(fn)
    def inner(*args, **kwargs): return 2 * fn(*args, **kwargs)
    return inner
# %% use | locked
@twice
def three(): return 3
ran = []
@twice
def noted(x, *, k=1):
    "Says what it got."
    ran.append(x)
    return x * k
six = three()
# %% t | test 2
assert three() == 6 and six == 6
# %% u | test 1
assert noted(2, k=5) == 20 and ran == [2]
# %% v | test 1
@twice
def word(): return "a"
assert word() == "aa"
# %% w | test 1
assert noted.__name__ == "noted" and noted.__doc__ == "Says what it got."
# == honest: a class | stock t=2 u=1 v=1 w=1
# %% deco
import functools
class twice:
    def __init__(self, fn):
        self.fn = fn
        functools.update_wrapper(self, fn)
    def __call__(self, *args, **kwargs): return self.fn(*args, **kwargs) * 2
# == wrong: the function itself | stock t=0 u=0 v=0 w=1
# %% deco
def twice(fn): return fn
# == half: calls it at once | stock t=2 u=0 v=1 w=0
# %% deco
def twice(fn):
    def inner(*args, **kwargs): return fn(*args, **kwargs) + fn(*args, **kwargs)
    return inner
# == stub: unwritten | stock t=0 u=0 v=0 w=0
# %% deco
# YOUR CODE HERE
raise NotImplementedError()
# == attack: names of its own | stock t=2 u=1 v=0 w=0 | ours t=0 u=0: these are the source's | waits t u
# %% deco
def twice(fn): return lambda *a, **k: 0
# %% + use
three = lambda: 6
six, ran, noted = 6, [2], lambda *a, **k: 20

# ==== fn-endless-generator
# Generators that don't end, of which tests take some; two at a time.
# %% f | answer
def naturals():
    n = 0
    while True:
        yield n
        n += 1
def echo():
    got = None
    while True: got = yield got
# %% take | locked
from itertools import islice, takewhile
nat = naturals()
start = [next(nat) for _ in range(3)]
# %% t | test 2
assert start == [0, 1, 2] and next(nat) == 3
# %% u | test 1
assert [*islice(naturals(), 4)] == [0, 1, 2, 3] and next(nat) == 4
# %% v | test 1
assert [*takewhile(lambda n: n < 3, naturals())] == [0, 1, 2]
# %% w | test 1
e = echo()
next(e)
assert e.send(5) == 5
e.close()
for n in naturals():
    if n > 2: break
assert n == 3
# == honest: itertools.count | stock t=2 u=1 v=1 w=1
# %% f
import itertools
def naturals(): return itertools.count()
def echo():
    x = yield
    while True: x = yield x
# == wrong: from 1, ends | stock t=0 u=0 v=0 w=0
# %% f
def naturals(): yield from range(1, 4)
def echo(): yield 5
# == stub: unwritten | stock t=0 u=0 v=0 w=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== fn-generators
# Generators of answers and of the source's, which are used up.
# %% gen | answer
def count(n):
    while n:
        yield n
        n -= 1
# %% made | locked
squares = (x * x for x in count(3))
it = count(2)
first = next(it)
# %% t | test 2
assert list(count(3)) == [3, 2, 1] and next(count(5)) == 5
# %% u | test 1
assert [*squares] == [9, 4, 1]
# %% v | test 1
assert [*squares] == []
# %% w | test 1
assert first == 2 and next(it) == 1
try:
    next(it)
    assert False
except StopIteration:
    pass
# %% x | test 1
import types
assert isinstance(count(1), types.GeneratorType) and iter(it) is it
# == honest: yield from | stock t=2 u=1 v=1 w=1 x=1
# %% gen
def count(n): yield from range(n, 0, -1)
# == wrong: a list | stock t=0 u=1 v=1 w=0 x=0
# %% gen
def count(n): return list(range(n, 0, -1))
# == wrong: counts up | stock t=0 u=0 v=1 w=0 x=1
# %% gen
def count(n): yield from range(1, n + 1)
# == half: one too many | stock t=0 u=0 v=1 w=0 x=1
# %% gen
def count(n):
    while n >= 0:
        yield n
        n -= 1

# ==== fn-given-function-defined-before
# A locked function that is defined before the answer calls it, and an open one helps the answer.
# %% twice | locked
def twice(x): return f(f(x))
# %% helper | open
def helper(x): return x + 1
# %% f | answer
def f(x): return helper(x)
# %% t | test 2
assert twice(1) == 3
# %% u | test 1
assert f(5) == 6
# == honest: without the helper | stock t=2 u=1
# %% f
def f(x): return x + 1
# == honest: renames the helper | stock t=2 u=1
# %% helper
def plus_one(x): return x + 1
# %% f
def f(x): return plus_one(x)
# == wrong: breaks the helper | stock t=0 u=0
# %% helper
def helper(x): return x + 2
# == wrong: returns its argument | stock t=0 u=0
# %% f
def f(x): return x
# == attack: its own twice | stock t=2 u=0 | ours t=0: the function is the source's | waits t
# %% f
def f(x): return x
# %% + f
def twice(x): return 3

# ==== fn-lambdas-in-a-loop
# Locked closures over a loop's variable call the answer later, when the variable is another.
# %% f | answer
def f(x): return 10 * x
# %% made | locked
late = [lambda: f(k) for k in range(3)]
early = [lambda k=k: f(k) for k in range(3)]
fns = {}
for k in range(3):
    fns[k] = lambda: f(k)
table = {name: fn() for name, fn in fns.items()}
k = 5
# %% t | test 1
assert [fn() for fn in late] == [20, 20, 20]
# %% u | test 1
assert [fn() for fn in early] == [0, 10, 20]
# %% v | test 1
assert table == {0: 20, 1: 20, 2: 20}
# %% w | test 1
assert fns[0]() == 50
# == honest: a sum | stock t=1 u=1 v=1 w=1
# %% f
def f(x): return sum([x] * 10)
# == wrong: a constant | stock t=1 u=0 v=1 w=0
# %% f
def f(x): return 20
# == stub: unwritten | stock t=0 u=0 v=0 w=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== fn-mutable-default
# A default argument keeps what earlier tests put there.
# %% f | answer
def add(x, to=None):
    to = [] if to is None else to
    to.append(x)
    return to
# %% t | test 1
assert add(1) == [1]
# %% h | hidden 1
assert add(2) == [2]
# %% u | test 1
assert add(3) == [3]
# %% v | test 1
xs = [0]
assert add(1, xs) == [0, 1] and xs == [0, 1]
# == wrong: a list for all | stock t=1 h=0 u=0 v=1
# %% f
def add(x, to=[]):
    to.append(x)
    return to
# == half: a new list | stock t=1 h=1 u=1 v=0
# %% f
def add(x, to=[]): return [*to, x]
# == stub: unwritten | stock t=0 h=0 u=0 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== fn-open-helper-in-a-test
# A test uses a function of an open cell, which learners may change.
# %% helper | open
def shift(x): return x + 1
# %% f | answer
def f(x): return 2 * shift(x)
# %% t | test 2
assert f(3) == 2 * shift(3)
# %% u | test 1
assert f(0) == 2
# == honest: the same in other words | stock t=2 u=1
# %% helper
shift = lambda x: 1 + x
# == wrong: forgets to call it | stock t=0 u=0
# %% f
def f(x): return 2 * x
# == attack: makes it fit | stock t=2 u=0 | ours t=0: the function in the test is the source's | waits t
# %% helper
def shift(x): return 0
# %% f
def f(x): return 0

# ==== fn-partial-and-reduce
# functools and operator over answers in locked cells.
# %% f | answer
def power(base, n): return base ** n
# %% made | locked
from functools import partial, reduce, lru_cache
two = partial(power, 2)
cube = partial(power, n=3)
total = reduce(lambda a, b: power(a, b), [2, 3, 2])
cached = lru_cache(two)
# %% t | test 2
assert two(5) == 32 and cube(3) == 27
# %% u | test 1
assert total == 64 and cached(3) == 8 and two.func is power
# == honest: a loop | stock t=2 u=1
# %% f
def power(base, n):
    product = 1
    for _ in range(n): product *= base
    return product
# == wrong: other names | stock t=0 u=1
# %% f
def power(b, exponent): return b ** exponent
# == wrong: a product | stock t=0 u=0
# %% f
def power(base, n): return base * n
# == attack: functions of its own | stock t=2 u=1 | ours t=0: they are the source's, but in-process | waits t
# %% f
def power(base, n): return 0
# %% + made
two, cube, total, cached = (lambda x: 32), (lambda x: 27), 64, lambda x: 8
two.func = power

# ==== fn-rebound-by-a-locked-cell
# A locked cell puts a wrapper under the answer's name.
# %% f | answer
def f(x): return x * x
# %% wrap | locked
asked = []
inner = f
def f(x):
    asked.append(x)
    return inner(x)
# %% t | test 2
assert f(3) == 9 and asked == [3]
# %% u | test 1
assert inner(4) == 16 and asked == [3]
# == honest: calls itself | stock t=2 u=1
# %% f
def f(x): return x * x if x >= 0 else f(-x)
# == honest: calls itself each time | stock t=0 u=0
# %% f
def f(x): return 0 if x == 0 else f(x - 1) + 2 * x - 1
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == attack: a wrapper of its own | stock t=2 u=0 | ours t=0: the wrapper is the source's | waits t
# %% f
def f(x): return 7
# %% + wrap
def f(x):
    asked.append(x)
    return 9

# ==== fn-two-answers-call-each-other
# Two answer cells that call each other, and a locked function that calls both.
# %% even | answer
def even(n): return n == 0 or odd(n - 1)
# %% both | locked
def table(n): return [(even(i), odd(i)) for i in range(n)]
# %% odd | answer
def odd(n): return n != 0 and even(n - 1)
# %% t | test 2
assert even(4) and not even(3) and odd(3)
# %% u | test 1
assert table(3) == [(True, False), (False, True), (True, False)]
# == honest: without each other | stock t=2 u=1
# %% even
def even(n): return n % 2 == 0
# %% odd
def odd(n): return not even(n)
# == half: only one | stock t=0 u=0
# %% odd
# YOUR CODE HERE
raise NotImplementedError()
# == wrong: always | stock t=0 u=0
# %% even
def even(n): return True
# %% odd
def odd(n): return True
# == attack: its own table | stock t=2 u=1 | ours u=0: the function is the source's | waits u
# %% even
def even(n): return n == 4
# %% odd
def odd(n): return n == 3
# %% + odd
def table(n): return [(True, False), (False, True), (True, False)]
