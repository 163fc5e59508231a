# ==== crossing-changed-by-a-test
# A test that changes a part of an answer's object, or deletes one.
# %% f | answer
class Vector:
    def __init__(self, *xs):
        self._xs = tuple(xs)
    def __getitem__(self, i):
        return self._xs[i]
class Circle:
    def __init__(self, r):
        self._r = r
    @property
    def r(self):
        return self._r
# %% h | hidden 1
v = Vector(1, 2)
try:
    v[0] = 5
    assert False, "it can be changed"
except TypeError:
    pass
# %% h2 | hidden 1
v = Vector(1, 2)
try:
    del v[0]
    assert False, "it can be changed"
except TypeError:
    pass
# %% h3 | hidden 1
c = Circle(2)
try:
    del c.r
    assert False, "it can be deleted"
except (AttributeError, TypeError):
    pass
# == wrong: all can be changed | stock h=0 h2=0 h3=0
# %% f
class Vector(list):
    def __init__(self, *xs):
        super().__init__(xs)
class Circle:
    def __init__(self, r):
        self.r = r

# ==== crossing-types
# Python's own types as arguments, and as what comes back.
# %% f | answer
def convert(xs, kind):
    return [kind(x) for x in xs]
def tried(f, error):
    try:
        return f()
    except Exception as raised:
        return isinstance(raised, error)
def kind_of(x):
    return type(x)
# %% t | test 1
assert convert(["1", "2"], int) == [1, 2] and convert(["1.5"], float) == [1.5]
# %% u | test 1
assert tried(lambda: 1 / 0, Exception) is True and kind_of(None) is type(None)
# %% h | hidden 1
assert convert([1], bool) == [True] and kind_of([]) is list
# == honest: asks which it is | stock t=1 u=1 h=1
# %% f
def convert(xs, kind):
    by = {int: int, float: float, bool: lambda x: x != 0}
    return [by[kind](x) for x in xs]
def tried(f, error):
    try:
        return f()
    except error:
        return True
def kind_of(x):
    return next(k for k in (list, type(None), object) if isinstance(x, k))
# == honest: NumPy | stock t=1 u=1 h=1
# %% f
import numpy as np
def convert(xs, kind):
    return np.array(xs).astype(kind).tolist()
def tried(f, error):
    try:
        return f()
    except error:
        return True
kind_of = type

# ==== crossing-iterators
# Generators that raise, and iterators that are more than that.
# %% f | answer
def countdown(n):
    if n < 0:
        raise ValueError("negative")
    return iter(range(n, 0, -1))
class Deck:
    def __init__(self, cards):
        self.cards = list(cards)
    def __iter__(self):
        return iter(self.cards)
    def draw(self):
        return self.cards.pop()
def deck(n):
    return Deck(range(n))
class Tokens:
    def __init__(self, words):
        self.words = words
def tokens(text):
    return Tokens(text.split())
def next_token(tokens):
    return tokens.words.pop(0) if tokens.words else None
# %% t | test 1
assert list(countdown(3)) == [3, 2, 1] and sum(countdown(4)) == 10
# %% t2 | test 1
d = deck(3)
assert list(d) == [0, 1, 2] and list(d) == [0, 1, 2] and d.draw() == 2
# %% h | hidden 1
try:
    countdown(-1)
    assert False, "no ValueError"
except ValueError:
    pass
# %% h2 | hidden 1
d = deck(4)
assert d.draw() == 3 and [x for x in d] == [0, 1, 2]
# %% h3 | hidden 1
ts = tokens("x y")
assert next_token(ts) == "x" and next_token(ts) == "y" and next_token(ts) is None
# == honest: iterators of its own | stock t=1 t2=1 h=1 h2=1 h3=1
# %% f
class Down:
    def __init__(self, n):
        if n < 0:
            raise ValueError("negative")
        self.n = n
    def __iter__(self):
        return self
    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n + 1
countdown = Down
class Deck:
    def __init__(self, cards):
        self.cards = list(cards)
    def __iter__(self):
        self.i = 0
        return self
    def __next__(self):
        if self.i >= len(self.cards):
            raise StopIteration
        self.i += 1
        return self.cards[self.i - 1]
    def draw(self):
        return self.cards.pop()
def deck(n):
    return Deck(range(n))
def tokens(text):
    return iter(text.split())
def next_token(tokens):
    return next(tokens, None)
# == wrong: raises when it is first asked | stock t=1 t2=0 h=0 h2=0 h3=0
# %% f
def countdown(n):
    if n < 0:
        raise ValueError("negative")
    while n > 0:
        yield n
        n -= 1
def deck(n):
    return iter(range(n))
def tokens(text):
    return (word for word in text.split())
def next_token(tokens):
    return next(tokens)

# ==== crossing-iterators-in-part
# What a test takes of an iterator, and what is left of it for an answer.
# %% f | answer
class checked:
    def __init__(self, xs):
        self.xs = [*xs]
    def __iter__(self):
        return self
    def __next__(self):
        if not self.xs:
            raise StopIteration
        x = self.xs.pop(0)
        if x < 0:
            self.xs = []
            raise ValueError(x)
        return x
def numbers():
    return checked(range(1_000))
def rest(it):
    return [x for x in it]
# %% t | test 1
it = numbers()
assert next(it) == 0 and [a + b for a, b in zip(it, it)][:2] == [3, 7] and next(it, None) == None
# %% h | hidden 1
it = numbers()
assert [next(it), next(it)] == [0, 1] and len(rest(it)) == 998 and list(it) == []
# %% h2 | hidden 1
it = checked([3, -1, 4])
assert next(it) == 3
try:
    next(it)
    assert False, "no ValueError"
except ValueError:
    assert list(it) == []
# == honest: iterators of Python's own | stock t=1 h=1 h2=1
# %% f
def checked(xs):
    for x in xs:
        if x < 0:
            raise ValueError(x)
        yield x
def numbers():
    return iter(range(1_000))
def rest(it):
    return list(it)
# == wrong: begins anew | stock t=0 h=0 h2=0
# %% f
def checked(xs):
    return iter([x for x in xs if x >= 0])
def numbers():
    return list(range(1_000))
def rest(it):
    return [*it]

# ==== crossing-missing-keys
# What a dict gives for a key that it lacks.
# %% f | answer
from collections import Counter
def count(words):
    return Counter(words)
def ages(pairs):
    return dict(pairs)
def known(counts, word):
    return counts[word]
# %% t | test 1
c = count(["a", "b", "a"])
assert c["a"] == 2 and c["zzz"] == 0 and ages([("a", 1)]) == {"a": 1}
# %% h | hidden 1
c = count(["x", "y", "x"])
assert c["x"] == 2 and c["q"] == 0 and known(c, "x") == 2 and known(c, "z") == 0
# %% h2 | hidden 1
d = ages([("a", 1)])
try:
    d["zzz"]
    assert False
except KeyError:
    pass
# == honest: a defaultdict of a lambda | stock t=1 h=1 h2=1 | waits t h
# %% f
from collections import defaultdict
def count(words):
    d = defaultdict(lambda: 0)
    for w in words:
        d[w] += 1
    return d
def ages(pairs):
    return dict(pairs)
def known(counts, word):
    return counts[word]
# == honest: a class of its own | stock t=1 h=1 h2=1 | waits t h
# %% f
class Counts(dict):
    def __missing__(self, key):
        return 0
def count(words):
    return Counts({w: words.count(w) for w in words})
def ages(pairs):
    return dict(pairs)
def known(counts, word):
    return counts[word]
# == wrong: the other way round | stock t=0 h=0 h2=0
# %% f
from collections import defaultdict
def count(words):
    return {w: words.count(w) for w in words}
def ages(pairs):
    return defaultdict(lambda: 0, pairs)
def known(counts, word):
    return counts[word]
# == wrong: a class of its own | stock t=0 h=0 h2=0
# %% f
class Counts(dict):
    def __missing__(self, key):
        return 1
def count(words):
    return Counts({w: words.count(w) for w in words})
ages = Counts
def known(counts, word):
    return counts[word]

# ==== crossing-pandas-arrays
# What a Series holds.
# %% libraries | locked
import numpy as np, pandas as pd
df = pd.DataFrame({"shop": ["b", "a", "b"], "n": pd.array([1, None, 1], "Int64")})
# %% f | answer
def shops(df):
    return np.array(df["shop"].drop_duplicates())
def counts(df):
    return df["n"].dropna().to_numpy("int64")
# %% t | test 1
assert (shops(df) == np.array(["b", "a"])).all()
# %% h | hidden 1
r = shops(df[::-1])
assert np.array_equal(r, ["b", "a"]) and (r[::-1] == np.array(["a", "b"])).all()
# %% h2 | hidden 1
assert counts(df).sum() == 2 and (counts(df) + 1 == np.array([2, 2])).all()
# == honest: the arrays of pandas | stock t=1 h=1 h2=1
# %% f
def shops(df):
    return df["shop"].unique()
def counts(df):
    return df["n"].dropna().array
# == honest: of categories | stock t=1 h=1 h2=1
# %% f
def shops(df):
    return df["shop"].astype("category").unique()
def counts(df):
    return df["n"].dropna().array

# ==== crossing-raised-by-a-test
# A test's function that raises: an answer is to catch that.
# %% f | answer
def retry(f, times):
    for _ in range(times):
        try:
            return f()
        except Exception:
            pass
    return None
# %% t | test 1
calls = []
def flaky():
    calls.append(1)
    if len(calls) < 3:
        raise ValueError("not yet")
    return "ok"
assert retry(flaky, 5) == "ok"
# %% h | hidden 1
class Odd(KeyError):
    pass
tries = []
def shaky():
    tries.append(1)
    if len(tries) < 2:
        raise Odd("not yet")
    return 7
assert retry(shaky, 5) == 7
# == honest: the errors that are meant | stock t=1 h=1
# %% f
def retry(f, times):
    while times > 0:
        try:
            return f()
        except (ValueError, KeyError):
            times -= 1
# == half: one of them | stock t=1 h=0
# %% f
def retry(f, times):
    while times > 0:
        try:
            return f()
        except ValueError:
            times -= 1
# == wrong: never tries again | stock t=0 h=0
# %% f
def retry(f, times):
    try:
        return f()
    except (ValueError, KeyError):
        return None

# ==== crossing-large
# Much of it, and deep.
# %% l | locked
import numpy as np, random
# %% f | answer
def rolls(n):
    return np.random.randint(1, 7, n)
def squares(n):
    return [i * i for i in range(n)]
class Node:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right
def insert(tree, x):
    if tree is None: return Node(x)
    if x < tree.value: return Node(tree.value, insert(tree.left, x), tree.right)
    return Node(tree.value, tree.left, insert(tree.right, x))
def contains(tree, x):
    if tree is None: return False
    return x == tree.value or contains(tree.left if x < tree.value else tree.right, x)
# %% t | test 1
r = rolls(1_000_000)
assert len(r) == 1_000_000 and 3.4 < sum(r) / len(r) < 3.6
# %% h | hidden 1
r = rolls(500_000)
assert len(r) == 500_000 and min(r) == 1 and max(r) == 6
# %% h2 | hidden 1
assert squares(50_000)[97] == 9409
# %% h3 | hidden 1
tree = None
for i in range(60):
    tree = insert(tree, i)
assert contains(tree, 59) and not contains(tree, 60)
# == honest: plain lists, dicts and tuples | stock t=1 h=1 h2=1 h3=1
# %% f
def rolls(n):
    return [random.randint(1, 6) for _ in range(n)]
def squares(n):
    return {i: i * i for i in range(n)}
def insert(tree, x):
    if tree is None: return (x, None, None)
    v, l, r = tree
    return (v, insert(l, x), r) if x < v else (v, l, insert(r, x))
def contains(tree, x):
    if tree is None: return False
    v, l, r = tree
    return x == v or contains(l if x < v else r, x)

# ==== crossing-too-large
# What is too large to be looked at is no TypeError of the answer's.
# %% f | answer
def words(n):
    if not isinstance(n, int):
        raise TypeError("no number")
    return ["a"] * n
# %% t | test 1
assert words(2) == ["a", "a"]
# %% h | hidden 1
try:
    words(2.5)
    assert False, "no TypeError"
except TypeError:
    pass
# == wrong: gives too many | stock t=1 h=0
# %% f
def words(n):
    return ["a"] * (n if n == 2 else 300_000)
# == wrong: too deep | stock t=1 h=0
# %% f
def words(n):
    deep = []
    for _ in range(200):
        deep = [deep]
    return ["a"] * n if n == 2 else deep

# ==== crossing-bytearray
# %% f | answer
def encode(s):
    return bytes(ord(c) ^ 1 for c in s)
# %% h | hidden 1
r = encode("ab")
assert isinstance(r, bytes) and r == b"`c"
# == wrong: a bytearray | stock h=0
# %% f
def encode(s):
    return bytearray(ord(c) ^ 1 for c in s)

# ==== crossing-attributes-that-are-one
# Two objects must not share a list.
# %% f | answer
class Student:
    def __init__(self, name):
        self.name = name
        self.grades = []
    def copy(self):
        s = Student(self.name)
        s.grades = list(self.grades)
        return s
# %% t | test 1
a = Student("a")
a.grades.append(1)
assert a.name == "a"
# %% h | hidden 1
a, b = Student("a"), Student("b")
assert a.grades is not b.grades
# %% h2 | hidden 1
a = Student("a")
b = a.copy()
assert b.grades is not a.grades
# == wrong: shared by all | stock t=1 h=0 h2=0
# %% f
class Student:
    grades = []
    def __init__(self, name):
        self.name = name
    def copy(self):
        s = Student(self.name)
        s.grades = self.grades
        return s

# ==== crossing-how-the-process-runs
# What a test sets holds for an answer, too.
# %% l | locked
import numpy as np
import sys, warnings
# %% f | answer
def divide(a, b):
    return np.divide(a, b, out=np.zeros_like(a), where=b != 0)
def depth(n):
    return sum(1 for _ in range(n))
# %% h | hidden 1
with warnings.catch_warnings():
    warnings.simplefilter("error")
    assert divide(np.array([1.0, 2.0]), np.array([0.0, 2.0])).tolist() == [0.0, 1.0]
# %% h2 | hidden 1
with np.errstate(all="raise"):
    assert divide(np.array([1.0, 2.0]), np.array([0.0, 2.0])).tolist() == [0.0, 1.0]
# %% h3 | hidden 1
with warnings.catch_warnings(record=True) as seen:
    divide(np.array([1.0, 2.0]), np.array([0.0, 2.0]))
assert not seen
# %% h4 | hidden 1
sys.setrecursionlimit(300)
assert depth(500) == 500
sys.setrecursionlimit(3000)
# == wrong: divides by zero, is recursive | stock h=0 h2=0 h3=0 h4=0
# %% f
def divide(a, b):
    return np.where(b != 0, a / b, 0.0)
def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)

# ==== crossing-named-tuples
# A named tuple of the answer's own class: its fields are asked for.
# %% l | locked
from typing import NamedTuple
class Size(NamedTuple):
    width: float
    height: float
# %% f | answer
class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y
def midpoint(a, b):
    return Point((a.x + b.x) / 2, (a.y + b.y) / 2)
def turned(size):
    return Size(size.height, size.width)
# %% t | test 1
m = midpoint(Point(0, 0), Point(2, 4))
assert m.x == 1 and m.y == 2
# %% h | hidden 1
m = midpoint(Point(0, 0), midpoint(Point(0, 0), Point(8, 8)))
assert m.x == 2 and m.y == 2
# %% h2 | hidden 1
s = turned(Size(3, 4))
assert s.width == 4 and s == Size(4, 3)
# == honest: a named tuple | stock t=1 h=1 h2=1 | waits h2
# %% f
from collections import namedtuple
Point = namedtuple("Point", ["x", "y"])
def midpoint(a, b):
    return Point((a.x + b.x) / 2, (a.y + b.y) / 2)
class Size(NamedTuple):
    width: float
    height: float
def turned(size):
    return Size(size.height, size.width)
# == wrong: plain ones | stock t=0 h=0 h2=0
# %% f
class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y
def midpoint(a, b):
    return ((a.x + b.x) / 2, (a.y + b.y) / 2)
def turned(size):
    return (size.height, size.width)

# ==== crossing-members
# A member of an enumeration of the answer's own, which is a number, too.
# %% f | answer
from enum import Enum
class Color(Enum):
    RED = 1
    GREEN = 2
def next_color(c):
    return Color.GREEN if c == Color.RED else Color.RED
# %% t | test 1
assert next_color(Color.GREEN) is Color.RED and next_color(Color.RED) is Color.GREEN
# %% h | hidden 1
assert Color.RED.name == "RED" and Color.GREEN.value == 2
# %% h2 | hidden 1
assert next_color(Color.RED).name == "GREEN" and type(next_color(Color.RED)) is not int
# == honest: an IntEnum | stock t=1 h=1 h2=1
# %% f
from enum import IntEnum
class Color(IntEnum):
    RED = 1
    GREEN = 2
def next_color(c):
    return Color.GREEN if c == Color.RED else Color.RED
# == wrong: numbers | stock t=1 h=0 h2=0
# %% f
class Color:
    RED = 1
    GREEN = 2
def next_color(c):
    return Color.GREEN if c == Color.RED else Color.RED

# ==== crossing-stop-iteration
# What an answer raises is caught as what it is, also where it ends an iteration; then a person looks.
# %% f | answer
def first(it):
    for x in it: return x
    raise IndexError("empty")
# %% t | test 1
assert first("ab") == "a"
# %% h | hidden 1 apart
try: first([])
except (IndexError, StopIteration): pass
# %% h2 | hidden 1 apart
try: first([])
except StopIteration: raise AssertionError("must not get out")
except Exception: pass
else: raise AssertionError("no error")
# %% h3 | hidden 1 apart
for got in map(first, ["ab", "ac"]): assert got == "a"
# == half: next lets it out | stock t=1 h=1 h2=0 h3=1 | waits h: it is raised
# %% f
def first(it): return next(iter(it))
# == wrong: it ends what maps it | stock t=0 h=1 h2=0 h3=1 | waits h h3: it is raised
# %% f
def first(it): raise StopIteration

# ==== crossing-deep
# A test passes a recurrence; answers call it and are called by it, deeper than calls can go to and fro.
# %% f | answer
def solve(step, n):
    table = {}
    for i in range(n + 1): table[i] = step(table.__getitem__, i)
    return table[n]
# %% t | test 1
def fib(rec, n): return n if n < 2 else rec(n - 1) + rec(n - 2)
assert solve(fib, 10) == 55
# %% h | hidden 1 apart
assert solve(lambda rec, n: 1 if n == 0 else n * rec(n - 1), 40) > 10 ** 47
# == honest: top-down with a memo | stock t=1 h=1 | ours h=0: too deep | waits h: too deep
# %% f
def solve(step, n):
    memo = {}
    def rec(k):
        if k not in memo: memo[k] = step(rec, k)
        return memo[k]
    return rec(n)
# == wrong: another start | stock t=0 h=0 | waits h: too deep
# %% f
def solve(step, n):
    memo = {}
    def rec(k):
        if k not in memo: memo[k] = step(rec, k) + 1
        return memo[k]
    return rec(n)

# ==== crossing-threads
# A function of the test's that several threads of an answer's call at once.
# %% a | answer
def apply(f, xs):
    return [f(x) for x in xs]
def other():
    return 3
# %% t | test 1 apart
import time
def inc(x):
    time.sleep(0.001)
    return x + 1
assert apply(inc, [1, 2, 3]) == [2, 3, 4]
# %% h | hidden 1
def inc(x):
    return x + 1
assert apply(inc, range(200)) == list(range(1, 201))
# %% w | hidden 1 apart
assert other() == 3
# == honest: a pool | stock t=1 h=1 w=1
# %% a
from concurrent.futures import ThreadPoolExecutor
def apply(f, xs):
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(f, xs))
def other():
    return 3
# == wrong: as they come | stock t=0 h=0 w=1
# %% a
from concurrent.futures import ThreadPoolExecutor, as_completed
def apply(f, xs):
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(f, x) for x in xs]
        return [job.result() for job in as_completed(jobs)][::-1] + [0]
def other():
    return 3

# ==== crossing-thread-that-is-late
# A thread of an answer's calls what the test passed when nobody asks any more.
# %% a | answer
def later(f, x):
    return f(x)
# %% t | test 1
assert later(lambda x: x + 1, 1) == 2
# %% h | hidden 1
assert later(lambda x: x + 2, 1) == 3
# == honest: once more in a while | stock t=1 h=1
# %% a
import threading
def later(f, x):
    threading.Timer(0.01, f, (x,)).start()
    return f(x)

# ==== crossing-patterns
# A compiled regular expression.
# %% l | locked
import re
# %% a | answer
PATTERN = re.compile(r"\d+")
def words():
    return re.compile(b"[a-z]+", re.I)
# %% t | test 1 apart
assert re.fullmatch(PATTERN, "123") and not PATTERN.fullmatch("1a")
# %% h | hidden 1
assert words().findall(b"Ab c") == [b"Ab", b"c"] and isinstance(PATTERN, re.Pattern)
# %% u | hidden 1 apart
assert PATTERN == re.compile(r"\d+") and words().flags & re.I
# == wrong: as texts | stock t=0 h=0 u=0
# %% a
PATTERN = r"\d+"
def words():
    return rb"[A-Za-z]+"
# == half: only small letters | stock t=1 h=0 u=0
# %% a
PATTERN = re.compile(r"\d+")
def words():
    return re.compile(b"[a-z]+")
