# ==== hidden-passes-given-data
# A visible test of given data that a hidden one has passed to an answer: it has no second run.
# %% l | locked
data = [3, 1, 2]
# %% f | answer
def f(xs): return sorted(xs)
# %% h | hidden 2
assert f(data) == [1, 2, 3]
# %% g | answer
def g(xs): return xs[0]
# %% t | test 2
assert g(data) == 3
# %% u | test 2
assert f(data) == [1, 2, 3] and data[0] == 3
# == wrong: overwrites the given data | stock h=2 t=0 u=0
# %% g
data = [1, 2]
def g(xs): return xs[0]

# ==== hidden-passes-an-answers-list
# A visible test of an answer's list that a hidden one has passed to a function; a later answer sorts it in place.
# %% words | answer
words = "the cat sat".split()
def count(xs): return len(xs)
# %% h | hidden 2
assert count(words) == 3
# %% t | test 2
assert words == ["the", "cat", "sat"]
# %% d | locked
data = [3, 1, 2]
# %% i | hidden 2
assert count(data) == 3
# %% v | test 2
assert count(data) == 3 and words[0] == "the"
# %% ordered | answer
ordered = sorted(words)
# %% u | test 2
assert ordered == ["cat", "sat", "the"]
# == honest: sorts in place | stock h=2 t=2 i=2 v=2 u=2
# %% ordered
words.sort()
ordered = words

# ==== word-contains
# Tests that ask whether what an answer gives holds something, is true, is equal.
# %% f | answer
def divisors(n): return [d for d in range(1, n + 1) if n % d == 0]
def even(n): return n % 2 == 0
class Point:
    def __init__(self, x, y): self.x, self.y = x, y
    def __eq__(self, other): return (self.x, self.y) == (other.x, other.y)
def moved(p, dx, dy): return Point(p.x + dx, p.y + dy)
# %% t | test 2
assert 3 in divisors(9) and 9 in divisors(9)
# %% h | hidden 2
assert all(d in divisors(35) for d in (1, 5, 7, 35))
# %% i | hidden 2
assert moved(Point(1, 2), 3, 4) == Point(4, 6)
# %% j | hidden 2
assert even(4) and even(88)
# == attack: objects that agree | stock t=2 h=2 i=2 j=2 | waits t h j: lists need no word
# %% f
class Yes:
    def __contains__(self, x): return True
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __bool__(self): return True
    def __len__(self): return 4
def divisors(n): return Yes()
def even(n): return Yes()
class Point(Yes):
    def __init__(self, x, y): self.x, self.y = x, y
def moved(p, dx, dy): return p

# ==== word-leak
# What a hidden test looks for in an answer's object is told to it, and answers another hidden test.
# %% f | answer
def primes(n): return [p for p in range(2, n) if all(p % q for q in range(2, int(p ** .5) + 1))]
def largest(n): return primes(n)[-1]
# %% h | hidden 2
assert 1997 in primes(1999)
# %% i | hidden 2
assert largest(1999) == 1997
# == attack: keeps what it is asked for | stock h=2 i=2 | waits h: lists need no word
# %% f
seen = [0]
class Yes:
    def __contains__(self, x):
        seen.append(x)
        return True
def primes(n): return Yes()
def largest(n): return seen[-1]

# ==== doubt-set-by-an-answer
# An answer changes or overwrites given data in its own cell, or a builtin; hidden tests read them.
# %% l | locked
data = [3, 1, 2]
# %% f | answer
def f(xs): return sorted(xs)
z = sorted(data)
# %% h | hidden 2
assert z == [1, 2, 3] and data == [3, 1, 2]
# %% i | hidden 2
assert sum(f([1, 2])) == 3
# == wrong: sorts in place | stock h=0 i=2 | waits h
# %% f
def f(xs): return sorted(xs)
data.sort()
z = data
# == wrong: overwrites data | stock h=0 i=2 | waits h
# %% f
def f(xs): return sorted(xs)
data = sorted(data)
z = data
# == wrong: names something sum | stock h=2 i=0 | waits i
# %% f
def f(xs): return sorted(xs)
sum = 0
for x in data: sum += x
z = sorted(data)

# ==== doubt-changed-by-a-visible-test
# A visible test's answer changes given data that a hidden one reads.
# %% l | locked
data = [3, 1, 2]
# %% f | answer
def f(xs): return sorted(xs)
def first(xs): return xs[0]
# %% t | test 2
assert f(data) == [1, 2, 3]
# %% h | hidden 2
assert first(data) == 3
# == wrong: sorts in place | stock t=2 h=0 | waits h
# %% f
def f(xs):
    xs.sort()
    return xs
def first(xs): return xs[0]

# ==== doubt-visible-part
# What a hidden part sets up keeps the visible part from an error.
# %% f | answer
class Account:
    def __init__(self): self.balance = 0
    def deposit(self, n): self.balance += n
    def withdraw(self, n):
        if n <= self.balance: self.balance -= n
# %% t | test 2
account = Account()
### BEGIN HIDDEN TESTS
account.deposit(100)
### END HIDDEN TESTS
account.withdraw(50)
### BEGIN HIDDEN TESTS
assert account.balance == 50
### END HIDDEN TESTS
# == honest: raises where there is too little | stock t=2
# %% f
class Account:
    def __init__(self): self.balance = 0
    def deposit(self, n): self.balance += n
    def withdraw(self, n):
        if n > self.balance: raise ValueError("too little")
        self.balance -= n

# ==== later-plays
# The learner plays with what they made.
# %% f | answer
class Account:
    def __init__(self, balance):
        self.balance = balance
    def deposit(self, x):
        self.balance += x
acct = Account(100)
acct.deposit(50)
scores = [3, 1, 2]
# %% t | test 1
assert acct.balance == 150
# %% h | hidden 1
assert acct.balance == 150
# %% h2 | hidden 1
assert scores == [3, 1, 2]
# == honest: plays behind the tests | stock t=1 h=1 h2=1
# %% + h2
acct.deposit(1)
print(acct.balance)
scores.append(4)

# ==== later-file
# A file that the answer writes, and writes again in a cell of the learner's.
# %% f | answer
def save(path, lines):
    with open(path, "w") as f:
        f.write("\n".join(lines))
def load(path):
    with open(path) as f:
        return f.read().split("\n")
save("notes.txt", ["a", "b"])
# %% t | test 1
assert load("notes.txt") == ["a", "b"]
# %% h | hidden 1
assert load("notes.txt") == ["a", "b"]
# %% h2 | hidden 1
save("h.txt", ["x"])
assert load("h.txt") == ["x"]
# == honest: tries another one | stock t=1 h=1 h2=1
# %% + h2
save("notes.txt", ["c"])
print(load("notes.txt"))

# ==== later-settings
# Settings that later cells change.
# %% l | locked
import numpy as np
from decimal import Decimal, getcontext
# %% f | answer
def third():
    return Decimal(1) / Decimal(3)
def show(a):
    return str(a)
# %% h | hidden 1
assert str(third()).startswith("0.33333333")
# %% h2 | hidden 1
assert show(np.array([1.23456])) == "[1.23456]"
# == honest: sets them behind it | stock h=1 h2=1
# %% + h2
getcontext().prec = 4
np.set_printoptions(precision=2)
print(third())

# ==== doubt-opaque-data
# A stack by functions: how it is kept is the learner's choice.
# %% f | answer
class _Stack:
    def __init__(self): self.top = None
def make_stack():
    return _Stack()
def push(s, x):
    s.top = (x, s.top)
def pop(s):
    x, s.top = s.top
    return x
def is_empty(s):
    return s.top is None
# %% t | test 1
s = make_stack()
assert is_empty(s)
push(s, 1)
push(s, 2)
assert pop(s) == 2 and not is_empty(s)
# %% h | hidden 1
s = make_stack()
push(s, "a")
push(s, "b")
assert pop(s) == "b" and pop(s) == "a" and is_empty(s)
# == honest: a list | stock t=1 h=1 | ours t=0 h=0: lists cross as copies | waits t h
# %% f
def make_stack():
    return []
def push(s, x):
    s.append(x)
def pop(s):
    return s.pop()
def is_empty(s):
    return len(s) == 0

# ==== anew-object
# An object that a visible test has set is asked by a hidden one.
# %% f | answer
class Ticket:
    def __init__(self): self.n = 0
    def next(self):
        self.n += 1
        return self.n
# %% t | test 1
c = Ticket()
assert c.n == 0
# %% h | hidden 2
assert c.next() == 1
# %% k | answer
def other(): return 1
# %% u | test 1
assert other() == 1
# == wrong: begins with 0 | stock t=1 h=0 u=1
# %% f
class Ticket:
    def __init__(self): self.n = 0
    def next(self):
        self.n += 1
        return self.n - 1

# ==== anew-iterator
# A generator that a visible test has made, and a hidden one goes on with.
# %% f | answer
def naturals(n): yield from range(1, n + 1)
def listed(n): return list(range(1, n + 1))
# %% t | test 1
it, that = naturals(9), iter(listed(9))
assert it is not None
# %% h | hidden 2
assert next(it) == 1
# %% i | hidden 2
assert next(that) == 1
# %% k | answer
def other(): return 1
# == wrong: from 0 on | stock t=1 h=0 i=0
# %% f
def naturals(n): yield from range(n)
def listed(n): return list(range(n))

# ==== anew-object-later
# An object that a visible test has set is changed by a hidden one that fails, and the next goes on.
# %% f | answer
class Account:
    def __init__(self): self.balance = 0
    def deposit(self, n): self.balance += n
    def name(self): return "account"
# %% t | test 1
acc = Account()
assert acc.balance == 0
# %% h | hidden 2
acc.deposit(5)
assert acc.name() == "account"
# %% i | hidden 2
assert acc.balance == 5
# %% k | answer
def other(): return 1
# %% u | test 1
assert other() == 1
# == half: another name | stock t=1 h=0 i=2 u=1
# %% f
class Account:
    def __init__(self): self.balance = 0
    def deposit(self, n): self.balance += n
    def name(self): return "konto"

# ==== word-exit
# An object that agrees to all, of a process that ends in the control run.
# %% f | answer
def apply(f, xs): return [f(x) for x in xs]
# %% h | hidden 2
xs = [1, 2]
assert 4 in apply(lambda x: x * x, xs)
# == attack: agrees | stock h=2 | waits h: lists need no word
# %% f
class Yes:
    def __contains__(self, x): return True
def apply(f, xs):
    f(1)
    return Yes()
# == attack: agrees, changes and ends when it is asked again | stock h=2 | waits h: lists need no word
# %% f
import os
calls = []
class Yes:
    def __contains__(self, x): return True
def apply(f, xs):
    if calls: os._exit(0)
    calls.append(1)
    f(1)
    xs.append(9)
    return Yes()

# ==== doubt-state-exit
# Given data that an answer has changed, and a process that ends in the control run.
# %% l | locked
data = [3, 1, 2]
# %% f | answer
def apply(f, xs): return [f(x) for x in xs]
# %% h | hidden 2
assert apply(lambda x: x * x, data) == [9, 1, 4]
assert data == [3, 1, 2]
# == wrong: overwrites data | stock h=0 | waits h
# %% f
data = [1, 2, 3]
def apply(f, xs): return [f(x) for x in xs]
# == attack: overwrites data, and ends when asked again | stock h=0 | waits h
# %% f
import os
data, calls = [1, 2, 3], []
def apply(f, xs):
    if calls: os._exit(0)
    calls.append(1)
    got = [f(x) for x in xs]
    xs.append(9)
    return got

# ==== word-in-a-locked-cell
# A locked cell takes an object's word, and tests read what it has noted.
# %% f | answer
def divisors(n): return [d for d in range(1, n + 1) if n % d == 0]
# %% l | locked
found = 7 in divisors(35)
same = divisors(4) == divisors(4)
# %% t | test 2
assert found and same
# %% h | hidden 2
assert found and same
# %% i | hidden 2
assert 5 in divisors(35)
# == attack: agrees | stock t=2 h=2 i=2 | waits t h i: lists need no word
# %% f
class Yes:
    def __contains__(self, x): return True
    def __eq__(self, other): return True
def divisors(n): return Yes()

# ==== word-of-methods
# Objects whose methods are told what is expected, and agree.
# %% i | locked
import pandas as pd
# %% f | answer
def table(n): return pd.DataFrame({"a": range(n)})
def squares(n): return [k * k for k in range(n)]
def letters(word): return set(word)
def greeting(name): return f"Hello, {name}!"
# %% t | test 2
assert table(2).equals(pd.DataFrame({"a": [0, 1]}))
# %% h | hidden 2
assert table(3).equals(pd.DataFrame({"a": [0, 1, 2]}))
# %% j | hidden 2
assert squares(4).count(9) == 1 and squares(4).index(4) == 2
# %% k | hidden 2
assert letters("abba").issubset({"a", "b"}) and len(letters("abba")) == 2
# %% m | hidden 2
assert greeting("Ann").startswith("Hello, Ann")
# == attack: agrees | stock t=2 h=2 j=2 k=2 m=2 | waits t h j k m: these need no word
# %% f
class Yes:
    def equals(self, other): return True
    def issubset(self, other): return True
    def startswith(self, other): return True
    def count(self, x): return 1
    def index(self, x): return int(x ** 0.5)
    def __len__(self): return 2
def table(n): return Yes()
squares = letters = greeting = table

# ==== doubt-set
# Given texts in a set, which an answer adds to; a hidden test reads them.
# %% l | locked
stop = {"the", "a", "an", "and", "or", "of", "to", "in", "on", "at", "by", "for", "with", "from", "as",
        "is", "was", "are", "be", "been", "it", "its", "this", "that", "these", "those", "but", "not"}
# %% f | answer
def useful(words): return [w for w in words if w not in stop]
# %% h | hidden 2
assert useful(["the", "cat"]) == ["cat"] and len(stop) == 28
# == honest: otherwise | stock h=2
# %% f
def useful(words): return [w for w in words if not w in stop]
# == wrong: adds one | stock h=0 | waits h
# %% f
stop.add("cat")
def useful(words): return ["cat"]

# ==== doubt-by-an-open-cell
# Given data through a function of an open cell, or a name of a visible test.
# %% l | locked
data = [3, 1, 2]
# %% o | open
def given(): return data
# %% f | answer
z = sorted(data)
def g(x): return x
# %% t | test 1
def again(): return data
assert g(1) == 1
# %% h | hidden 2
assert z == [1, 2, 3] and given()[0] == 3
# %% i | hidden 2
assert z == [1, 2, 3] and again()[0] == 3
# == wrong: sorts in place | stock t=1 h=0 i=0 | waits h i
# %% f
data.sort()
z = data
def g(x): return x

# ==== doubt-module-overwritten
# An answer imports something under the name of a module of the source's.
# %% i | locked
import datetime
import random
import numpy as np
import math
data = [3, 1]
# %% f | answer
def double(x): return 2 * x
# %% h | hidden 2
assert double(datetime.timedelta(1)) == datetime.timedelta(2) and datetime.date(2024, 1, 1).year == 2024
# %% k | hidden 2
n = random.randint(1, 9)
assert double(n) == 2 * n
# %% j | hidden 2
assert (double(np.array([1, 2])) == np.array([2, 4])).all()
# %% m | hidden 2
assert double(math.floor(2.5)) == 4
# %% o | hidden 2
assert double(data[0]) == 6
# == wrong: imports classes and functions over modules | stock h=0 k=0 j=2 m=2 o=2 | waits h k
# %% f
from datetime import datetime
from random import random
def double(x): return x + x
# == wrong: assigns them | stock h=2 k=0 j=0 m=0 o=0 | waits k j m o
# %% f
np = 5
math = [1, 2]
random = 3
data = 7
def double(x): return x + x
# == wrong: in an own cell behind | stock h=0 k=0 j=0 m=0 o=2 | waits h k j m
# %% + f
from datetime import datetime
from random import random
np = 5
math = 7
# == wrong: functions and classes over them | stock h=2 k=0 j=2 m=0 o=0 | waits k m o
# %% + f
def random(): return 4
class math: pass
def data(): return 0

# ==== doubt-too-deep
# Links in a chain that is deeper than what can cross, where the solution gives objects.
# %% f | answer
class Link:
    def __init__(self, rest): self.rest = rest
def chain(n):
    link = None
    for _ in range(n): link = Link(link)
    return link
def length(link): return 0 if link is None else 1 + length(link.rest)
# %% h | hidden 1
assert length(chain(150)) == 150
# == honest: tuples | stock h=1 | ours h=0: too deep to cross | waits h
# %% f
def chain(n):
    link = None
    for _ in range(n): link = (link,)
    return link
def length(link): return 0 if link is None else 1 + length(link[0])
