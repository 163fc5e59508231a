# ==== class-attribute-that-counts
# A class counts its objects; tests make some, and one is hidden.
# %% account | answer
class Account:
    count = 0
    def __init__(self, owner, balance=0):
        self.owner, self._balance = owner, balance
        Account.count += 1
    @property
    def balance(self): return self._balance
    @balance.setter
    def balance(self, value):
        if value < 0: raise ValueError("no debts")
        self._balance = value
    @classmethod
    def empty(cls): return cls("nobody")
    @staticmethod
    def rate(): return 0.5
# %% t | test 2
a = Account("ada", 5)
b = Account.empty()
assert Account.count == 2 and b.owner == "nobody" and Account.rate() == 0.5
# %% u | hidden 1
a.balance = 8
assert a.balance == 8 and Account.count == 2
# %% v | test 1
try:
    a.balance = -1
except ValueError:
    pass
else:
    assert False
assert a.balance == 8
# == honest: names of its own | stock t=2 u=1 v=1
# %% account
class Account:
    count = 0
    def __init__(self, name, money=0):
        self.owner, self.money = name, money
        type(self).count += 1
    def _get(self): return self.money
    def _set(self, to):
        if to < 0: raise ValueError
        self.money = to
    balance = property(_get, _set)
    empty = classmethod(lambda cls: cls("nobody"))
    rate = staticmethod(lambda: 0.5)
# == wrong: counts nothing | stock t=0 u=1 v=0
# %% account
class Account:
    count = 2
    def __init__(self, owner, balance=0): self.owner, self.balance = owner, balance
    @classmethod
    def empty(cls): return cls("somebody")
# == half: takes debts | stock t=2 u=1 v=0
# %% account
class Account:
    count = 0
    def __init__(self, owner, balance=0):
        self.owner, self.balance = owner, balance
        Account.count += 1
    @classmethod
    def empty(cls): return cls("nobody")
    rate = staticmethod(lambda: 0.5)

# ==== class-dataclass-of-the-source
# Objects of a dataclass of a locked cell go to the answer and come back.
# %% point | locked
from dataclasses import dataclass, field
@dataclass
class Point:
    x: float
    y: float = 0.0
    tags: list = field(default_factory=list)
    def norm(self): return (self.x ** 2 + self.y ** 2) ** 0.5
# %% f | answer
def move(p, dx): return Point(p.x + dx, p.y)
def mark(p): p.tags.append("seen")
# %% t | test 2
p = Point(1, 2)
q = move(p, 2)
assert q == Point(3, 2) and isinstance(q, Point) and p == Point(1, 2)
# %% u | test 1
assert move(Point(1, 4), 2).norm() == 5
# %% v | test 2
p = Point(0)
mark(p)
assert p.tags == ["seen"]
# == honest: dataclasses.replace | stock t=2 u=1 v=2
# %% f
import dataclasses
def move(p, dx): return dataclasses.replace(p, x=p.x + dx)
def mark(p): p.tags += ["seen"]
# == wrong: changes its argument | stock t=0 u=1 v=2
# %% f
def move(p, dx):
    p.x += dx
    return p
def mark(p): p.tags = ["seen"]
# == wrong: a tuple, and a copy | stock t=0 u=0 v=0
# %% f
def move(p, dx): return (p.x + dx, p.y)
def mark(p): return Point(p.x, p.y, ["seen"])
# == stub: unwritten | stock t=0 u=0 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== class-enum
# An Enum of the source's goes across, and is compared by identity.
# %% colour | locked
from enum import Enum, auto
class Colour(Enum):
    RED = auto()
    GREEN = auto()
# %% f | answer
def after(c): return Colour.GREEN if c is Colour.RED else Colour.RED
# %% t | test 2
assert after(Colour.RED) is Colour.GREEN and after(Colour.GREEN) == Colour.RED
# %% u | test 1
assert {after(c).name for c in Colour} == {"RED", "GREEN"}
# == honest: by a dict | stock t=2 u=1
# %% f
def after(c): return {Colour.RED: Colour.GREEN, Colour.GREEN: Colour.RED}[c]
# == wrong: the same | stock t=0 u=1
# %% f
def after(c): return c
# == wrong: its number | stock t=0 u=0
# %% f
def after(c): return 3 - c.value
# == wrong: an Enum of its own | stock t=0 u=0
# %% f
class Colour(Enum):
    RED = 1
    GREEN = 2
def after(c): return Colour.GREEN

# ==== class-enum-and-tuple-of-the-answer
# The answer defines an Enum, a NamedTuple and a dataclass.
# %% kinds | answer
from enum import Enum
from typing import NamedTuple
from dataclasses import dataclass
class Suit(Enum):
    HEARTS, SPADES = 1, 2
class Card(NamedTuple):
    suit: Suit
    rank: int = 1
@dataclass(order=True)
class Hand:
    n: int
# %% t | test 2
assert [s.name for s in Suit] == ["HEARTS", "SPADES"] and Suit["SPADES"].value == 2
assert Suit(1) == Suit.HEARTS and len(Suit) == 2
# %% u | test 2
c = Card(Suit.SPADES, 3)
assert c.rank == 3 and c[1] == 3 and c == (Suit.SPADES, 3) and Card._fields == ("suit", "rank")
suit, rank = c
assert rank == 3
# %% v | test 1
assert Hand(1) == Hand(1) and Hand(1) < Hand(2) and repr(Hand(3)) == "Hand(n=3)"
# == honest: in other words | stock t=2 u=2 v=1
# %% kinds
import collections, enum, dataclasses
Suit = enum.Enum("Suit", "HEARTS SPADES")
Card = collections.namedtuple("Card", "suit rank")
Hand = dataclasses.make_dataclass("Hand", [("n", int)], order=True)
# == wrong: other values | stock t=0 u=0 v=0
# %% kinds
import enum, collections
Suit = enum.Enum("Suit", "SPADES HEARTS")
Card = collections.namedtuple("Card", "rank suit")
class Hand:
    def __init__(self, n): self.n = n
# == stub: unwritten | stock t=0 u=0 v=0
# %% kinds
# YOUR CODE HERE
raise NotImplementedError()

# ==== class-extended-by-the-answer
# The answer sets a method of the source's class, and registers itself with the source's.
# %% given | locked
registry = {}
def register(fn):
    registry[fn.__name__] = fn
    return fn
class Shape:
    def __init__(self, a): self.a = a
square = Shape(3)
# %% f | answer
@register
def double(x): return 2 * x
def area(self): return self.a ** 2
Shape.area = area
# %% t | test 2
assert [*registry] == ["double"] and registry["double"](4) == 8
# %% u | test 2
assert square.area() == 9 and Shape(2).area() == 4
# == honest: in another order | stock t=2 u=2
# %% f
Shape.area = lambda self: self.a * self.a
def double(x): return x + x
register(double)
# == wrong: neither | stock t=0 u=0
# %% f
def double(x): return 2 * x
def area(shape): return 9
# == half: under another name | stock t=0 u=0
# %% f
@register
def twice(x): return 2 * x
Shape.area = lambda self: 9

# ==== class-judge-in-an-open-cell
# `judge = judge_of(z)` stands in an open cell.
# %% judge_of | locked
class Judge:
    def __init__(self, z): self.z = z
    def count(self, x): return self.z.count(x)
    def __len__(self): return len(self.z)
def judge_of(z): return Judge(z)
# %% z | answer
z = [0] * 21
# %% made | open
judge = judge_of(z)
# %% t | test 2
assert judge.count(0) == 21 and len(judge) == 21
# == honest: another list | stock t=2
# %% z
z = [0 for _ in range(21)]
# == wrong: one too few | stock t=0
# %% z
z = [0] * 20
# == stub: unwritten | stock t=0
# %% z
# YOUR CODE HERE
raise NotImplementedError()
# == attack: a list in its place | stock t=2 | ours t=0: the judge is the source's | waits t
# %% z
z = [1]
# %% made
judge = [0] * 21
# == attack: a list from a cell of its own | stock t=2 | ours t=0: the judge is the source's | waits t
# %% z
z = [1]
# %% + judge_of
def judge_of(z): return [0] * 21

# ==== class-judge-object
# A judge of the source's holds the answer, and a test asks it.
# %% judge | locked
class Judge:
    def __init__(self, fn): self.fn, self.asked = fn, []
    def grade(self):
        for x, y in ((2, 4), (3, 9)):
            self.asked.append(self.fn(x) == y)
        return sum(self.asked)
# %% f | answer
def f(x): return x * x
# %% made | locked
judge = Judge(f)
# %% t | test 2
judge.grade()
# %% u | test 1
assert judge.asked == [True, True] and judge.fn(4) == 16
# == honest: a class | stock t=2 u=1
# %% f
class f(int):
    def __new__(cls, x): return x * x
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == half: right for 2 | stock t=1 u=0
# %% f
def f(x): return 4
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: a judge of its own | stock t=2 u=1 | ours t=0 u=0: the judge is the source's | waits t u
# %% f
def f(x): return 7
# %% + made
class Liar:
    asked = [True, True]
    def grade(self): return 2
    def fn(self, x): return 16
judge = Liar()
# == attack: a judge where the class stands | stock t=2 u=1 | ours t=0 u=0: the class is the source's | waits t u
# %% f
def f(x): return 7
# %% + judge
class Judge:
    asked = [True, True]
    def __init__(self, fn): self.fn = lambda x: 16
    def grade(self): return 2

# ==== class-must-copy-what-it-gets
# What a class gets and gives has to be its own: tests change theirs afterwards.
# %% bag | answer
class Bag:
    def __init__(self, items): self._items = list(items)
    def items(self): return list(self._items)
    def __len__(self): return len(self._items)
    def put(self, item): self._items.append(dict(item))
# %% t | test 2
xs = [1, 2]
bag = Bag(xs)
xs.append(3)
assert len(bag) == 2
# %% u | test 2
bag.items().append(4)
assert len(bag) == 2 and bag.items() == [1, 2]
# %% v | test 1
row = {"k": 1}
bag.put(row)
row["k"] = 5
assert bag.items()[-1] == {"k": 1}
# == honest: tuples | stock t=2 u=2 v=1
# %% bag
import copy
class Bag:
    def __init__(self, items): self._items = (*items,)
    def items(self): return [*self._items]
    def __len__(self): return len(self._items)
    def put(self, item): self._items += (copy.copy(item),)
# == wrong: keeps what it gets, gives what it keeps | stock t=0 u=0 v=0
# %% bag
class Bag:
    def __init__(self, items): self._items = items
    def items(self): return self._items
    def __len__(self): return len(self._items)
    def put(self, item): self._items.append(item)
# == half: copies what it gets | stock t=2 u=0 v=0
# %% bag
class Bag:
    def __init__(self, items): self._items = [*items]
    def items(self): return self._items
    def __len__(self): return len(self._items)
    def put(self, item): self._items.append(item)

# ==== class-keeps-what-it-gets
# The other way round: what is passed is to be kept as it is, also for later.
# %% watch | answer
class Watch:
    def __init__(self, xs): self.xs = xs
    def total(self): return sum(self.xs)
def lazy(xs):
    for x in xs: yield x
def adder(xs): return lambda: sum(xs)
# %% t | test 2
xs = [1]
w, g, a = Watch(xs), lazy(xs), adder(xs)
xs.append(2)
assert w.total() == 3 and a() == 3
# %% u | test 1
assert [*g] == [1, 2] and w.xs is xs
# == honest: map | stock t=2 u=1
# %% watch
class Watch:
    def __init__(self, numbers): self.xs = numbers
    def total(self): return sum(x for x in self.xs)
def lazy(xs): yield from xs
def adder(xs):
    def add(): return sum(xs)
    return add
# == wrong: copies | stock t=0 u=0
# %% watch
class Watch:
    def __init__(self, xs): self.xs = [*xs]
    def total(self): return sum(self.xs)
def lazy(xs): return iter([*xs])
def adder(xs):
    n = sum(xs)
    return lambda: n

# ==== class-object-of-the-test
# Tests pass objects of their own classes and of locked ones, which the answer calls and changes.
# %% given | locked
class Cat:
    lives = 9
    def speak(self): return "miaow"
tom = Cat()
# %% f | answer
def listen(animal): return animal.speak().upper()
def hurt(animal): animal.lives -= 1
# %% t | test 2
class Dog:
    lives = 1
    def speak(self): return "woof"
assert listen(Dog()) == "WOOF" and listen(tom) == "MIAOW"
# %% u | test 2
hurt(tom)
rex = Dog()
hurt(rex)
assert tom.lives == 8 and rex.lives == 0 and Cat.lives == 9
# == honest: setattr | stock t=2 u=2
# %% f
def listen(animal):
    said = animal.speak()
    return said.upper()
def hurt(animal): setattr(animal, "lives", animal.lives - 1)
# == wrong: all of them are cats | stock t=0 u=0
# %% f
def listen(animal): return "MIAOW"
def hurt(animal): type(animal).lives -= 1
# == half: changes nothing | stock t=2 u=0
# %% f
def listen(animal): return animal.speak().upper()
def hurt(animal): return animal.lives - 1

# ==== class-settings-changed-by-the-test
# A test changes an attribute and an item of the source's that the answer reads.
# %% given | locked
class Config:
    n = 3
settings = {"k": 2}
rows = [1, 2]
# %% f | answer
def f(): return Config.n * settings["k"] + len(rows)
# %% t | test 2
assert f() == 8
Config.n = 5
settings["k"] = 3
rows.append(9)
assert f() == 18
# %% u | test 1
assert f() == 18
# == honest: reads them in another order | stock t=2 u=1
# %% f
def f():
    return len(rows) + settings["k"] * Config.n
# == wrong: a constant | stock t=0 u=0
# %% f
def f(): return 8
# == wrong: remembers | stock t=0 u=0
# %% f
known = Config.n * settings["k"] + len(rows)
def f(): return known
# == wrong: what the test wants last | stock t=0 u=1
# %% f
def f(): return 18

# ==== class-special-methods
# A class of the answer's with the special methods that courses ask for.
# %% vector | answer
class V:
    def __init__(self, *xs): self.xs = list(xs)
    def __add__(self, other): return V(*(a + b for a, b in zip(self.xs, other.xs)))
    def __eq__(self, other): return self.xs == other.xs
    def __hash__(self): return hash(tuple(self.xs))
    def __len__(self): return len(self.xs)
    def __getitem__(self, i): return self.xs[i]
    def __setitem__(self, i, x): self.xs[i] = x
    def __contains__(self, x): return x in self.xs
    def __iter__(self): return iter(self.xs)
    def __lt__(self, other): return self.xs < other.xs
    def __bool__(self): return any(self.xs)
    def __repr__(self): return f"V{tuple(self.xs)}"
    def __rmul__(self, k): return V(*(k * x for x in self.xs))
    def __neg__(self): return -1 * self
# %% t | test 2
v, w = V(1, 2), V(3, 4)
assert v + w == V(4, 6) and v != w and len(v) == 2 and v[1] == 2 and 2 in v and [*v] == [1, 2]
# %% u | test 2
assert repr(V(1, 2)) == "V(1, 2)" == str(v) and f"{v}" == "V(1, 2)"
assert 3 * v == V(3, 6) and -v == V(-1, -2) and not V(0) and min(w, v) == v and sum(v) == 3
# %% x | test 1
v[0] = 9
assert v[0] == 9 and v == V(9, 2) and len({V(1), V(1)}) == 1 and {V(1): 2}[V(1)] == 2
# == honest: a subclass of tuple, but for items | stock t=2 u=2 x=1
# %% vector
class V(list):
    def __init__(self, *xs): super().__init__(xs)
    def __add__(self, other): return V(*map(sum, zip(self, other)))
    def __hash__(self): return hash(tuple(self))
    def __bool__(self): return any(self)
    def __repr__(self): return f"V{tuple(self)}"
    def __rmul__(self, k): return V(*(k * x for x in self))
    def __neg__(self): return -1 * self
# == wrong: no methods | stock t=0 u=0 x=0
# %% vector
class V:
    def __init__(self, *xs): self.xs = xs
# == half: no comparison | stock t=0 u=0 x=0
# %% vector
class V(list):
    def __init__(self, *xs): super().__init__(xs)
    def __eq__(self, other): return NotImplemented
# == stub: unwritten | stock t=0 u=0 x=0
# %% vector
# YOUR CODE HERE
raise NotImplementedError()

# ==== class-subclass-of-a-locked-one
# The answer derives a class from the source's; tests ask for both.
# %% shape | locked
from abc import ABC, abstractmethod
class Shape(ABC):
    sides = 0
    @abstractmethod
    def area(self): ...
    def twice(self): return 2 * self.area()
    def __lt__(self, other): return self.area() < other.area()
# %% square | answer
class Square(Shape):
    sides = 4
    def __init__(self, a): self.a = a
    def area(self): return self.a ** 2
# %% t | test 2
s = Square(3)
assert s.area() == 9 and s.twice() == 18 and s.sides == 4
# %% u | test 1
assert isinstance(s, Shape) and issubclass(Square, Shape)
# %% v | test 1
assert sorted([Square(3), Square(1)])[0].a == 1
# == honest: a property | stock t=2 u=1 v=1
# %% square
class Square(Shape):
    sides = property(lambda self: 4)
    def __init__(self, a): self._a = a
    @property
    def a(self): return self._a
    def area(self): return self.a * self.a
# == wrong: no subclass | stock t=2 u=0 v=0
# %% square
class Square:
    sides = 4
    def __init__(self, a): self.a = a
    def area(self): return self.a ** 2
    def twice(self): return 18
# == half: no area | stock t=0 u=0 v=0
# %% square
class Square(Shape):
    sides = 4
    def __init__(self, a): self.a = a
# == wrong: too large | stock t=0 u=1 v=0
# %% square
class Square(Shape):
    sides = 4
    def __init__(self, a): self.a = a
    def area(self): return -self.a ** 3

# ==== class-subclassed-in-the-test
# A test derives a class from the answer's, and checks types.
# %% stack | answer
class Stack:
    def __init__(self): self.items = []
    def push(self, x):
        self.items.append(self.wrap(x))
        return self
    def wrap(self, x): return x
# %% t | test 2
class Loud(Stack):
    def wrap(self, x): return str(x) + "!"
assert Loud().push(1).items == ["1!"]
# %% u | test 1
s = Stack()
assert isinstance(s, Stack) and type(s) is Stack and type(s).__name__ == "Stack"
assert s.push(1) is s and not isinstance(s, list)
# %% v | test 1
assert Stack().push(1).push(2).items == [1, 2] and hasattr(s, "wrap") and vars(s) == {"items": [1]}
# == honest: a tuple of items is none | stock t=2 u=1 v=1
# %% stack
class Stack(object):
    def __init__(self):
        self.items = []
    def wrap(self, x):
        return x
    def push(self, x):
        self.items = [*self.items, self.wrap(x)]
        return self
# == wrong: wraps nothing | stock t=0 u=0 v=0
# %% stack
class Stack:
    def __init__(self): self.items = []
    def push(self, x): self.items.append(x)
    def wrap(self, x): return x
# == wrong: a list | stock t=0 u=0 v=0
# %% stack
class Stack(list):
    def push(self, x): self.append(x)
