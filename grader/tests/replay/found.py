# ==== found-map-for-list
# A map or generator where a list is asked for.
# %% f | answer
def f(n): return [i * i for i in range(n)]
# %% t | test 2
assert f(3) == [0, 1, 4]
# %% u | test 2
assert len(f(3)) == 3 and f(3)[1] == 1
# == wrong: map | stock t=0 u=0
# %% f
def f(n): return map(lambda i: i * i, range(n))
# == wrong: generator | stock t=0 u=0
# %% f
def f(n):
    for i in range(n): yield i * i

# ==== found-df-in-place
# The honest answer changes a DataFrame in place, of the same shape.
# %% i | locked
import pandas as pd, numpy as np
# %% f | answer
def double(df):
    df = df.copy()
    df["x"] = df["x"] * 2
    return df
def clean(s): return s.fillna(0)
def norm(t): return [sum(t[0]), len(t[1])]
# %% t | test 2
df = pd.DataFrame({"x": [1, 2]})
assert double(df)["x"].tolist() == [2, 4]
# %% u | test 2
s = pd.Series([1.0, None])
assert clean(s).tolist() == [1.0, 0.0]
# %% v | test 2
assert norm(([1, 2], [3])) == [3, 1]
# == honest: in place | stock t=2 u=2 v=2
# %% f
def double(df):
    df["x"] = df["x"] * 2
    return df
def clean(s):
    s.fillna(0, inplace=True)
    return s
def norm(t):
    a, b = t
    total = 0
    while a: total += a.pop()
    return [total, len(b)]

# ==== found-stateful-twice
# An honest answer with state, that changes what it is passed.
# %% f | answer
count = 0
def make(d):
    global count
    count += 1
    return {**d, "id": count}
# %% t | test 2
assert make({"name": "a"})["id"] == 1
# %% u | test 2
assert make({"name": "b"})["id"] == 2
# == honest: fills the dict | stock t=2 u=2
# %% f
count = 0
def make(d):
    global count
    count += 1
    d["id"] = count
    return d

# ==== found-rubric-twice
# A rubric of the source, and a test that is run twice.
# %% rubric | locked
class Rubric:
    def __init__(self): self.points = 0
    def award(self, ok, points): self.points += points if ok else 0
rubric = Rubric()
log = []
# %% f | answer
def f(xs): return sorted(xs)
# %% t | test 1
rubric.award(f([2, 1]) == [1, 2], 1)
assert rubric.points < 2
# %% a | test 1
rubric.award(f([3]) == [3], 1)
# %% u | test 3
rubric.award(f([]) == [], 1)
rubric.points
# %% v | test 1
log.append(f([3, 1]))
assert len(log) == 1
# == honest: in place | stock t=1 a=1 u=3 v=1
# %% f
def f(xs):
    xs.sort()
    return xs
# == half: in place, not for the empty | stock t=1 a=1 u=1 v=1
# %% f
def f(xs):
    if len(xs) < 2: return None
    xs.sort()
    return xs

# ==== found-open-adds-cases
# An open cell adds cases by a locked function.
# %% d | locked
cases = []
def add_case(x, y): cases.append((x, y))
# %% o | open
add_case(3, 9)
add_case(4, 16)
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert f(0) == 0
for x, y in cases: assert f(x) == y
# == wrong: doubles | stock t=0
# %% f
def f(x): return x + x

# ==== found-hidden-texts
# What hidden tests say by libraries.
# %% d | locked
import numpy as np, unittest
tc = unittest.TestCase()
# %% f | answer
def f(x): return x * x
# %% h | hidden 2
tc.assertEqual(f(1717), 1717 * 1717)
# %% i | hidden 2
np.testing.assert_allclose(f(np.array([1717.0, 2])), [1717.0 ** 2, 4])
# %% j | hidden 1
secret_case_1717 = f(1717)
# %% k | hidden 1
assert secret_case_1717 == 1717 ** 2
# %% l | hidden 1
expected = {1717: 1717 ** 2}
assert expected[f(17) - 289 + 1717] == 1717 ** 2
# == wrong: seven | stock h=0 i=0 j=1 k=0 l=0
# %% f
def f(x): return 7
# == raises: seven | stock h=0 i=0 j=0 k=0 l=0
# %% f
def f(x): return [][x]
# == attack: tells | stock h=0 i=0 j=0 k=0 l=0
# %% f
def f(x): raise AssertionError(f"told {x}")
# == attack: tells by types | stock h=0 i=0 j=1 k=0 l=0
# %% f
def f(x): return "told " + str(x)

# ==== found-double-award
# An attack has a test run a second time, to be awarded twice.
# %% rubric | locked
class Rubric:
    def __init__(self): self.points = 0
    def award(self, ok, points): self.points += points if ok else 0
rubric = Rubric()
# %% f | answer
def f(xs): return sorted(xs)
# %% t | test 1
rubric.award(f([1]) == [1], 1)
# %% a | test 1
rubric.award(f([2, 1]) == [1, 2], 1)
# %% u | test 2
rubric.points
# == attack: right for one, and changes its argument | stock t=1 a=1 u=1
# %% f
def f(xs):
    r = list(xs)
    xs.append(1)
    return r
# == half: right for one | stock t=1 a=1 u=1
# %% f
def f(xs): return xs

# ==== found-failures-erased
# Failures are noted in a list, which a new start of the process empties.
# %% l | locked
failures = []
# %% f | answer
def f(x): return x * x
def g(x): return x
# %% t | test 1
if f(3) != 9: failures.append("f(3)")
# %% u | test 1
assert g(2) == 2
# %% v | test 3
assert f(0) == 0
assert not failures
# %% w | hidden 3
assert not failures
# == attack: ends the process behind its failure | stock t=- u=- v=- w=- | ours t=1: nothing is won by an end
# %% f
import os
def f(x): return 0
def g(x): os._exit(1)
# == wrong: a constant | stock t=1 u=1 v=0 w=0
# %% f
def f(x): return 0
def g(x): return x

# ==== found-shared-iterator
# Iterators and generators of random numbers of the source's, drawn from by tests.
# %% i | locked
import random
numbers = iter([1, 2, 3, 4])
rng = random.Random(1)
# %% f | answer
def f(xs): return sorted(xs)
# %% t | test 2
assert f([next(numbers)]) == [1]
# %% u | test 2
assert f([next(numbers)]) == [2]
# %% v | test 2
want = random.Random(1).sample(range(9), 3)
assert f(rng.sample(range(9), 3)) == sorted(want)
# == honest: in place | stock t=2 u=2 v=2
# %% f
def f(xs):
    xs.sort()
    return xs

# ==== found-registered
# An answer registers at an object of the source's, which judges.
# %% l | locked
class Judge:
    def __init__(self): self.fns = {}
    def register(self, fn): self.fns[fn.__name__] = fn
    def check(self, name, x, want): return self.fns[name](x) == want
judge = Judge()
class Shape:
    def area(self): raise NotImplementedError
    def is_right(self, want): return self.area() == want
# %% f | answer
def f(x): return x * x
judge.register(f)
class Square(Shape):
    def __init__(self, a): self.a = a
    def area(self): return self.a ** 2
# %% t | test 2
assert judge.check("f", 3, 9)
# %% u | test 2
assert Square(3).is_right(9)
# == attack: judges itself | stock t=2 u=2
# %% f
class Mine:
    def check(self, *args): return True
judge = Mine()
class Square(Shape):
    def __init__(self, a): pass
    def is_right(self, want): return True
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
judge.register(f)
class Square(Shape):
    def __init__(self, a): self.a = a
    def area(self): return 7

# ==== found-locked-skipped
# A locked cell notes failures, and is left out where the process ends there.
# %% l | locked
failures = []
# %% f | answer
def f(x): return x * x
# %% m | locked
for x in (1, 2, 3):
    try: ok = f(x) == x * x
    except Exception: ok = False
    if not ok: failures.append(x)
# %% t | test 2
assert f(0) == 0 and not failures
# %% h | hidden 2
assert f(0) == 0 and not failures
# == attack: ends its process there | stock t=- h=-
# %% f
import os
def f(x):
    if x == 3: os._exit(0)
    return 0
# == raises: there | stock t=0 h=0
# %% f
def f(x): return {0: 0}[x]

# ==== found-eval
# Tests that evaluate what an answer says.
# %% l | locked
import pandas as pd, pickle
df = pd.DataFrame({"x": [1, 2, 3]})
# %% f | answer
expr = "x * x"
query = "x > 1"
def dumped(v): return pickle.dumps(v)
def template(): return "{name}!"
# %% t | test 2
x = 3
assert eval(expr) == 9
# %% u | test 2
assert df.query(query)["x"].tolist() == [2, 3]
# %% v | test 2
assert pickle.loads(dumped([1, 2])) == [1, 2]
# %% w | test 1
class Person:
    name = "Al"
def say(p): return template().format(p=p, name=p.name)
print(say(Person))
assert say(Person) == "Al!"
# %% h | hidden 2
secret = 1717
assert eval(expr, {"x": secret}) == 1717 ** 2
# == attack: code in it | stock t=0 u=2 v=2 w=0 h=0
# %% f
LEAK = '''(lambda sys: [print("LEAK", c["id"], repr(c["code"])) for f in [sys._getframe(i) for i in range(1, 12)] for o in [f.f_locals.get("self")] if hasattr(o, "_cells") for c in o._cells] and type("A", (int,), {"__eq__": lambda s, o: True})())(__import__("sys"))'''
expr = LEAK
query = "x > 1"
class Evil:
    def __reduce__(self): return (eval, ("[1, 2]",))
def dumped(v):
    import pickle
    return pickle.dumps(Evil())
def template(): return "{name}!{p.__init__}"
# == attack: equal to all | stock t=2 u=2 v=0 w=0 h=2
# %% f
expr = "type('A', (int,), {'__eq__': lambda s, o: True})()"
query = "x > 1"
def dumped(v): return b""
def template(): return ""

# ==== found-eval-leak
# A visible test evaluates what an answer says: its code runs in the test's process.
# %% f | answer
expr = "x * x"
# %% t | test 2
x = 3
assert eval(expr) == 9
# %% h | hidden 2
secret = 1717
assert eval(expr, {"x": secret}) == 1717 ** 2
# == attack: code in it | stock t=0 h=0
# %% f
expr = '[print("LEAK", c["code"]) for i in range(12) for s in [__import__("sys")._getframe(i).f_locals.get("self")] if hasattr(s, "_cells") for c in s._cells if c["hidden"]] and 9'

# ==== found-docs
# Is there a docstring?
# %% f | answer
def f(x):
    """The square of x, a number."""
    return x * x
# %% t | test 2
import inspect
assert f(3) == 9 and len(inspect.getdoc(f)) > 5
# %% u | test 2
assert f(3) == 9 and getattr(f, "__doc__")
# == wrong: none | stock t=0 u=0
# %% f
def f(x): return x * x

# ==== found-callback-state
# Functions of the source's that are lent in a locked cell, and stay callable.
# %% l | locked
score = 0
def award(n):
    global score
    score += n
heard = []
# %% f | answer
class Bus:
    def __init__(self): self.fns = []
    def on(self, fn): self.fns.append(fn)
    def emit(self, x):
        for fn in self.fns: fn(x)
# %% m | locked
bus = Bus()
bus.on(heard.append)
bus.on(award)
# %% t | test 2
bus.emit(1)
assert heard == [1]
# %% u | test 2
bus.emit(1)
score
# %% h | hidden 2
bus.emit(7)
assert heard[-1] == 7
# == attack: awards itself | stock t=0 u=2 h=0
# %% f
class Bus:
    n = 0
    def __init__(self): self.fns = []
    def on(self, fn): self.fns.append(fn)
    def emit(self, x):
        Bus.n += 1
        if Bus.n == 2: self.fns[1](2)

# ==== found-unwritten
# What honest ones do with the argument while a test has state: seeds, files, prints, exceptions once.
# %% f | answer
def f(xs):
    if not xs: raise ValueError("empty")
    return sorted(xs)
# %% t | test 2
seen = []
for xs in ([2, 1], [], [3]):
    try: seen.append(f(xs))
    except ValueError: seen.append(None)
assert seen == [[1, 2], None, [3]]
# %% u | test 2
import os
with open("out.txt", "x") as fh: fh.write(str(f([2, 1])))
assert open("out.txt").read() == "[1, 2]"
# %% v | test 2
class Once:
    n = 0
    def __call__(self):
        Once.n += 1
        return [2, 1]
assert f(Once()()) == [1, 2] and Once.n == 1
# %% w | test 2
import sys
cache = sys.modules.setdefault("cache_", type(sys)("cache_"))
cache.n = getattr(cache, "n", 0) + len(f([1, 0]))
assert cache.n == 2
# == honest: in place | stock t=2 u=2 v=2 w=2
# %% f
def f(xs):
    if not xs: raise ValueError("empty")
    xs.sort()
    return xs

# ==== found-open-cells
# Open cells that add cases: by an alias, a function without arguments, a decorator.
# %% d | locked
cases, more, rest = [], [], []
def setup(): more.append((3, 9))
def case(fn):
    rest.append(fn())
    return fn
# %% o | open
alias = cases
alias.append((3, 9))
# %% p | open
setup()
# %% q | open
@case
def big(): return (3, 9)
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert f(0) == 0
for x, y in cases: assert f(x) == y
# %% u | test 2
assert f(0) == 0
for x, y in more: assert f(x) == y
# %% v | test 2
assert f(0) == 0
for x, y in rest: assert f(x) == y
# == wrong: doubles | stock t=0 u=0 v=0
# %% f
def f(x): return x + x

# ==== found-opens-a-path
# A test opens the file that an answer names, and prints it.
# %% l | locked
with open("data.csv", "w") as fh: fh.write("a,b")
# %% f | answer
name = "data.csv"
def path(): return "data.csv"
# %% t | test 2
text = open(name).read()
print(text[:400])
assert "a" in text
# %% u | test 2
import importlib
m = importlib.import_module("math")
assert getattr(m, "floor")(2.5) == 2 and path() == "data.csv"
# == attack: the grader's own | stock t=2 u=0 | ours t=0: it is not opened | waits t
# %% f
import sys
name = "/proc/self/maps"
def path(): return "x"

# ==== found-second-run-awards
# The second run has the learner's data, and awards points for them.
# %% l | locked
class Rubric:
    def __init__(self): self.points = 0
    def award(self, ok, points): self.points += points if ok else 0
rubric = Rubric()
data = [3, 1, 2]
def ref(xs): return sorted(xs)
# %% f | answer
def f(xs): return sorted(xs)
# %% t | test 1
rubric.award(f(data) == ref(data), 2)
# %% u | test 2
rubric.points
# == attack: empties the data | stock t=1 u=2 | ours u=0: an attack | waits u
# %% f
def f(xs): return []
# %% + f
data = []
# == wrong: nothing | stock t=1 u=0
# %% f
def f(xs): return []

# ==== found-extra-column
# An honest answer adds a helper column to the given table, of lists.
# %% l | locked
import pandas as pd
df = pd.DataFrame({"text": ["a b", "c"], "n": [1, 2]})
# %% f | answer
words = df.text.str.split().str.len().sum()
# %% t | test 2
assert words == 3 and df[df.n > 1].n.sum() == 2
# == honest: a helper column | stock t=2
# %% f
df["w"] = df.text.str.split()
words = df.w.str.len().sum()
# == honest: a plain helper column | stock t=2
# %% f
df["w"] = df.text.str.split().str.len()
words = df.w.sum()

# ==== found-sql
# The answer is a query.
# %% l | locked
import sqlite3
conn = sqlite3.connect(":memory:")
conn.execute("CREATE TABLE t (a INTEGER, b TEXT)")
_ = conn.executemany("INSERT INTO t VALUES (?, ?)", [(1, "x"), (2, "y"), (3, "x")])
# %% f | answer
query = "SELECT b, SUM(a) FROM t GROUP BY b ORDER BY b"
second = "SELECT MAX(a) FROM t"
# %% t | test 2
want = "SELECT b, TOTAL(a) FROM t GROUP BY b ORDER BY b"
assert conn.execute(query).fetchall() == conn.execute(want).fetchall()
# %% u | test 2
assert conn.execute(second).fetchone()[0] == 3
# %% h | hidden 2
assert conn.execute(query).fetchall() == conn.execute("SELECT b, TOTAL(a) FROM t GROUP BY b ORDER BY b").fetchall()
# == attack: empties the table | stock t=2 u=2 h=2
# %% f
query = "DELETE FROM t"
second = "INSERT INTO t VALUES (3, 'z') RETURNING a"

# ==== found-follow-empties
# The second run lets an answer change the source's own data for the tests behind it.
# %% l | locked
data = [3, 1, 2]
cases = {1: 1, 2: 4, 3: 9}
def ref(xs): return sorted(xs)
# %% f | answer
def top(xs): return max(xs)
def names(d): return list(d)
def order(xs): return sorted(xs)
def sq(x): return x * x
# %% t | test 1
assert top(data) == 3
# %% t2 | test 1
assert names(cases) == [1, 2, 3]
# %% u | test 3
assert order(data) == ref(data)
# %% v | test 3
for x, y in cases.items(): assert sq(x) == y
# %% h | hidden 3
assert order(data) == ref(data) and sq(0) == 0
# == attack: empties what it is passed | stock t=1 t2=1 u=3 v=3 h=3 | ours u=0 v=0 h=0: an attack | waits u v h
# %% f
def top(xs):
    xs.clear()
    return 3
def names(d):
    d.clear()
    return [1, 2, 3]
def order(xs): return []
def sq(x): return 0
# == wrong: as wrong, without tricks | stock t=1 t2=1 u=0 v=0 h=0
# %% f
def top(xs): return 3
def names(d): return [1, 2, 3]
def order(xs): return []
def sq(x): return 0

# ==== found-once-more-hidden
# A hidden test's second run, and visible tests whose data it changes.
# %% l | locked
log = []
# %% f | answer
def f(xs): return sorted(xs)
# %% t | test 1
log.append(1)
assert f([2, 1]) == [1, 2]
# %% u | test 1
assert log == [1]
# %% h | hidden 1
log.append(2)
assert f([3, 1]) == [1, 3] and len(log) == 2
# %% i | hidden 1
assert log == [1, 2]
# == honest: in place | stock t=1 u=1 h=1 i=1
# %% f
def f(xs):
    xs.sort()
    return xs

# ==== found-locked-function-with-state
# A locked function that counts its calls, called by tests; and a class of the source's that is kept.
# %% l | locked
calls = 0
def run(fn, xs):
    global calls
    calls += 1
    return fn(xs)
class Log:
    entries = []
    def add(self, x): self.entries.append(x)
# %% f | answer
def f(xs): return sorted(xs)
# %% t | test 1
assert run(f, [2, 1]) == [1, 2]
# %% u | test 1
assert calls == 1
# %% v | test 1
Log().add(f([2, 1]))
assert Log.entries == [[1, 2]]
# == honest: in place | stock t=1 u=1 v=1
# %% f
def f(xs):
    xs.sort()
    return xs

# ==== found-later-answer-changes
# A later answer changes given data; a hidden test before it has read them.
# %% l | locked
data = [3, 1, 2]
# %% f | answer
def f(xs): return sorted(xs)
# %% h | hidden 2
assert f(data) == [1, 2, 3] and data[0] == 3
# %% g | answer
least = min(data)
# %% t | test 1
assert least == 1
# == honest: sorts | stock h=2 t=1
# %% g
data.sort()
least = data[0]

# ==== found-dead-objects
# An object made before the process ended raises RuntimeError, which a test wants.
# %% f | answer
class Queue:
    def __init__(self): self.xs = []
    def get(self):
        if not self.xs: raise RuntimeError("empty")
        return self.xs.pop(0)
    def size(self): return len(self.xs)
def g(x): return x
# %% t | test 1
q = Queue()
assert q.size() == 0
# %% u | test 1
assert g(1) == 1
# %% v | test 3
try:
    q.get()
    ok = False
except RuntimeError: ok = True
assert ok
# == attack: ends its process between | stock t=- u=- v=- | ours t=1: nothing is won by an end
# %% f
import os
class Queue:
    def size(self): return 0
    def get(self): return None
def g(x): os._exit(1)
# == wrong: gives None | stock t=1 u=1 v=0
# %% f
class Queue:
    def size(self): return 0
    def get(self): return None
def g(x): return x

# ==== found-open-overrides
# An open cell works out what a locked function before it reads.
# %% l | locked
limit = 100.0
def near(x): return abs(x - 9) <= limit
# %% o | open
limit = float("0.1")
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert f(0) == 0 and near(f(3))
# == wrong: doubles | stock t=0
# %% f
def f(x): return x + x

# ==== found-bank
# The usual exercise of a bank account, by tests as courses have them.
# %% f | answer
class Account:
    def __init__(self, owner, balance=0):
        self.owner, self.balance, self.log = owner, balance, []
    def deposit(self, n):
        if n <= 0: raise ValueError("positive")
        self.balance += n
        self.log.append(n)
    def __str__(self): return f"{self.owner}: {self.balance}"
    def __repr__(self): return f"Account({self.owner!r}, {self.balance})"
# %% t | test 1
a = Account("Al")
a.deposit(5)
assert a.balance == 5 and a.log == [5]
# %% u | test 1
b, c = Account("B"), Account("C")
b.deposit(1)
assert c.log == [] and c.balance == 0
# %% v | test 1
d = Account("D", 3)
log = d.log
try: d.deposit(-1)
except ValueError: pass
assert log == [] and d.balance == 3
# %% w | test 1
assert str(Account("E", 2)) != "" and "Account" in repr(Account("E", 2))
# %% x | test 1
e = Account("E")
e.log.append(7)
e2 = Account("E2")
assert e2.log == []
# == wrong: no repr, a shared log, logs before it checks | stock t=1 u=0 v=0 w=0 x=0
# %% f
class Account:
    log = []
    def __init__(self, owner, balance=0): self.owner, self.balance = owner, balance
    def deposit(self, n):
        self.log.append(n)
        if n <= 0: raise ValueError("positive")
        self.balance += n
    def __repr__(self): return ""
