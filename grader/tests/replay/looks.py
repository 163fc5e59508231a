# ==== looks-repr-of-two
# Two objects are compared by what they look like.
# %% a | answer
class Vector:
    def __init__(self, x, y): self.x, self.y = x, y
    def add(self, o): return Vector(self.x + o.x, self.y + o.y)
    def __str__(self): return f"({self.x}, {self.y})"
    def __repr__(self): return f"Vector({self.x}, {self.y})"
# %% h | hidden 2
assert str(Vector(1, 2).add(Vector(3, 4))) == str(Vector(4, 6))
# %% h2 | hidden 1
assert repr(Vector(1, 2).add(Vector(3, 4))) == repr(Vector(4, 6))
# %% h3 | hidden 1
assert f"{Vector(1, 2).add(Vector(3, 4))}" == f"{Vector(4, 6)}"
# %% h4 | hidden 1
assert [str(Vector(i, i).add(Vector(1, 0))) for i in range(3)] == [str(Vector(i + 1, i)) for i in range(3)]
# %% h5 | hidden 1
seen = {str(Vector(i, 0).add(Vector(0, 0))) for i in (1, 1, 1)}
assert len(seen) == 1
# %% t | test 1
assert str(Vector(1, 2).add(Vector(3, 4))) == str(Vector(4, 6))
# == wrong: add does nothing | stock h=0 h2=0 h3=0 h4=0 h5=1 t=0
# %% a
class Vector:
    def __init__(self, x, y): self.x, self.y = x, y
    def add(self, o): return Vector(self.x, self.y)
    def __str__(self): return f"({self.x}, {self.y})"
    def __repr__(self): return f"Vector({self.x}, {self.y})"
# == wrong: returns itself | stock h=0 h2=0 h3=0 h4=0 h5=1 t=0
# %% a
class Vector:
    def __init__(self, x, y): self.x, self.y = x, y
    def add(self, o): return self
    def __str__(self): return f"({self.x}, {self.y})"
    __repr__ = __str__
# == honest: a dataclass | stock h=2 h2=1 h3=1 h4=1 h5=1 t=1
# %% a
from dataclasses import dataclass
@dataclass
class Vector:
    x: float
    y: float
    def add(self, other): return Vector(self.x + other.x, self.y + other.y)

# ==== looks-cards
# A deck of cards: nothing may be lost by shuffling and dealing.
# %% a | answer
import random
class Card:
    def __init__(self, rank, suit): self.rank, self.suit = rank, suit
    def __str__(self): return f"{self.rank}{self.suit}"
    def __repr__(self): return str(self)
class Deck:
    def __init__(self): self.cards = [Card(r, s) for s in "CDHS" for r in "23456789TJQKA"]
    def shuffle(self): random.shuffle(self.cards)
    def deal(self, n):
        hand, self.cards = self.cards[:n], self.cards[n:]
        return hand
# %% t | test 1
d = Deck()
assert len(d.cards) == 52 and d.cards[0].rank == "2"
# %% h | hidden 2
d = Deck()
before = sorted(str(c) for c in d.cards)
d.shuffle()
assert sorted(str(c) for c in d.cards) == before, "shuffle loses cards"
# %% h2 | hidden 2
d = Deck()
first = [str(c) for c in d.cards[:5]]
assert [str(c) for c in d.deal(5)] == first
# %% h3 | hidden 1
d = Deck()
assert str(d.deal(1)[0]) != ""
# %% h4 | hidden 1
import io
a, b = io.StringIO(), io.StringIO()
print(Card("A", "S"), file=a)
print(Deck().cards[51], file=b)
assert a.getvalue() == b.getvalue()
# == wrong: a kind of named tuple, right in a kernel | stock t=1 h=2 h2=2 h3=1 h4=1 | ours h4=0: only its items cross | waits h4
# %% a
import random
from collections import namedtuple
class Card(namedtuple("Card", "rank suit")):
    def __str__(self): return self.rank + self.suit
class Deck:
    def __init__(self): self.cards = [Card(r, s) for s in "CDHS" for r in "23456789TJQKA"]
    def shuffle(self): random.shuffle(self.cards)
    def deal(self, n): return [self.cards.pop(0) for _ in range(n)]
# == honest: a dataclass | stock t=1 h=2 h2=2 h3=1 h4=1
# %% a
import random
from dataclasses import dataclass
@dataclass(frozen=True)
class Card:
    rank: str
    suit: str
class Deck:
    def __init__(self): self.cards = [Card(r, s) for s in "CDHS" for r in "23456789TJQKA"]
    def shuffle(self): random.shuffle(self.cards)
    def deal(self, n): return [self.cards.pop(0) for _ in range(n)]
# == wrong: shuffle draws with replacement, deal from the end | stock t=1 h=0 h2=0 h3=1 h4=0
# %% a
import random
class Card:
    def __init__(self, rank, suit): self.rank, self.suit = rank, suit
    def __str__(self): return f"{self.rank}{self.suit}"
class Deck:
    def __init__(self): self.cards = [Card(r, s) for s in "CDHS" for r in "23456789TJQK"] + [Card("2", "C")] * 4
    def shuffle(self): self.cards = random.choices(self.cards, k=52)
    def deal(self, n): return [self.cards.pop() for _ in range(n)]

# ==== looks-sorted-by-looks
# Objects are sorted by what they look like, and looked for by it.
# %% a | answer
class Task:
    def __init__(self, name, urgency): self.name, self.urgency = name, urgency
    def __str__(self): return f"{self.urgency}:{self.name}"
def by_urgency(tasks): return sorted(tasks, key=lambda t: t.urgency)
# %% t | test 1
assert [x.name for x in by_urgency([Task("b", 2), Task("a", 1)])] == ["a", "b"]
# %% h | hidden 2
tasks = [Task("c", 3), Task("a", 1), Task("b", 2)]
assert [str(x) for x in by_urgency(tasks)] == [str(tasks[1]), str(tasks[2]), str(tasks[0])]
# %% h2 | hidden 2
score = 0
tasks = [Task("x", i) for i in (5, 4, 3)]
for got, want in zip(by_urgency(tasks), reversed(tasks)): score += (str(got) == str(want)) * 2 / 3
round(score, 2)
# == wrong: does not sort | stock t=0 h=0 h2=0.67
# %% a
class Task:
    def __init__(self, name, urgency): self.name, self.urgency = name, urgency
    def __str__(self): return f"{self.urgency}:{self.name}"
def by_urgency(tasks): return tasks
# == half: sorts by name | stock t=1 h=2 h2=0.67
# %% a
class Task:
    def __init__(self, name, urgency): self.name, self.urgency = name, urgency
    def __str__(self): return f"{self.urgency}:{self.name}"
def by_urgency(tasks): return sorted(tasks, key=lambda t: t.name)
# == attack: does nothing at all | stock t=0 h=0 h2=0.67
# %% a
class Task:
    def __init__(self, *args): pass
def by_urgency(tasks): return tasks

# ==== looks-receipt
# A receipt is compared with another one as text; the first is changed meanwhile.
# %% a | answer
class Receipt:
    def __init__(self, items=()): self.items = list(items)
    def add(self, name, price): self.items.append((name, price))
    def total(self): return sum(p for _, p in self.items)
    def __str__(self): return "; ".join(f"{n}: {p}" for n, p in self.items)
def merged(a, b): return Receipt(a.items + b.items)
# %% t | test 1
r = Receipt()
r.add("tea", 3)
assert r.total() == 3 and str(r) == "tea: 3"
# %% h | hidden 2
a, b = Receipt([("tea", 3)]), Receipt([("pie", 4)])
m = merged(a, b)
assert str(m) == str(Receipt([("tea", 3), ("pie", 4)]))
# == honest: adds one by one | stock t=1 h=2
# %% a
class Receipt:
    def __init__(self, items=None): self.lines = dict(items or [])
    def add(self, name, price): self.lines[name] = price
    def total(self): return sum(self.lines.values())
    def __str__(self): return "; ".join([n + ": " + str(p) for n, p in self.lines.items()])
def merged(a, b):
    r = Receipt(a.lines.items())
    for n, p in b.lines.items(): r.add(n, p)
    return r
# == wrong: forgets the second | stock t=1 h=0
# %% a
class Receipt:
    def __init__(self, items=()): self.items = list(items)
    def add(self, name, price): self.items.append((name, price))
    def total(self): return sum(p for _, p in self.items)
    def __str__(self): return "; ".join(f"{n}: {p}" for n, p in self.items)
def merged(a, b): return a

# ==== looks-default-looks
# Whether a class says how it looks, by what Python's own looks like.
# %% a | answer
class Point:
    def __init__(self, x, y): self.x, self.y = x, y
    def __str__(self): return f"({self.x}, {self.y})"
# %% t | test 1
assert Point(1, 2).x == 1
# %% h | hidden 1
assert "object at" not in str(Point(1, 2)), "define __str__"
# %% h2 | hidden 1
assert not str(Point(1, 2)).startswith("<__main__")
# == wrong: no str | stock t=1 h=0 h2=0
# %% a
class Point:
    def __init__(self, x, y): self.x, self.y = x, y

# ==== looks-deepcopy-of-an-object
# A test keeps a deep copy of an object to see whether a function changes it.
# %% a | answer
class Grid:
    def __init__(self, cells): self.cells = [list(r) for r in cells]
    def get(self, r, c): return self.cells[r][c]
    def alive(self): return sum(map(sum, self.cells))
def step(grid): return Grid([[1 - c for c in row] for row in grid.cells])
# %% t | test 1
import copy
g = Grid([[1, 0], [0, 0]])
assert step(g).cells == [[0, 1], [1, 1]]
# %% h | hidden 2
g = Grid([[1, 0], [0, 1]])
before = copy.deepcopy(g)
step(g)
assert g.cells == before.cells, "step must not change its grid"
# %% h2 | hidden 1
g = Grid([[1, 0], [0, 0]])
before = copy.deepcopy(g)
step(g)
assert g.alive() == before.alive() and g.get(0, 0) == before.get(0, 0)
# %% h3 | hidden 1
g = Grid([[1, 0], [0, 0]])
before = copy.copy(g)
step(g)
assert g.alive() == before.alive()
# == wrong: changes the grid | stock t=1 h=0 h2=0 h3=1
# %% a
class Grid:
    def __init__(self, cells): self.cells = [list(r) for r in cells]
    def get(self, r, c): return self.cells[r][c]
    def alive(self): return sum(map(sum, self.cells))
def step(grid):
    for row in grid.cells:
        for i in range(len(row)): row[i] = 1 - row[i]
    return grid
# == wrong: gives the grid other cells | stock t=1 h=0 h2=0 h3=0
# %% a
class Grid:
    def __init__(self, cells): self.cells = [list(r) for r in cells]
    def get(self, r, c): return self.cells[r][c]
    def alive(self): return sum(map(sum, self.cells))
def step(grid):
    grid.cells = [[1 - c for c in row] for row in grid.cells]
    return grid

# ==== looks-late-default
# An in-process test before a hidden one calls an answer that keeps state between calls.
# %% a | answer
def double(x): return 2 * x
# %% t | test 1
assert double(2) == 4
# %% b | answer
def collect(x, into=None):
    """Collect."""
    into = [] if into is None else into
    into.append(x)
    return into
# %% u | test 1
assert collect.__doc__, "write a docstring"
assert collect(1) == [1]
# %% h | hidden 2
assert collect(2) == [2]
# == wrong: a mutable default | stock t=1 u=1 h=0
# %% b
def collect(x, into=[]):
    """Collect."""
    into.append(x)
    return into

# ==== looks-late-is
# A test that asks for identity runs in-process; a hidden one behind it asks the same function.
# %% a | answer
def add_tag(tags, tag):
    """A new list with the tag."""
    return [*tags, tag]
# %% t | test 1
assert add_tag([], "a") == ["a"]
# %% b | answer
class Student:
    def __init__(self, name, grades=None):
        self.name, self.grades = name, list(grades or [])
    def add(self, g): self.grades.append(g)
    def mean(self): return sum(self.grades) / len(self.grades)
# %% u | test 1
s, r = Student("ada"), Student("bob")
s.add(5)
assert s.grades is not r.grades or True
assert s.mean() == 5
# %% h | hidden 2
s = Student("cy")
s.add(4)
s.add(2)
assert s.mean() == 3
# == wrong: a mutable default | stock t=1 u=1 h=0
# %% b
class Student:
    def __init__(self, name, grades=[]):
        self.name, self.grades = name, grades
    def add(self, g): self.grades.append(g)
    def mean(self): return sum(self.grades) / len(self.grades)
# == wrong: a class attribute | stock t=1 u=1 h=0
# %% b
class Student:
    grades = []
    def __init__(self, name): self.name = name
    def add(self, g): self.grades.append(g)
    def mean(self): return sum(self.grades) / len(self.grades)

# ==== looks-late-input
# A program that asks: tested with a patched input in-process, then hidden by its function.
# %% a | answer
def total(xs): return sum(xs)
# %% t | test 1
assert total([1, 2]) == 3
# %% b | answer
def guess(secret, g): return "low" if g < secret else "high" if g > secret else "yes"
def play(secret):
    n = 0
    while True:
        n += 1
        if guess(secret, int(input())) == "yes": return n
# %% u | test 1
from unittest.mock import patch
with patch("builtins.input", side_effect=["1", "9", "5"]):
    assert play(5) == 3
# %% b2 | answer
def best(scores): return min(scores)
# %% h | hidden 2
g = iter([guess(3, x) for x in (1, 5, 3)])
assert list(g) == ["low", "high", "yes"]
# %% h2 | hidden 2
with patch("builtins.input", side_effect=["7"]):
    assert play(7) == 1
# == wrong: tries in a global | stock t=1 u=1 h=2 h2=0
# %% b
tries = 0
def guess(secret, g): return "low" if g < secret else "high" if g > secret else "yes"
def play(secret):
    global tries
    while True:
        tries += 1
        if guess(secret, int(input())) == "yes": return tries
# == wrong: guess is over after a win | stock t=1 u=1 h=0 h2=0
# %% b
over = False
def guess(secret, g):
    global over
    if over: return "over"
    if g == secret:
        over = True
        return "yes"
    return "low" if g < secret else "high"
def play(secret):
    n = 0
    while True:
        n += 1
        if guess(secret, int(input())) == "yes": return n

# ==== looks-missing-names
# The learner takes away what hidden tests read.
# %% i | open
import numpy as np
import time, random
# %% k | open
def show(xs): return ", ".join(map(str, xs))
# %% g | locked
limits = [1, 5]
scale = np.array([1.0, 2.0])
# %% a | answer
def scaled(x): return x * scale
# %% t | test 1
assert scaled(2)[1] == 4
# %% h | hidden 1
random.seed(3)
for _ in range(5):
    x = random.random()
    assert scaled(x)[0] == x
# %% h2 | hidden 1
assert show(scaled(1)) == "1.0, 2.0"
# %% h3 | hidden 1
assert limits[0] <= scaled(1)[0] <= limits[1]
# == wrong: imports only what it needs | stock t=1 h=0 h2=1 h3=1 | waits h
# %% i
import numpy as np
# == wrong: deletes the imports' cell and imports itself | stock t=1 h=0 h2=1 h3=1 | ours h=1: a given cell that is gone is put back
# %% - i
# %% k
import numpy as np
def show(xs): return ", ".join(map(str, xs))
# == wrong: empties the given function | stock t=1 h=1 h2=0 h3=1 | waits h2
# %% k
pass
# == wrong: deletes a given name | stock t=1 h=1 h2=1 h3=0 | waits h3
# %% a
def scaled(x): return x * scale
del limits
# == wrong: a syntax error in the imports | stock t=1 h=0 h2=1 h3=1 | waits h
# %% i
import numpy as np
import time random
# %% k
import numpy as np
def show(xs): return ", ".join(map(str, xs))
# == wrong: shadows a given name by a loop | stock t=1 h=1 h2=1 h3=0 | waits h3
# %% a
def scaled(x): return x * scale
for limits in range(3): print(limits)
# == honest: adds to it | stock t=1 h=1 h2=1 h3=1
# %% i
import numpy as np
import time, random, sys
print(sys.version)

# ==== looks-overwritten-modules
# The learner's names are called like modules and builtins that hidden tests read.
# %% i | open
import math, time, random
import numpy as np
# %% g | locked
def near(a, b): return math.isclose(a, b, rel_tol=1e-9)
# %% a | answer
def speed(d, t): return d / t
v = speed(100, 8)
# %% t | test 1
assert v == 12.5
# %% h | hidden 2
start = time.time()
assert near(speed(10, 4), 2.5)
assert time.time() - start < 5
# %% h2 | hidden 1
assert sum(speed(i, 2) for i in range(4)) == 3
# %% h3 | hidden 1
assert all(near(speed(x, 2), x / 2) for x in np.arange(1, 4))
# == wrong: a variable time | stock t=1 h=0 h2=1 h3=1 | waits h
# %% a
time = 8
def speed(d, t): return d / t
v = speed(100, time)
# == wrong: a variable sum | stock t=1 h=2 h2=0 h3=1 | waits h2
# %% a
sum = 0
def speed(d, t): return d / t
v = speed(100, 8)
# == wrong: a variable math | stock t=1 h=0 h2=1 h3=0 | waits h h3
# %% a
def speed(d, t): return d / t
v = speed(100, 8)
math = "done"
# == wrong: all, range overwritten | stock t=1 h=2 h2=0 h3=0 | waits h2 h3
# %% a
def speed(d, t): return d / t
v = speed(100, 8)
all = [1]
range = (0, 1)
# == wrong: near overwritten | stock t=1 h=0 h2=1 h3=0 | waits h h3
# %% a
def near(a, b): return False
def speed(d, t): return d / t
v = speed(100, 8)
# == wrong: open cell loses time | stock t=1 h=0 h2=1 h3=1 | waits h
# %% i
import math
import numpy as np
# == wrong: np is another module | stock t=1 h=2 h2=1 h3=0 | waits h3
# %% i
import math, time, random
import math as np
# == honest: from math import star | stock t=1 h=2 h2=1 h3=1
# %% i
import math, time, random
import numpy as np
from math import *
# == honest: from numpy import star | stock t=1 h=2 h2=0 h3=1 | waits h2
# %% i
import math, time, random
import numpy as np
from numpy import *

# ==== looks-members-by-hasattr
# Which special methods there are gives a part of the points.
# %% g | locked
def has_all(cls, *names): return all(hasattr(cls, n) for n in names)
# %% a | answer
class Money:
    def __init__(self, cents): self.cents = cents
    def __add__(self, o): return Money(self.cents + o.cents)
    def __lt__(self, o): return self.cents < o.cents
    def __eq__(self, o): return self.cents == o.cents
    def plus(self, o): return self + o
# %% t | test 1
assert Money(3).plus(Money(4)).cents == 7
# %% h | hidden 2
assert has_all(Money, "__add__", "__lt__")
# %% h2 | hidden 3
points = 0
for name in ("__add__", "__lt__", "__sub__"):
    points += hasattr(Money, name)
points + (points == 2)
# == wrong: none of them | stock t=1 h=0 h2=1
# %% a
class Money:
    def __init__(self, cents): self.cents = cents
    def plus(self, o): return Money(self.cents + o.cents)
# == half: all of them | stock t=1 h=2 h2=3
# %% a
class Money:
    def __init__(self, cents): self.cents = cents
    def __add__(self, o): return Money(self.cents + o.cents)
    def __sub__(self, o): return Money(self.cents - o.cents)
    def __lt__(self, o): return self.cents < o.cents
    def plus(self, o): return self + o

# ==== looks-looks-of-a-class
# Special methods are looked for in dir(), and kinds by typing.
# %% a | answer
class Box:
    def __init__(self, *xs): self.xs = list(xs)
    def __len__(self): return len(self.xs)
    def __iter__(self): return iter(self.xs)
    def __add__(self, o): return Box(*self.xs, *o.xs)
    def __lt__(self, o): return len(self) < len(o)
    def __call__(self, i): return self.xs[i]
# %% t | test 1
assert len(Box(1, 2)) == 2
# %% h | hidden 1
assert "__add__" in dir(Box) and "__lt__" in dir(Box)
# %% h2 | hidden 1
from typing import Iterable, Callable
assert isinstance(Box(1), Iterable) and isinstance(Box(1), Callable)
# %% h3 | hidden 1
import collections.abc as abc
for kind in (abc.Iterable, abc.Sized, abc.Callable): assert isinstance(Box(1), kind)
# %% h4 | hidden 1
assert callable(getattr(Box, "__lt__"))
# %% h5 | hidden 1
required = ["__len__", "__iter__", "__add__", "__lt__"]
sum(hasattr(Box, name) for name in required) / 4
# %% h6 | hidden 1
assert Box.__add__ and Box.__lt__ and Box.__iter__
# %% h7 | hidden 1
assert type(Box(1)).__name__ == type(Box(2, 3)).__name__
# %% h8 | hidden 1
assert callable(Box(1))
# %% h9 | hidden 1
assert "cells" not in dir(Box(1))
# == wrong: no special methods | stock t=1 h=0 h2=0 h3=0 h4=1 h5=0.5 h6=0 h7=1 h8=0 h9=0 | waits h8
# %% a
class Box:
    def __init__(self, *xs): self.cells = list(xs)
    def __len__(self): return len(self.cells)
# == half: some | stock t=1 h=1 h2=0 h3=0 h4=1 h5=0.75 h6=0 h7=1 h8=0 h9=1 | waits h8
# %% a
class Box:
    def __init__(self, *xs): self.xs = list(xs)
    def __len__(self): return len(self.xs)
    def __add__(self, o): return Box()

# ==== looks-doc-in-a-loop
# Docstrings and hints are looked for by names in a list.
# %% a | answer
def f(x: int) -> int:
    """Twice x."""
    return 2 * x
def g(x: int) -> int:
    """Three times x."""
    return 3 * x
# %% t | test 1
assert f(1) == 2 and g(1) == 3
# %% h | hidden 1
for fn in (f, g):
    assert getattr(fn, "__doc__", None)
# %% h2 | hidden 2
score = 0
for fn in (f, g):
    for what in ("__doc__", "__annotations__"):
        if getattr(fn, what, None): score += 0.5
score
# %% h3 | hidden 1
def documented(obj, attribute="__doc__"): return bool(getattr(obj, attribute))
assert documented(f) and documented(g)
# == wrong: no docstrings | stock t=1 h=0 h2=0 h3=0
# %% a
def f(x): return 2 * x
def g(x): return 3 * x

# ==== looks-slots
# What must not be there, by exceptions.
# %% a | answer
class Point:
    __slots__ = ("x", "y")
    def __init__(self, x, y): self.x, self.y = x, y
# %% t | test 1
assert Point(1, 2).y == 2
# %% h | hidden 1
p = Point(1, 2)
try:
    p.__dict__
    ok = False
except AttributeError:
    ok = True
assert ok
# %% h2 | hidden 1
def has(obj, name):
    try: getattr(obj, name)
    except AttributeError: return False
    return True
assert not has(Point(1, 2), "__dict__") and has(Point, "__slots__")
# == wrong: no slots | stock t=1 h=0 h2=0 | waits h2
# %% a
class Point:
    def __init__(self, x, y): self.x, self.y = x, y

# ==== looks-array-of-a-view
# A plain view of a dict where an array is compared.
# %% a | answer
def shares(counts):
    total = sum(counts.values())
    return [n / total for n in counts.values()]
def values(counts): return list(counts.values())
# %% t | test 1
assert len(shares({"a": 1, "b": 3})) == 2
# %% h | hidden 2
import numpy as np
assert np.allclose(values({"a": 1, "b": 3}), [1, 3])
# %% h2 | hidden 1
np.testing.assert_allclose(shares({"a": 1, "b": 3}), [0.25, 0.75])
# == wrong: gives the view back | stock t=1 h=0 h2=0
# %% a
def shares(counts):
    return {k: n / sum(counts.values()) for k, n in counts.items()}.values()
def values(counts): return counts.values()

# ==== looks-type-of-two
# Two objects are compared by their types.
# %% a | answer
class Shape:
    def __init__(self, n): self.n = n
    def scaled(self, k): return type(self)(self.n * k)
class Square(Shape): pass
# %% t | test 1
assert Square(2).scaled(3).n == 6
# %% h | hidden 1
s = Square(2)
assert type(s.scaled(2)) == type(s)
# %% h2 | hidden 1
s = Square(2)
assert isinstance(s.scaled(2), type(s))
# %% h3 | hidden 1
s = Square(2)
assert s.scaled(2).__class__ == s.__class__
# == wrong: always a shape | stock t=1 h=0 h2=0 h3=0
# %% a
class Shape:
    def __init__(self, n): self.n = n
    def scaled(self, k): return Shape(self.n * k)
class Square(Shape): pass

# ==== looks-many-numpy-scalars
# A list of numpy's numbers, which is long.
# %% a | answer
import random
def roll(n, seed):
    r = random.Random(seed)
    return [r.randint(1, 6) for _ in range(n)]
# %% t | test 1
assert len(roll(10, 1)) == 10
# %% u | test 1
assert 3 < sum(roll(6000, 1)) / 6000 < 4
# %% h | hidden 2
m = sum(roll(10000, seed=4)) / 10000
assert 3.3 < m < 3.7
# %% h2 | hidden 2
score = 0
for n in (10, 10000):
    try:
        if len(roll(n, 3)) == n: score += 1
    except Exception as e: print(e)
score
# == honest: numpy's numbers in a list | stock t=1 u=1 h=2 h2=2
# %% a
import numpy as np
def roll(n, seed):
    rng = np.random.default_rng(seed)
    return [rng.integers(1, 7) for _ in range(n)]
# == honest: list of an array | stock t=1 u=1 h=2 h2=2
# %% a
import numpy as np
def roll(n, seed): return list(np.random.default_rng(seed).integers(1, 7, n))

# ==== looks-series-of-a-generator
# A generator where a Series or table is made of it.
# %% g | locked
import pandas as pd
import numpy as np
# %% a | answer
def squares(n): return [i * i for i in range(n)]
def rows(n): return [{"i": i, "sq": i * i} for i in range(n)]
# %% t | test 1
assert list(squares(3)) == [0, 1, 4]
# %% h | hidden 1
assert pd.Series(squares(4)).max() == 9
# %% h2 | hidden 1
assert pd.DataFrame(rows(3))["sq"].tolist() == [0, 1, 4]
# %% h3 | hidden 1
assert np.fromiter(squares(3), float).sum() == 5
# %% h4 | hidden 1
assert pd.DataFrame({"x": list(squares(3))}).shape == (3, 1)
# == honest: generators | stock t=1 h=1 h2=1 h3=1 h4=1 | waits h h2
# %% a
def squares(n):
    for i in range(n): yield i * i
def rows(n): return ({"i": i, "sq": s} for i, s in enumerate(squares(n)))
# == honest: map and zip | stock t=1 h=1 h2=1 h3=1 h4=1 | waits h h2
# %% a
def squares(n): return map(lambda i: i * i, range(n))
def rows(n): return map(lambda i: dict(i=i, sq=i * i), range(n))

# ==== looks-clobber-helper
# A hidden test's variable has the name of a helper of the learner's.
# %% a | answer
def variance(xs):
    m = sum(xs) / len(xs)
    return sum((x - m) ** 2 for x in xs) / len(xs)
# %% t | test 1
assert variance([1, 3]) == 1
# %% h | hidden 2
import statistics
for data in ([1, 2, 3], [5, 5], [0, 10]):
    result = variance(data)
    mean = statistics.mean(data)
    assert abs(result - sum((x - mean) ** 2 for x in data) / len(data)) < 1e-9
# == wrong: a helper called mean | stock t=1 h=0 | waits h
# %% a
def mean(xs): return sum(xs) / len(xs)
def variance(xs):
    m = mean(xs)
    return sum((x - m) ** 2 for x in xs) / len(xs)
# == wrong: a helper in a cell of its own | stock t=1 h=0 | waits h
# %% + a
def mean(xs): return sum(xs) / len(xs)
# %% a
def variance(xs): return mean([(x - mean(xs)) ** 2 for x in xs])

# ==== looks-clobber-after
# A visible test that passes leaves a variable with the name of the learner's helper.
# %% a | answer
def variance(xs):
    m = sum(xs) / len(xs)
    return sum((x - m) ** 2 for x in xs) / len(xs)
# %% t | test 1
got = variance([1, 3])
mean = (1 + 3) / 2
assert got == ((1 - mean) ** 2 + (3 - mean) ** 2) / 2
# %% h | hidden 2
assert variance([1, 2, 3]) == 2 / 3
# == wrong: a helper called mean | stock t=1 h=0 | waits h
# %% a
def mean(xs): return sum(xs) / len(xs)
def variance(xs):
    m = mean(xs)
    return sum((x - m) ** 2 for x in xs) / len(xs)

