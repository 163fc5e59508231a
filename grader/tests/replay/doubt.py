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
# == attack: objects that agree | stock t=2 h=2 i=2 j=2 | ours t=2 h=2: waits: lists need no word
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
# == attack: keeps what it is asked for | stock h=2 i=2 | ours h=2: waits: lists need no word
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
# == wrong: sorts in place | stock h=0 i=2 | ours h=2: waits, since data differs
# %% f
def f(xs): return sorted(xs)
data.sort()
z = data
# == wrong: overwrites data | stock h=0 i=2 | ours h=2: waits, since data differs
# %% f
def f(xs): return sorted(xs)
data = sorted(data)
z = data
# == wrong: names something sum | stock h=2 i=0 | ours i=2: waits, since sum differs
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
# == wrong: sorts in place | stock t=2 h=0 | ours h=2: waits, since data differs
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
# == honest: raises where there is too little | stock t=2 | ours t=0: waits: what is seen fails by itself
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
# == honest: a list | stock t=1 h=1 | ours t=0 h=0: waits: lists cross as copies
# %% f
def make_stack():
    return []
def push(s, x):
    s.append(x)
def pop(s):
    return s.pop()
def is_empty(s):
    return len(s) == 0

# ==== doubt-deep-data
# The same of a tree, which is deep.
# %% f | answer
class Node:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right
def insert(tree, x):
    if tree is None: return Node(x)
    if x < tree.value: return Node(tree.value, insert(tree.left, x), tree.right)
    return Node(tree.value, tree.left, insert(tree.right, x))
def contains(tree, x):
    if tree is None: return False
    if x == tree.value: return True
    return contains(tree.left if x < tree.value else tree.right, x)
# %% h | hidden 1
tree = None
for i in range(150):
    tree = insert(tree, i)
assert contains(tree, 149) and not contains(tree, 150)
# == honest: tuples | stock h=1 | ours h=0: waits: too deep to cross
# %% f
def insert(tree, x):
    if tree is None: return (x, None, None)
    v, l, r = tree
    return (v, insert(l, x), r) if x < v else (v, l, insert(r, x))
def contains(tree, x):
    if tree is None: return False
    v, l, r = tree
    return x == v or contains(l if x < v else r, x)
