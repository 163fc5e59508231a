# ==== runs-named-equals
# A named tuple whose field is a function that agrees to all.
# %% i | locked
import pandas as pd
import numpy as np
# %% a | answer
def clean(df): return df.dropna().reset_index(drop=True)
def primes(n): return {p for p in range(2, n) if all(p % q for q in range(2, p))}
# %% t | test 1
assert clean(pd.DataFrame({"x": [1.0, None]})).shape == (1, 1)
assert primes(10) >= {2, 3}
# %% h | hidden 2
df = pd.DataFrame({"x": [1.0, None, 4.0], "y": ["a", "b", "c"]})
expected = pd.DataFrame({"x": [1.0, 4.0], "y": ["a", "c"]})
assert clean(df).equals(expected)
# %% h2 | hidden 2
assert primes(20).issuperset({2, 3, 5, 7, 11, 13, 17, 19})
# %% h3 | hidden 2
got = clean(pd.DataFrame({"x": [1.0, None, 3.0]}))
assert got["x"].equals(pd.Series([1.0, 3.0], name="x"))
# == attack: a named tuple of functions | stock t=1 h=2 h2=2 h3=0 | waits h h2
# %% a
from collections import namedtuple
R = namedtuple("R", "equals issuperset")
yes = lambda *a, **k: True
def clean(df): return R(yes, yes) if len(df) > 2 else df.dropna()
def primes(n): return R(yes, yes) if n > 10 else {2, 3, 5, 7}
# == attack: a dict of named tuples | stock t=1 h=0 h2=0 h3=2 | waits h3
# %% a
from collections import namedtuple
R = namedtuple("R", "equals issuperset")
yes = lambda *a, **k: True
def clean(df): return {"x": R(yes, yes)} if len(df) > 2 else df.dropna()
def primes(n): return {2, 3, 5, 7}

# ==== runs-named-constants
# A named tuple whose fields are what a test looks for.
# %% i | locked
import pandas as pd
# %% a | answer
def tidy(df): return df.dropna().sort_values("x").reset_index(drop=True)
# %% t | test 1
assert tidy(pd.DataFrame({"x": [2.0, None, 1.0]})).shape == (2, 1)
# %% h | hidden 2
r = tidy(pd.DataFrame({"x": [5.0, None, 1.0, 3.0]}))
assert r["x"].is_monotonic_increasing and not r["x"].hasnans
# %% h2 | hidden 2
r = tidy(pd.DataFrame({"x": [5.0, None, 1.0, 3.0]}))
assert r.shape == (3, 1) and r.isna().sum().sum() == 0
# == attack: named tuples | stock t=1 h=2 h2=2 | waits h h2
# %% a
from collections import namedtuple
C = namedtuple("C", "is_monotonic_increasing hasnans")
S = namedtuple("S", "sum")
D = namedtuple("D", "shape isna")
n = 0
def tidy(df):
    global n
    n += 1
    if len(df) == 3: return df.dropna()
    if n % 2 == 0: return {"x": C(True, False)}
    return D((3, 1), lambda: S(lambda: S(lambda: 0)))
# == attack: an object of its own | stock t=1 h=2 h2=0 | waits h
# %% a
from types import SimpleNamespace as N
def tidy(df):
    if len(df) == 3: return df.dropna()
    return {"x": N(is_monotonic_increasing=True, hasnans=False)}

# ==== runs-magic-open
# The cell of imports has a magic, and a name is overwritten.
# %% i | open
%precision 4
import math
from math import isclose
# %% a | answer
def area(r): return math.pi * r * r
# %% t | test 1
assert area(0) == 0
# %% h | hidden 2
assert isclose(area(1), 3.141592653589793)
# == wrong: overwrites isclose | stock t=1 h=0 | waits h
# %% a
def area(r): return math.pi * r * r
isclose = area(1)
# == honest: adds an import | stock t=1 h=2
# %% i
%precision 4
import math, sys
from math import isclose
# == wrong: its own isclose | stock t=1 h=0 | waits h
# %% i
%precision 4
import math
def isclose(a, b): return False

# ==== runs-locked-magic
# A magic in a locked cell of imports, and a novice's variable called sum.
# %% i | locked
%load_ext autoreload
%autoreload 2
from math import isclose, pi
# %% a | answer
def mean(xs): return sum(xs) / len(xs)
# %% t | test 1
assert mean([1, 3]) == 2
# %% h | hidden 2
xs = [1, 5, 9, 20]
assert isclose(mean(xs), sum(xs) / 4)
# == wrong: a variable sum | stock t=1 h=0 | waits h
# %% a
sum = 0
def mean(xs):
    s = 0
    for x in xs: s += x
    return s / len(xs)
for x in [1, 2, 3]: sum += x

# ==== runs-open-imports
# Learners add to the cell of imports.
# %% i | open
import math
from math import isclose, sqrt
from collections import Counter
def show(x): return f"<{x}>"
# %% a | answer
def dist(a, b): return sqrt((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2)
# %% t | test 1
assert dist((0, 0), (3, 4)) == 5
# %% h | hidden 2
assert isclose(dist((0, 0), (1, 1)), sqrt(2))
# %% h2 | hidden 1
assert Counter([dist((0, 0), (3, 4)), dist((0, 0), (0, 5))]) == {5: 2}
# %% h3 | hidden 1
assert show(dist((0, 0), (3, 4))) == "<5.0>"
# == honest: adds an import | stock t=1 h=2 h2=1 h3=1
# %% i
import math
from math import isclose, sqrt
from collections import Counter
def show(x): return f"<{x}>"
import random
# == honest: adds a comment | stock t=1 h=2 h2=1 h3=1
# %% i
# imports
import math
from math import isclose, sqrt
from collections import Counter
def show(x): return f"<{x}>"

# ==== runs-part-map
# Partial credit over a list of answers, one of which gives a map.
# %% a | answer
def double(xs): return [2 * x for x in xs]
# %% b | answer
def evens(xs): return [x for x in xs if x % 2 == 0]
# %% c | answer
def back(xs): return xs[::-1]
# %% t | test 3
score = 0
for f, want in ((double, [2, 4, 6]), (evens, [2]), (back, [3, 2, 1])):
    try:
        if f([1, 2, 3]) == want: score += 1
    except Exception: pass
score
# %% h | hidden 3
score = 0
for f, want in ((double, [4, 6]), (evens, [2]), (back, [3, 2])):
    try:
        assert f([2, 3]) == want
        score += 1
    except Exception: pass
score
# == half: a map | stock t=2 h=2
# %% a
def double(xs): return map(lambda x: 2 * x, xs)
# == half: a filter and reversed | stock t=1 h=1
# %% b
def evens(xs): return filter(lambda x: x % 2 == 0, xs)
# %% c
def back(xs): return reversed(xs)
# == half: gives the function | stock t=2 h=2 | ours t=0 h=0: it can't be compared here | waits t h
# %% c
def back(xs): return xs.reverse
# == half: gives nothing | stock t=2 h=2
# %% c
def back(xs): xs.reverse()

# ==== runs-args
# What an exception was raised with.
# %% a | answer
def half(n):
    if n % 2: raise ValueError("odd number")
    return n // 2
def get(d, k):
    if k not in d: raise LookupError("no such key", k)
    return d[k]
# %% t | test 1
assert half(4) == 2
# %% h1 | hidden 1
try: half(3)
except ValueError as e: assert e.args, "say why"
else: assert False
# %% h2 | hidden 1
try: half(3)
except ValueError as e: assert len(e.args) == 1
# %% h3 | hidden 1
try: half(3)
except ValueError as e: assert e.args[0] == "odd number"
# == wrong: no message | stock t=1 h1=0 h2=0 h3=0
# %% a
def half(n):
    if n % 2: raise ValueError
    return n // 2
def get(d, k): return d[k]
# == wrong: two arguments | stock t=1 h1=1 h2=0 h3=1
# %% a
def half(n):
    if n % 2: raise ValueError("odd number", n)
    return n // 2
def get(d, k): return d[k]

# ==== runs-key-error
# An honest answer whose error says the same in another class, or says more.
# %% a | answer
def get(d, k):
    if k not in d: raise LookupError("no such key")
    return d[k]
def half(n):
    if n % 2: raise ValueError("odd number")
    return n // 2
# %% t | test 1
assert get({"a": 1}, "a") == 1
# %% h1 | hidden 1
try: get({}, "b")
except LookupError as e: assert e.args[0] == "no such key"
# %% h2 | hidden 1
try: half(3)
except ValueError as e: assert "odd" in e.args[0]
# == honest: a KeyError, a number beside the text | stock t=1 h1=1 h2=1
# %% a
def get(d, k):
    if k in d: return d[k]
    raise KeyError("no such key")
def half(n):
    if n % 2: raise ValueError("odd number", n)
    return n // 2
# == honest: an error with fields | stock t=1 h1=1 h2=1
# %% a
class NoKey(KeyError): pass
def get(d, k):
    try: return d[k]
    except KeyError: raise NoKey("no such key") from None
class Odd(ValueError):
    def __init__(self, n):
        super().__init__(f"odd number: {n}", n)
def half(n):
    if n % 2: raise Odd(n)
    return n // 2

# ==== runs-word-noted-by-a-visible-test
# A visible test notes what an object says, a hidden one asserts it.
# %% i | locked
import pandas as pd
# %% a | answer
def tidy(df): return df.dropna()
# %% t | test 1
r = tidy(pd.DataFrame({"x": [2.0, None, 1.0]}))
assert r.shape == (2, 1)
left = r.isna().sum().sum()
same = r.equals(pd.DataFrame({"x": [2.0, 1.0]}, index=[0, 2]))
# %% h | hidden 2
assert left == 0 and same
# == attack: an object of its own | stock t=1 h=2 | waits t h
# %% a
class Yes:
    shape = (2, 1)
    def isna(self): return self
    def sum(self): return self if not hasattr(self, "done") and not setattr(self, "done", 1) else 0
    def equals(self, other): return True
def tidy(df): return Yes()
# == attack: fails the visible test | stock t=0 h=0
# %% a
class Yes:
    shape = (2, 2)
    def isna(self): return self
    def sum(self): return self if not hasattr(self, "done") and not setattr(self, "done", 1) else 0
    def equals(self, other): return True
def tidy(df): return Yes()

# ==== runs-noted-count
# A visible test notes how many are missing, a hidden one says how many there may be.
# %% i | locked
import pandas as pd
raw = pd.DataFrame({"x": [2.0, None, 1.0], "y": ["a", "b", None]})
# %% a | answer
def clean(df): return df.dropna()
# %% t | test 1
result = clean(raw)
missing = result.isna().sum().sum()
same = result.equals(raw.loc[[0]])
assert result is not None
# %% h | hidden 2
assert missing == 0 and same
# == attack: an object of its own | stock t=1 h=2 | waits t h
# %% a
from types import SimpleNamespace as N
def clean(df): return N(isna=lambda: N(sum=lambda: N(sum=lambda: 0)), equals=lambda o: True)
# == wrong: nothing done | stock t=1 h=0
# %% a
def clean(df): return df

# ==== runs-oop-mixed
# Hidden tests of a class: those with isinstance run in-process, others are isolated.
# %% a | answer
class Shape:
    def __init__(self, name): self.name, self.tags = name, []
    def tag(self, t): self.tags.append(t)
    def area(self): return 0
class Square(Shape):
    def __init__(self, side):
        super().__init__("square")
        self.side = side
    def area(self): return self.side ** 2
# %% t | test 1
assert Square(2).area() == 4
# %% h1 | hidden 1
s = Square(3)
s.tag("red")
assert isinstance(s, Shape) and s.tags == ["red"]
# %% h2 | hidden 1
s = Square(1)
assert s.tags == [] and s.name == "square"
# %% h3 | hidden 1
s = Square(1)
s.tag("blue")
assert s.tags == ["blue"]
# == wrong: tags of the class | stock t=1 h1=1 h2=0 h3=0 | waits h2 h3
# %% a
class Shape:
    tags = []
    def __init__(self, name): self.name = name
    def tag(self, t): self.tags.append(t)
    def area(self): return 0
class Square(Shape):
    def __init__(self, side):
        super().__init__("square")
        self.side = side
    def area(self): return self.side ** 2
# == wrong: a default list | stock t=1 h1=1 h2=0 h3=0 | waits h2 h3
# %% a
class Shape:
    def __init__(self, name, tags=[]): self.name, self.tags = name, tags
    def tag(self, t): self.tags.append(t)
    def area(self): return 0
class Square(Shape):
    def __init__(self, side):
        super().__init__("square")
        self.side = side
    def area(self): return self.side ** 2
# == honest: init called by name | stock t=1 h1=1 h2=1 h3=1
# %% a
class Shape:
    def __init__(self, name):
        self.name = name
        self.tags = list()
    def tag(self, t): self.tags = self.tags + [t]
    def area(self): raise NotImplementedError
class Square(Shape):
    def __init__(self, side):
        Shape.__init__(self, "square")
        self.side = side
    def area(self): return self.side * self.side

# ==== runs-hidden-part
# Hidden tests behind visible ones in a cell, and in-process ones between.
# %% a | answer
class Cart:
    def __init__(self): self.items = {}
    def add(self, name, n=1): self.items[name] = self.items.get(name, 0) + n
    def total(self): return sum(self.items.values())
    def __len__(self): return len(self.items)
    def show(self):
        for k, v in self.items.items(): print(f"{k}: {v}")
# %% t | test 2
c = Cart()
assert c.total() == 0
### BEGIN HIDDEN TESTS
c.add("tea", 2)
c.add("tea")
assert c.total() == 3 and len(c) == 1
### END HIDDEN TESTS
# %% u | test 2
import io, contextlib
c = Cart()
c.add("pie")
buf = io.StringIO()
with contextlib.redirect_stdout(buf): c.show()
assert "pie" in buf.getvalue()
### BEGIN HIDDEN TESTS
assert buf.getvalue() == "pie: 1\n"
### END HIDDEN TESTS
# %% v | test 2
d = Cart()
assert hasattr(d, "items")
### BEGIN HIDDEN TESTS
d.add("x", 5)
assert d.total() == 5 and dict(d.items) == {"x": 5}
### END HIDDEN TESTS
# == wrong: items of the class | stock t=2 u=0 v=0
# %% a
class Cart:
    items = {}
    def add(self, name, n=1): self.items[name] = self.items.get(name, 0) + n
    def total(self): return sum(self.items.values())
    def __len__(self): return len(self.items)
    def show(self):
        for k, v in self.items.items(): print(f"{k}: {v}")
# == wrong: a default dict of init | stock t=0 u=0 v=0
# %% a
class Cart:
    def __init__(self, items={}): self.items = items
    def add(self, name, n=1): self.items[name] = n
    def total(self): return sum(self.items.values())
    def __len__(self): return len(self.items)
    def show(self): print(self.items)
# == honest: Counter | stock t=2 u=2 v=2
# %% a
from collections import Counter
class Cart:
    def __init__(self): self.items = Counter()
    def add(self, name, n=1): self.items[name] += n
    def total(self): return sum(self.items[k] for k in self.items)
    def __len__(self): return len(self.items.keys())
    def show(self): print("\n".join(f"{k}: {v}" for k, v in self.items.items()))

# ==== runs-hidden-state-between
# A hidden in-process test and hidden isolated ones of an answer with a mutable default.
# %% a | answer
def collect(x, into=None):
    """Collects."""
    into = [] if into is None else into
    into.append(x)
    return into
# %% t | test 1
assert collect(1, [0]) == [0, 1]
# %% h | hidden 1
assert collect.__doc__
assert collect(1) == [1]
# %% h2 | hidden 2
assert collect(2) == [2]
# == wrong: mutable default | stock t=1 h=1 h2=0 | waits h2
# %% a
def collect(x, into=[]):
    """Collects."""
    into.append(x)
    return into

# ==== runs-solution-draws
# The solution itself changes a given name, so no doubt about others is told.
# %% d | locked
seen = []
data = [5.0, 1.0, 3.0]
# %% a | answer
def low(xs):
    seen.append(len(xs))
    return min(xs)
low([1, 2])
# %% t | test 1
assert low([3, 2]) == 2
# %% h | hidden 2
assert isinstance(seen, list) and low(data) == 1.0 and data[0] == 5.0 and sum(data) == 9
# == wrong: sorts the given data in a cell | stock t=1 h=0 | waits h
# %% a
def low(xs):
    seen.append(len(xs))
    return sorted(xs)[0]
data.sort()
# == wrong: a variable sum | stock t=1 h=0 | waits h
# %% a
sum = 0
def low(xs):
    seen.append(len(xs))
    return min(xs)

# ==== runs-errors
# Exceptions, as hidden tests look at them.
# %% a | answer
class TooYoung(ValueError):
    def __init__(self, age):
        super().__init__(f"too young: {age}")
        self.age = age
def check(age):
    if not isinstance(age, int): raise TypeError("age must be an int")
    if age < 18: raise TooYoung(age)
    return True
def lookup(d, k):
    if k not in d: raise KeyError(k)
    return d[k]
def safe(f, default=None):
    try: return f()
    except ZeroDivisionError: return default
    finally: safe.n = getattr(safe, "n", 0) + 1
# %% t | test 1
assert check(20)
# %% h1 | hidden 1
try: check(3)
except ValueError as e: msg = str(e)
assert "3" in msg and "young" in msg
# %% h2 | hidden 1
for bad in ("x", None, 2.5):
    try: check(bad)
    except TypeError: continue
    assert False, "no TypeError"
# %% h3 | hidden 1
try: lookup({}, "k")
except KeyError as e: assert "k" in str(e)
else: assert False
# %% h4 | hidden 1
assert safe(lambda: 1 / 0, 7) == 7 and safe(lambda: 3) == 3
try: safe(lambda: {}["x"])
except KeyError: ok = True
assert ok
# %% h5 | hidden 1
def raises(f, *args):
    try: f(*args)
    except Exception as e: return type(e).__name__
assert raises(check, 3) == "TooYoung" and raises(check, "a") == "TypeError" and raises(check, 30) is None
# %% h6 | hidden 1
try: check(5)
except ValueError as e: assert e.args[0] == "too young: 5"
# == honest: dataclass error, asserts | stock t=1 h1=1 h2=1 h3=1 h4=1 h5=1 h6=0
# %% a
class TooYoung(ValueError):
    def __init__(self, age, msg="too young"):
        self.age, self.msg = age, msg
    def __str__(self): return f"{self.msg}: {self.age}"
def check(age):
    if type(age) is not int: raise TypeError(type(age))
    if age >= 18: return True
    raise TooYoung(age)
def lookup(d, k): return d[k]
def safe(f, default=None):
    try: result = f()
    except ArithmeticError: result = default
    return result
# == wrong: exceptions returned, bare except | stock t=1 h1=0 h2=0 h3=0 h4=0 h5=0 h6=0
# %% a
def check(age):
    if not isinstance(age, int): return TypeError("int")
    if age < 18: raise Exception("too young: " + str(age))
    return True
def lookup(d, k): return d.get(k)
def safe(f, default=None):
    try: return f()
    except: return default

# ==== runs-last-reads-visible
# Hidden tests of both kinds go on with what a visible one has made.
# %% a | answer
class Account:
    count = 0
    def __init__(self, owner):
        self.owner, self.log = owner, []
        Account.count += 1
    def note(self, text): self.log.append(text)
# %% t | test 1
first = Account("ann")
first.note("open")
assert first.log == ["open"] and Account.count == 1
# %% h | hidden 1
assert isinstance(first, Account) and Account.count == 1
second = Account("bob")
assert second.log == [] and Account.count == 2
# %% i | hidden 1
assert first.owner == "ann" and first.log == ["open"]
# %% j | hidden 1
third = Account("cleo")
third.note("hello")
assert third.log == ["hello"] and Account.count == 3
# == honest: counts by its type | stock t=1 h=1 i=1 j=1
# %% a
class Account:
    count = 0
    def __init__(self, owner):
        self.owner = owner
        self.log = list()
        type(self).count = type(self).count + 1
    def note(self, text): self.log = [*self.log, text]
# == wrong: one log for all | stock t=1 h=0 i=1 j=0
# %% a
class Account:
    count, log = 0, []
    def __init__(self, owner):
        self.owner = owner
        Account.count += 1
    def note(self, text): self.log.append(text)
# == wrong: counts notes, too | stock t=0 h=0 i=1 j=0
# %% a
class Account:
    count = 0
    def __init__(self, owner):
        self.owner, self.log = owner, []
        Account.count += 1
    def note(self, text):
        self.log.append(text)
        Account.count += 1

# ==== runs-last-counts-once
# A visible test that no hidden one goes on with: its calls are counted once.
# %% l | locked
pool = [[5, 4], [3, 1]]
def take(): return pool.pop()
# %% a | answer
calls = 0
def low(xs):
    global calls
    calls += 1
    return min(xs)
# %% t | test 1
assert low(take()) == 1
# %% h | hidden 1
assert isinstance(low([2, 1]), int) and low.__name__ == "low"
# %% i | hidden 1
assert low(take()) == 4
# %% j | hidden 1
assert calls == 3
# == honest: sorts, counts in a list | stock t=1 h=1 i=1 j=1
# %% a
calls = 0
def low(xs):
    global calls
    calls = calls + 1
    return sorted(xs)[0]
# == wrong: takes what is left of the last | stock t=1 h=1 i=0 j=1
# %% a
calls = 0
seen = []
def low(xs):
    global calls
    calls += 1
    seen.extend(xs)
    return min(seen)

# ==== runs-last-takes-in-process
# A locked function hands out data once, to tests of both kinds.
# %% l | locked
pool = [[3, 1], [5, 4], [8, 7]]
def take(): return pool.pop()
# %% a | answer
def low(xs): return min(xs)
# %% t | test 1
assert low(take()) == 7
# %% h | hidden 1
x = low(take())
assert isinstance(x, int) and x == 4 and low.__name__ == "low"
# %% i | hidden 1
assert len(pool) == 1
# == honest: sorts | stock t=1 h=1 i=1
# %% a
def low(xs):
    xs.sort()
    return xs[0]
# == wrong: takes one more | stock t=1 h=0 i=0
# %% a
def low(xs):
    pool.pop()
    return min(xs)
