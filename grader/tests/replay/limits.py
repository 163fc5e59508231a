# ==== limit-bool-len
# Truth of an object of an answer's class.
# %% f | answer
class Stack:
    def __init__(self): self.items = []
    def push(self, x): self.items.append(x)
    def __len__(self): return len(self.items)
    def __iter__(self): return iter(self.items)
    def __eq__(self, other): return self.items == other.items
    def __hash__(self): return 1
    def __repr__(self): return f"Stack({self.items})"
# %% bool | test 2
s = Stack()
s.push(1)
assert s
# %% ne | test 2
a, b = Stack(), Stack()
a.push(1)
assert a != b
# %% hash | test 2
assert len({Stack(): 1}) == 1
# %% has | test 2
assert hasattr(Stack, "__len__")
# %% iter | test 2
from collections.abc import Iterable, Sized
assert isinstance(Stack(), Iterable) and isinstance(Stack(), Sized)
# %% repr | test 2
assert "Stack" in repr(Stack())
# == wrong: push does nothing | stock bool=0 ne=0 hash=0 has=2 iter=2 repr=0
# %% f
class Stack:
    def __init__(self): self.items = []
    def push(self, x): pass
    def __len__(self): return len(self.items)
    def __iter__(self): return iter(self.items)
    def __eq__(self, other): return True
    __hash__ = None
    def __repr__(self): return ""
# == wrong: no special methods | stock bool=2 ne=0 hash=0 has=0 iter=0 repr=0
# %% f
class Stack:
    def __init__(self): self.items = []
    def push(self, x): self.items.append(x)
    def __eq__(self, other): return True
    def __repr__(self): return "object"

# ==== limit-locked-call-mutates
# A locked cell calls the answer with given data; the wrong one changes them.
# %% data | locked
data = [3, 1, 2]
# %% f | answer
def top(xs): return max(xs)
def last(xs): return xs[-1]
# %% use | locked
a = top(data)
b = last(data)
# %% t | test 2
assert a == 3 and b == 2
# %% u | test 2
assert data == [3, 1, 2]
# == wrong: sorts in place | stock t=0 u=0
# %% f
def top(xs):
    xs.sort()
    return xs[-1]
def last(xs): return xs[-1]

# ==== limit-failed-test-mutates
# A test that fails, whose answer changes given data that a later test reads.
# %% data | locked
data = [3, 1, 2]
# %% f | answer
def f(xs): return sorted(xs)
# %% t | test 2
assert f(data) == [1, 2, 3]
# %% u | test 2
assert data == [3, 1, 2]
# == wrong: sorts down, in place | stock t=0 u=0
# %% f
def f(xs):
    xs.sort(reverse=True)
    return xs
# == wrong: sorts in place | stock t=2 u=0
# %% f
def f(xs):
    xs.sort()
    return xs

# ==== limit-copy-tests
# Tests that what comes back is a copy.
# %% data | locked
base = [1, 2]
# %% f | answer
def copied(xs): return list(xs)
class Bag:
    def __init__(self, xs): self._xs = list(xs)
    def items(self): return list(self._xs)
    def add(self, x): self._xs.append(x)
    def size(self): return len(self._xs)
other = list(base)
# %% t | test 2
xs = [1, 2]
ys = copied(xs)
ys.append(3)
assert xs == [1, 2]
# %% u | test 2
bag = Bag([1])
got = bag.items()
got.append(9)
assert bag.size() == 1
# %% v | test 2
zs = [1]
bag2 = Bag(zs)
bag2.add(2)
assert zs == [1]
# %% w | test 2
ws = [1]
bag3 = Bag(ws)
ws += [2]
assert bag3.size() == 1
# %% x | test 2
vs = [1, 2]
bag4 = Bag(vs)
last = vs.pop()
assert bag4.size() == 2
# %% y | test 2
other.append(3)
assert base == [1, 2]
# == wrong: no copies | stock t=0 u=0 v=0 w=0 x=0 y=0
# %% f
def copied(xs): return xs
class Bag:
    def __init__(self, xs): self._xs = xs
    def items(self): return self._xs
    def add(self, x): self._xs.append(x)
    def size(self): return len(self._xs)
other = base

# ==== limit-dataclass-arg
# Objects passed to answers, which must stay as they are.
# %% d | locked
from dataclasses import dataclass, field
@dataclass
class Account:
    balance: int
# %% f | answer
class Card:
    def __init__(self, v): self.v = v
def withdraw(a, n): return Account(a.balance - n)
def ordered(cards): return sorted(cards, key=lambda c: c.v)
# %% t | test 2
a = Account(5)
b = withdraw(a, 3)
assert b.balance == 2 and a.balance == 5
# %% u | test 2
cards = [Card(3), Card(1)]
s = ordered(cards)
assert s[0].v == 1 and cards[0].v == 3
# == wrong: in place | stock t=0 u=0
# %% f
class Card:
    def __init__(self, v): self.v = v
def withdraw(a, n):
    a.balance -= n
    return a
def ordered(cards):
    cards.sort(key=lambda c: c.v)
    return cards

# ==== limit-exceptions
# Exceptions and types of what comes back.
# %% f | answer
from statistics import mean
def check(x):
    if x < 0: raise ValueError("negative")
    return x
def keys(d): return set(d)
def primes(n): return [p for p in range(2, n) if all(p % q for q in range(2, int(p**.5) + 1))]
class Tree:
    def __init__(self, xs): self.xs = xs
    def __iter__(self): return iter(self.xs)
# %% t | test 2
try: check(-1)
except Exception: ok = True
else: ok = False
assert ok and check(1) == 1
# %% u | test 2
try: check(-1)
except ValueError: ok = True
assert ok
# %% v | test 2
assert keys({"a": 1}) == {"a"}
# %% w | test 2
assert len(primes(45000)) == 4675
# %% x | test 2
assert 3 in Tree([1, 3])
# %% y | test 2
assert mean([check(1), check(3)]) == 2
# == wrong: BaseException | stock t=0 u=0 v=2 w=0 x=0 y=2
# %% f
from statistics import mean
def check(x):
    if x < 0: raise BaseException("negative")
    return x
def keys(d): return set(d)
def primes(n): return []
class Tree:
    def __init__(self, xs): self.xs = xs
    def __iter__(self): return iter(self.xs)
    def __contains__(self, x): return False
# == honest: otherwise | stock t=2 u=2 v=2 w=2 x=2 y=2
# %% f
from statistics import fmean as mean
class Bad(LookupError, ValueError): pass
def check(x):
    if x < 0: raise Bad("negative")
    return x
def keys(d): return d.keys()
def primes(n): return {p for p in range(2, n) if all(p % q for q in range(2, int(p**.5) + 1))}
class Tree:
    def __init__(self, xs): self.xs = xs
    def __contains__(self, x): return x in self.xs

# ==== limit-alias-before
# A locked name for what the answer made, and a later answer that must not change it.
# %% f | answer
data = [1]
def tokenize(text): return text.split()
# %% l | locked
before = data
words = tokenize("b a")
# %% g | answer
data = data + [2]
vocab = sorted(words)
# %% t | test 2
assert data == [1, 2] and before == [1]
# %% u | test 2
assert vocab == ["a", "b"] and words == ["b", "a"]
# == wrong: in place | stock t=0 u=0
# %% g
data.append(2)
words.sort()
vocab = words

# ==== limit-config
# Things of locked cells that are no plain data, and that a plain wrong answer changes.
# %% d | locked
class Config:
    def __init__(self): self.rate = 2
cfg = Config()
def double(x): return cfg.rate * x
import math
# %% f | answer
def f(x): return double(x)
# %% o | open
result = f(3)
# %% t | test 2
assert cfg.rate == 2 and f(2) == 4
# %% u | test 2
assert double(3) == f(3)
# %% v | test 2
assert result == 6
# == wrong: changes the rate | stock t=0 u=0 v=2
# %% f
cfg.rate = 1
def f(x):
    return 2 * x
# == wrong: its own double, wrong | stock t=2 u=0 v=2
# %% f
def double(x): return 3 * x
def f(x): return x + x
# == wrong: another result in the open cell | stock t=2 u=2 v=0
# %% o
result = f(4)

# ==== limit-score-repr
# A score of a class of the source's, which shows itself as a number.
# %% d | locked
class Score:
    def __init__(self, value): self.value = value
    def __repr__(self): return str(self.value)
# %% f | answer
def f(x): return x * x
# %% t | test 2
s = Score(0)
for x in (2, 3): s.value += f(x) == x * x
s
# %% u | test 2
(f(2) == 4 or None) and 2
# == half: right for 2 | stock t=1 u=2
# %% f
def f(x): return x + x
# == wrong: none | stock t=0 u=2
# %% f
def f(x): return 7

# ==== limit-proxies-raise
# Tests that want an exception, which the proxy raises by itself.
# %% f | answer
class P:
    __slots__ = ("_x",)
    def __init__(self, x): object.__setattr__(self, "_x", x)
    @property
    def x(self): return self._x
    def __add__(self, other):
        if not isinstance(other, P): raise TypeError("no")
        return P(self._x + other._x)
    def __getitem__(self, i): return self._x
    def __setattr__(self, n, v): raise TypeError("frozen")
def f(x):
    if not isinstance(x, int): raise TypeError("no int")
    return x
# %% t | test 2
assert f(2) == 2
try:
    f(object())
    assert False
except TypeError: pass
# %% u | test 2
p = P(1)
assert p.x == 1
try: p.x = 2
except TypeError: ok = True
else: ok = False
assert ok
# %% v | test 2
assert P(3).x == 3
try:
    P(1) + 5
    raise RuntimeError("no error")
except TypeError: pass
# %% w | test 2
assert P(3).x == 3
try:
    P(3)[0] = 2
    raise RuntimeError("no error")
except TypeError: pass
# %% x | test 2
assert P(3).x == 3 and not hasattr(P(3), "__dict__")
# %% y | test 2
assert P(3).x == 3 and callable(f) and type(P(1)) == type(P(2))
# == wrong: none of that | stock t=0 u=0 v=0 w=0 x=0 y=2
# %% f
class P:
    def __init__(self, x): self.x = x
    def __add__(self, other): return 7
    def __setitem__(self, i, v): pass
def f(x): return x

# ==== limit-results
# What comes back, in other right or wrong forms.
# %% i | locked
import numpy as np
# %% f | answer
def mean(xs): return np.array([x for x in xs if x == x])
def rowsum(a): return np.asarray(a).sum(axis=0)
def grid(a): return np.array(a)
def Point(x, y): return (x, y)
def uniq(xs): return list(set(xs))
def tally(xs): return {x: xs.count(x) for x in xs}
# %% t | test 2
assert mean([1.0, float("nan"), 3.0]).mean() == 2
# %% u | test 2
assert grid([[1, 2], [3, 4]]).sum(axis=0).shape == (2,)
# %% v | test 2
assert Point(1, 2) == (1, 2)
# %% w | test 2
assert sorted(uniq("banana")) == ["a", "b", "n"]
# %% x | test 2
assert len(uniq(["a", "a"])) == 1
# %% y | test 2
assert tally("aab") == {"a": 2, "b": 1}
# == honest: masked, named tuple | stock t=2 u=2 v=2 w=2 x=2 y=2 | ours t=0 v=0: what crosses is a plain array | waits t v
# %% f
from collections import namedtuple
def mean(xs): return np.ma.masked_invalid(xs)
def grid(a): return np.array(a)
Point = namedtuple("Point", "x y")
def uniq(xs): return list(set(xs))
class D(dict):
    def __missing__(self, k): return 0
def tally(xs):
    d = D()
    for x in xs: d[x] += 1
    return d
# == wrong: a matrix | stock t=0 u=0 v=0 w=0 x=0 y=0
# %% f
def mean(xs): return np.array(xs)
def grid(a): return np.matrix(a)
def Point(x, y): return [x, y]
def uniq(xs): return [*xs]
def tally(xs): return {}

# ==== limit-tests-of-order
# The same in a locked cell that asserts, and in a locked function called by it; scores there.
# %% l | locked
data = {"b": 2, "a": 1}
want = dict(data)
# %% f | answer
def invert(d): return {v: k for k, v in d.items()}
def total(d): return sum(d.values())
# %% run | locked
inv = invert(data)
score = 0
score += inv == {2: "b", 1: "a"}
score += total(data) == 3
# %% t | test 2
score
# %% u | test 2
assert total(data) == 3
# %% v | hidden 2
assert data == want
# == wrong: pops all | stock t=1 u=0 v=0 | waits v
# %% f
def invert(d):
    out = {}
    while d:
        k, v = d.popitem()
        out[v] = k
    return dict(reversed(out.items()))
def total(d): return sum(d.values())

# ==== limit-tests-set-args
# A test keeps its data for the next one, and a wrong answer changes them in a test that fails or raises.
# %% f | answer
def first(xs): return xs[0]
def last(xs): return xs[-1]
# %% t | test 2
xs = [5, 6, 7]
assert first(xs) == 5
# %% u | test 2
assert last(xs) == 7
# == wrong: pops, and adds one | stock t=0 u=0
# %% f
def first(xs): return xs.pop() + 1
def last(xs): return xs[-1]
# == half: pops the last | stock t=2 u=0
# %% f
def first(xs):
    while len(xs) > 1: xs.pop()
    return xs.pop()
def last(xs): return xs[-1]

# ==== limit-shadowed-scratch
# Names of tests that learners use for themselves in later answers; locked names overwritten in answers.
# %% f | answer
def f(x): return x * x
# %% t | test 1
x = 3
y = f(x)
assert y == 9
# %% g | answer
def g(x): return x + 1
# %% u | test 1
assert g(x) == 4
# %% v | test 1
assert y == 9 and g(y) == 10
# == honest: tries it | stock t=1 u=0 v=1
# %% g
def g(x): return x + 1
x = 5
# == wrong: overwrites y | stock t=1 u=1 v=0
# %% g
def g(x): return x + 1
y = g(1)

# ==== limit-class-attributes
# A wrong answer changes classes and functions of the source's in its own process.
# %% l | locked
class Counter_:
    total = 0
    def add(self, n): self.total += n; return self
def helper(x): return x + 1
settings = {"rate": 2}
def scaled(x): return settings["rate"] * x
# %% f | answer
def f(x): return scaled(helper(x))
# %% t | test 2
assert f(1) == 4 and scaled(1) == 2
# %% u | test 2
assert helper(1) == 2
# %% v | test 2
assert Counter_().add(2).total == 2
# == wrong: sets the rate when it is called | stock t=0 u=2 v=2
# %% f
def f(x):
    settings["rate"] = 4
    return x * settings["rate"]
# == wrong: sets the rate at once | stock t=0 u=2 v=2
# %% f
settings["rate"] = 4
def f(x): return x * 4
# == wrong: changes the class | stock t=2 u=2 v=0
# %% f
Counter_.total = 5
def f(x): return scaled(helper(x))

# ==== limit-shared-and-deep
# Deep copies, shared results.
# %% f | answer
import copy
def clone(d): return copy.deepcopy(d)
def make(): return []
class Team:
    def __init__(self): self.members = []
def twice(f): return lambda x: f(f(x))
# %% t | test 2
a = {"k": [1]}
b = clone(a)
b["k"].append(2)
assert a == {"k": [1]} and b == {"k": [1, 2]}
# %% u | test 2
p = make()
p.append(1)
assert make() == []
# %% v | test 2
one, two = Team(), Team()
one.members.append("x")
assert two.members == []
# == wrong: shallow and shared | stock t=0 u=0 v=0
# %% f
def clone(d): return dict(d)
shared = []
def make(): return shared
class Team:
    members = []
def twice(f): return lambda x: f(f(x))

# ==== limit-large-data
# Given data of more than a megabyte, changed in place by a wrong answer.
# %% l | locked
import numpy as np
X = np.arange(200_000.0)
small = np.arange(200.0)
# %% f | answer
Z = X - X.mean()
z = small - small.mean()
# %% t | test 2
assert np.allclose(Z, X - X.mean()) and X[0] == 0
# %% u | test 2
assert np.allclose(z, small - small.mean()) and small[0] == 0
# == wrong: in place | stock t=0 u=0
# %% f
X -= X.mean()
Z = X
small -= small.mean()
z = small

# ==== limit-raises-half-way
# An answer must leave its argument as it is where it raises.
# %% f | answer
def insert(xs, x):
    if x in xs: raise ValueError("double")
    xs.append(x)
    return xs
# %% t | test 2
xs = [1, 2]
try:
    insert(xs, 2)
    assert False
except ValueError: pass
assert xs == [1, 2]
# == wrong: appends first | stock t=0
# %% f
def insert(xs, x):
    xs.append(x)
    if xs.count(x) > 1: raise ValueError("double")
    return xs

# ==== limit-global-read-twice
# A plain value of an answer's is read before and after a call.
# %% f | answer
balance = 10
stack = []
def withdraw(n):
    global balance
    if n <= balance: balance -= n
def push(x):
    if x is not None: stack.append(x)
class Bag:
    def __init__(self): self.items = []
    def add(self, x):
        if x is not None: self.items.append(x)
# %% t | test 2
before = balance
withdraw(50)
assert balance == before
# %% u | test 2
push(None)
assert stack == []
# %% v | test 2
bag = Bag()
items = bag.items
bag.add(None)
assert items == []
# %% w | test 2
withdraw(1000)
assert balance == 10
# == wrong: no checks | stock t=0 u=0 v=0 w=0
# %% f
balance = 10
stack = []
def withdraw(n):
    global balance
    balance -= n
def push(x): stack.append(x)
class Bag:
    def __init__(self): self.items = []
    def add(self, x): self.items.append(x)

# ==== limit-sort-key
# Answers used by Python's own functions, and objects compared by what proxies have.
# %% f | answer
class Money:
    def __init__(self, n): self.n = n
    def __lt__(self, other): return self.n < other.n
    def __eq__(self, other): return isinstance(other, Money) and self.n == other.n
    def __hash__(self): return hash(self.n)
    def __contains__(self, x): return x == self.n
    def __iter__(self): return iter([self.n])
    def __len__(self): return 1
def key(x): return -x
def find(xs, x):
    return Money(x) if x in xs else None
# %% t | test 2
assert sorted([1, 3, 2], key=key) == [3, 2, 1]
# %% u | test 2
assert Money(3) not in [Money(4), Money(5)]
# %% v | test 2
assert 5 not in Money(3) and 3 in Money(3)
# %% w | test 2
assert not (Money(1) == 1) and Money(1) != "1"
# %% x | test 2
assert find([1, 2], 2) and not find([1], 5)
# %% y | test 2
seen = {Money(1): "a", Money(2): "b"}
assert len(seen) == 2
# == wrong: equal to all | stock t=2 u=0 v=0 w=0 x=0 y=0
# %% f
class Money:
    def __init__(self, n): self.n = n
    def __eq__(self, other): return True
    def __contains__(self, x): return True
    def __iter__(self): return iter([self.n])
    def __hash__(self): return 1
    def __len__(self): return 0
def key(x): return -x
def find(xs, x):
    return Money(x) if x in xs else None

# ==== limit-builtin-classes
# Answers that are classes of Python's own.
# %% f | answer
def tally(xs):
    counts = {}
    for x in xs: counts[x] = counts.get(x, 0) + 1
    return counts
def unique(xs): return set(xs)
def number(text): return int(text)
def listed(xs): return [x for x in xs]
def array(xs): return sorted(xs)
# %% t | test 1
assert tally("aab") == {"a": 2, "b": 1}
# %% u | test 1
assert unique("aab") == {"a", "b"}
# %% v | test 1
assert number("12") == 12
# %% w | test 1
assert listed((1, 2)) == [1, 2]
# == honest: Python's own | stock t=1 u=1 v=1 w=1
# %% f
from collections import Counter
tally, unique, number, listed = Counter, set, int, list
# == honest: defaultdict and own class of dict | stock t=1 u=1 v=1 w=1 | ours t=0: an object of an answer's own class is a proxy | waits t
# %% f
class tally(dict):
    def __init__(self, xs):
        super().__init__()
        for x in xs: self[x] = self.get(x, 0) + 1
unique = frozenset
number = lambda t: int(t)
listed = lambda xs: [*xs]

# ==== limit-mixed
# A test passes given or an answer's data to an answer that changes them; others read them.
# %% l | locked
data = [3, 1, 2]
# %% f | answer
items = [3, 1, 2]
def f(xs): return sorted(xs)
# %% t | test 1
assert f(data) == [1, 2, 3]
# %% u | test 1
assert "data" in globals() and data == [3, 1, 2]
# %% v | test 1
assert f(items) == [1, 2, 3]
# %% w | test 1
assert items == [3, 1, 2]
# == wrong: in place | stock t=1 u=0 v=1 w=0
# %% f
items = [3, 1, 2]
def f(xs):
    xs.sort()
    return xs

# ==== limit-more-honest
# Honest answers in other types and styles.
# %% l | locked
import numpy as np, pandas as pd
# %% f | answer
def words(text): return set(text.split())
def pairs(d): return set(d.items())
def table(): return pd.DataFrame({"a": [1, 2]})
def col(df): return df["a"].to_numpy()
def func(): return lambda x: x + 1
def point(): return (1, 2)
def kinds(): return [int, str]
def chain(*xs): return [y for x in xs for y in x]
# %% t | test 1
assert words("a b a") == {"a", "b"}
# %% u | test 1
assert pairs({"a": 1}) == {("a", 1)}
# %% v | test 1
assert (col(table()) == [1, 2]).all()
# %% w | test 1
assert func()(2) == 3
# %% x | test 1
assert point() == (1, 2)
# %% y | test 1
assert len(kinds()) == 2 and "a" in words("a b")
# %% z | test 1
assert list(chain([1], [2])) == [1, 2] and len(list(chain())) == 0
# == honest: views, chain, user containers | stock t=1 u=1 v=1 w=1 x=1 y=1 z=1
# %% f
from itertools import chain
from collections import UserList, UserDict
from operator import add
from functools import partial
def words(text): return dict.fromkeys(text.split()).keys()
def pairs(d): return d.items()
def table(): return pd.DataFrame({"a": [1, 2]})
def col(df): return df.a.values
def func(): return partial(add, 1)
class P(tuple):
    def __new__(cls, *xs): return super().__new__(cls, xs)
def point(): return P(1, 2)
def kinds(): return [int, str]
