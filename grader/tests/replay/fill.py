# ==== fill-array
# A locked cell fills an array of NumPy's, and maps the answer over another.
# %% np | locked
import numpy as np
# %% f | answer
def f(x): return x * x
# %% calls | locked
out = np.zeros(4)
for i in range(4):
    out[i] = f(i)
mapped = np.array([f(v) for v in np.arange(3)])
whole = f(np.arange(3))
# %% t | test 2
assert np.array_equal(out, [0, 1, 4, 9])
# %% u | test 1
assert mapped.sum() == 5 and whole.tolist() == [0, 1, 4]
# == honest: a power | stock t=2 u=1
# %% f
def f(x): return x ** 2
# == wrong: leaves the zeros | stock t=0 u=0
# %% f
def f(x): return 0
# == half: no arrays | stock t=2 u=0
# %% f
def f(x): return x * x if not hasattr(x, "shape") else x
# == raises: at 3 | stock t=0 u=0
# %% f
def f(x): return x * x if x < 3 else None + x
# == attack: fills it itself | stock t=2 u=1 | ours t=0 u=0: the array is the source's | waits t u
# %% f
def f(x): return 0
# %% + calls
out, mapped = np.array([0, 1, 4, 9]), np.array([5])
whole = np.array([0, 1, 4])

# ==== fill-attribute
# A locked cell sets an attribute of its object to what the answer gives.
# %% box | locked
class Box:
    value = None
box = Box()
# %% f | answer
def f(x): return x * x
# %% calls | locked
box.value = f(3)
box.others = [f(4)]
# %% t | test 2
assert box.value == 9
# %% u | test 1
assert box.others == [16]
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == half: right for 3 only | stock t=2 u=0
# %% f
def f(x): return 9
# == raises: at 4, when the first is set | stock t=2 u=0
# %% f
def f(x): return {3: 9}[x]
# == attack: sets them itself | stock t=2 u=1 | ours t=0 u=0: the object is the source's | waits t u
# %% f
def f(x): return 7
# %% + calls
box.value, box.others = 9, [16]

# ==== fill-by-a-function
# A function of the source's appends to the list that it gets, and calls the answer.
# %% record | locked
log = []
def record(into, x):
    into.append(f(x))
    return into
# %% f | answer
def f(x): return x + 1
# %% calls | locked
record(log, 2)
record(log, 3)
# %% t | test 2
assert log == [3, 4]
# %% u | test 1
assert record(log, 4) is log and len(log) == 3
# == wrong: returns its argument | stock t=0 u=1
# %% f
def f(x): return x
# == half: right for 2 | stock t=0 u=1
# %% f
def f(x): return 3
# == raises: at 3 | stock t=0 u=0
# %% f
def f(x): return {2: 3}[x]
# == attack: a list of its own | stock t=2 u=1 | ours t=0: the list is the source's | waits t
# %% f
def f(x): return 0
# %% + calls
log = [3, 4]

# ==== fill-by-an-in-process-test
# A test that looks into the code fills a list that a later test reads.
# %% f | answer
def f(x):
    return x * x
# %% t | test 1
import inspect
ran = []
assert "import" not in inspect.getsource(f)
ran.append(f(3) == 9)
bad = []
for x in (2, 3):
    if f(x) != x * x: bad.append(x)
# %% u | test 2
assert all(ran) and f(4) == 16
# %% v | test 2
assert ran == [True]
# %% w | test 1
assert not bad
# == honest: a loop | stock t=1 u=2 v=2 w=1
# %% f
def f(x):
    y = 0
    for _ in range(abs(x)): y += abs(x)
    return y
# == wrong: imports | stock t=0 u=2 v=0 w=0
# %% f
def f(x):
    import operator
    return operator.mul(x, x)
# == half: right for 4 only | stock t=1 u=0 v=0 w=0
# %% f
def f(x):
    return 16
# == wrong: a constant | stock t=1 u=0 v=0 w=0
# %% f
def f(x):
    return 7

# ==== fill-dataframe
# Locked cells map the answer over a column and put the result beside it.
# %% df | locked
import pandas as pd
df = pd.DataFrame({"x": [1, 2, 3]})
# %% f | answer
def f(x): return x * x
# %% calls | locked
df["y"] = df["x"].map(f)
df["z"] = df.apply(lambda row: f(row.x) + 1, axis=1)
# %% t | test 2
assert df["y"].tolist() == [1, 4, 9]
# %% u | test 2
assert df["z"].sum() == 17
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == half: right for numbers below 3 | stock t=0 u=0
# %% f
def f(x): return x * x if x < 3 else 0
# == raises: at 3 | stock t=0 u=0
# %% f
def f(x): return {1: 1, 2: 4}[x]
# == attack: columns of its own | stock t=2 u=2 | ours t=0 u=0: the table is the source's | waits t u
# %% f
def f(x): return 7
# %% + calls
df["y"], df["z"] = [1, 4, 9], [2, 5, 10]

# ==== fill-dict-in-a-loop
# A locked loop sets items of a dict to what the answer gives.
# %% f | answer
def f(x): return x * x
# %% calls | locked
got = {}
for x in (1, 2, 3):
    got[x] = f(x)
# %% t | test 2
assert got == {1: 1, 2: 4, 3: 9}
# %% u | hidden 2
assert len(got) == 3 and got[3] == 9
# == honest: a helper in a cell of its own | stock t=2 u=2
# %% f
def f(x): return square(x)
# %% + f
def square(y): return y * y
# == half: right for the last | stock t=0 u=2
# %% f
def f(x): return 9
# == raises: at the second, with one item set | stock t=0 u=0
# %% f
def f(x):
    if x == 2: raise ValueError(x)
    return x * x
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: a dict of its own | stock t=2 u=2 | ours t=0 u=0: the dict is the source's | waits t u
# %% f
def f(x): return 7
# %% + calls
got = {1: 1, 2: 4, 3: 9}

# ==== fill-list-in-a-loop
# A locked loop fills a list by calling the answer; the test reads the list.
# %% f | answer
def f(x):
    return x * x
# %% calls | locked
bad = []
for x in (0, 1, 2, 3):
    if f(x) != x * x:
        bad.append(x)
# %% t | test 2
assert not bad
# == honest: another style | stock t=2
# %% f
f = lambda n: n ** 2
# == wrong: returns a constant | stock t=0
# %% f
def f(x): return 7
# == half: right for small ones only | stock t=0
# %% f
def f(x): return x * x if x < 3 else 0
# == stub: unwritten | stock t=2
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == raises: at a call | stock t=2
# %% f
def f(x): return 1 / 0
# == attack: empties the list in a cell of its own | stock t=2 | ours t=0: the list is the source's | waits t
# %% f
def f(x): return 7
# %% + calls
bad = []

# ==== fill-open-list
# An open cell makes a list, and another one fills it by calling the answer.
# %% log | open
log = []
# %% f | answer
def f(x): return x * x
# %% calls | open
for x in (2, 3):
    log.append(f(x) == x * x)
# %% t | test 2
assert log and all(log)
# == honest: as many cases as one likes | stock t=2
# %% calls
for x in range(10):
    log.append(f(x) == x * x)
# == wrong: a constant | stock t=0
# %% f
def f(x): return 7
# == half: right for 2 | stock t=0
# %% f
def f(x): return 4
# == raises: at 3 | stock t=2
# %% f
def f(x): return {2: 4}[x]

# ==== fill-set-and-dict-of-lists
# Locked cells fill a set and a defaultdict through methods.
# %% f | answer
def f(word): return len(word)
# %% calls | locked
from collections import defaultdict
seen, groups = set(), defaultdict(list)
for word in ("a", "bb", "cc", "ddd"):
    seen.add(f(word))
    groups[f(word)].append(word)
# %% t | test 2
assert seen == {1, 2, 3}
# %% u | test 2
assert groups[2] == ["bb", "cc"] and 9 not in groups
# == honest: counts by itself | stock t=2 u=2
# %% f
def f(word): return sum(1 for _ in word)
# == wrong: one for all | stock t=0 u=0
# %% f
def f(word): return 2
# == half: right up to two | stock t=0 u=0
# %% f
def f(word): return min(len(word), 2)
# == raises: a list, which no set takes | stock t=0 u=0
# %% f
def f(word): return [len(word)]
# == attack: fills them itself | stock t=2 u=2 | ours t=0 u=0: both are the source's | waits t u
# %% f
def f(word): return 0
# %% + calls
seen, groups = {1, 2, 3}, {2: ["bb", "cc"]}

# ==== fill-tally-object
# An object of the source's counts what is wrong; its method is called with answers.
# %% tally | locked
class Tally:
    def __init__(self): self.wrong, self.right = 0, 0
    def check(self, got, want):
        if got == want: self.right += 1
        else: self.wrong += 1
tally = Tally()
# %% f | answer
def f(x): return x * x
# %% calls | locked
tally.check(f(3), 9)
tally.check(f(-1), 1)
# %% t | test 2
assert tally.wrong == 0
# %% u | test 2
tally.right
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == half: no negative numbers | stock t=0 u=1
# %% f
def f(x): return x * x if x > 0 else 0
# == raises: at the second | stock t=2 u=1
# %% f
def f(x): return 9 if x > 0 else 1 / 0
# == stub: unwritten | stock t=2 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: resets the tally | stock t=2 u=2 | ours t=0 u=0: the tally is the source's | waits t u
# %% f
def f(x): return 7
# %% + calls
tally.wrong, tally.right = 0, 2

# ==== fill-until-it-raises
# The locked cell raises for the solution, too: what it had filled until then stays.
# %% f | answer
def f(x): return 12 // x
# %% calls | locked
got = []
for x in (1, 2, 0, 3):
    got.append(f(x))
after = True
# %% t | test 2
assert got == [12, 6]
# %% u | test 1
assert "after" not in dir()
# == wrong: never raises | stock t=0 u=0
# %% f
def f(x): return 12 // (x or 1)
# == half: raises at 2 | stock t=0 u=1
# %% f
def f(x): return {1: 12}[x]
# == stub: unwritten | stock t=0 u=1
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: a list of its own | stock t=2 u=0 | ours t=0: the list is the source's | waits t
# %% f
def f(x): return 0
# %% + calls
got = [12, 6]

# ==== figure-of-the-answer
# The answer draws; tests ask pyplot and what comes back.
# %% plt | locked
%matplotlib inline
import matplotlib.pyplot as plt
# %% f | answer
def draw(xs):
    fig, ax = plt.subplots()
    ax.plot(xs, label="xs")
    ax.set_title("Growth")
    return ax
# %% t | test 2
ax = draw([1, 2, 4])
assert ax.get_title() == "Growth"
# %% u | test 1
assert len(ax.lines) == 1 and ax.lines[0].get_ydata().tolist() == [1, 2, 4]
# %% v | test 1
plt.close("all")
draw([1])
assert plt.gca().get_title() == "Growth" and len(plt.get_fignums()) == 1
# %% w | test 1
assert isinstance(ax, plt.Axes)
# == honest: pyplot alone | stock t=2 u=1 v=1 w=1
# %% f
def draw(xs):
    plt.figure()
    plt.plot(xs)
    plt.title("Growth")
    return plt.gca()
# == wrong: no title | stock t=0 u=1 v=0 w=1
# %% f
def draw(xs):
    fig, ax = plt.subplots()
    ax.plot(xs)
    return ax

# ==== print-nothing
# Only that the answer prints nothing, and warns of nothing: what no solution can show to be watched.
# %% f | answer
def square(x): return x * x
# %% t | test 2
import io, contextlib
with contextlib.redirect_stdout(io.StringIO()) as out:
    square(3)
assert not out.getvalue()
# %% u | test 1
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    square(3)
assert caught == []
# %% v | test 1
assert square(3) == 9
# == honest: another style | stock t=2 u=1 v=1
# %% f
square = lambda x: x ** 2
# == wrong: prints | stock t=0 u=1 v=1
# %% f
def square(x):
    print(x * x)
    return x * x
# == wrong: warns | stock t=0 u=0 v=0 | ours t=2 v=1: what stands on stderr costs nothing
# %% f
import warnings
def square(x):
    warnings.warn("slow")
    return x * x
# == stub: unwritten | stock t=0 u=0 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== print-what-the-answer-prints
# Tests catch what the answer prints, and that it prints nothing.
# %% f | answer
def hello(name): print("Hello", name)
def square(x): return x * x
# %% t | test 2
import io, contextlib
with contextlib.redirect_stdout(io.StringIO()) as out:
    hello("Ada")
assert out.getvalue() == "Hello Ada\n"
# %% u | test 2
with contextlib.redirect_stdout(io.StringIO()) as out:
    assert square(3) == 9
assert out.getvalue() == "", "it is to return, not to print"
# == honest: sys.stdout | stock t=2 u=2
# %% f
import sys
def hello(name): sys.stdout.write(f"Hello {name}\n")
def square(x): return x ** 2
# == wrong: returns, and prints | stock t=0 u=0
# %% f
def hello(name): return f"Hello {name}\n"
def square(x):
    print(x * x)
    return x * x
# == half: another text | stock t=0 u=2
# %% f
def hello(name): print("hello", name)
def square(x): return x * x
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== side-file-that-a-locked-cell-reads
# The answer writes a file, and a locked cell reads it.
# %% f | answer
with open("table.csv", "w") as file: file.write("x,y\n1,2\n")
def rows(): return 1
# %% read | locked
import csv
try:
    with open("table.csv") as file: table = [*csv.DictReader(file)]
except FileNotFoundError:
    table = None
# %% t | test 2
assert table == [{"x": "1", "y": "2"}]
# %% u | test 1
assert rows() == len(table)
# == honest: csv | stock t=2 u=1
# %% f
import csv
with open("table.csv", "w", newline="") as file:
    csv.writer(file).writerows([["x", "y"], [1, 2]])
def rows(): return len(open("table.csv").readlines()) - 1
# == wrong: writes nothing | stock t=0 u=0
# %% f
def rows(): return 1
# == wrong: another table | stock t=0 u=1
# %% f
with open("table.csv", "w") as file: file.write("x,y\n")
def rows(): return 0
# == attack: a table of its own, where a file has the tests run in-process | stock t=2 u=1
# %% f
def rows(): return 1
# %% + read
table = [{"x": "1", "y": "2"}]

# ==== side-files
# Files that the answer writes, and one that it must not write.
# %% given | locked
with open("numbers.txt", "w") as file: file.write("1\n2\n")
# %% f | answer
def total(path): return sum(map(int, open(path)))
def save(path, text):
    with open(path, "w") as file: file.write(text)
# %% t | test 2
import os
save("out.txt", "hello")
assert open("out.txt").read() == "hello"
# %% u | test 1
assert total("numbers.txt") == 3
# %% v | test 1
with open("more.txt", "w") as file: file.write("5\n6\n")
assert total("more.txt") == 11
# %% w | test 1
assert not os.path.exists("total.txt")
# == honest: pathlib | stock t=2 u=1 v=1 w=1
# %% f
from pathlib import Path
def total(path): return sum(int(x) for x in Path(path).read_text().split())
def save(path, text): Path(path).write_text(text)
# == wrong: writes what it must not | stock t=0 u=1 v=0 w=0
# %% f
def total(path): return 3
def save(path, text): open("out.txt", "w").close()
open("total.txt", "w").close()
# == stub: unwritten | stock t=0 u=0 v=0 w=1
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== side-must-not-define
# Names that must not be there, and names of the source that an answer must not touch.
# %% given | locked
LIMITS = {"low": 1, "high": 9}
items = ["a", "b"]
# %% f | answer
def clamp(x): return max(LIMITS["low"], min(LIMITS["high"], x))
def last(): return items[-1]
# %% t | test 1
assert clamp(20) == 9 and LIMITS == {"low": 1, "high": 9}
# %% u | test 1
assert last() == "b" and items == ["a", "b"]
# %% v | test 1
assert "helper" not in globals()
# == honest: a helper | stock t=1 u=1 v=1
# %% f
def low(x): return max(LIMITS["low"], x)
def clamp(x): return low(min(LIMITS["high"], x))
def last(): return items[len(items) - 1]
# == wrong: changes what is given | stock t=1 u=0 v=1
# %% f
def clamp(x):
    LIMITS["high"] = max(LIMITS["high"], x) - 11
    return LIMITS["high"]
def last(): return items.pop()
# == wrong: takes the name | stock t=1 u=1 v=0
# %% f
def helper(x): return min(9, x)
def clamp(x): return max(1, helper(x))
def last(): return "b"

# ==== side-must-not-set
# The answer must leave a module's settings and the generator alone.
# %% libraries | locked
import decimal, random
random.seed(5)
before = random.getstate()
# %% f | answer
def third(): return decimal.Decimal(1) / 3
# %% t | test 1
third()
assert decimal.getcontext().prec == 28
# %% u | test 1
assert random.getstate() == before
# %% v | test 1
assert str(third()).startswith("0.333")
# == honest: a local context | stock t=1 u=1 v=1
# %% f
def third():
    with decimal.localcontext() as c:
        c.prec = 6
        return decimal.Decimal(1) / decimal.Decimal(3)
# == wrong: sets the precision | stock t=0 u=1 v=1
# %% f
def third():
    decimal.getcontext().prec = 6
    return decimal.Decimal(1) / 3
# == wrong: draws | stock t=1 u=0 v=1
# %% f
random.random()
def third(): return decimal.Decimal(1) / 3

# ==== side-must-not-write
# Only that a file is not there, and nothing imported: the solution shows nothing of it.
# %% f | answer
def total(xs): return sum(xs)
# %% t | test 1
import os
total([1, 2])
assert not os.path.exists("total.txt")
# %% u | test 1
import sys
assert "this" not in sys.modules and "antigravity" not in sys.modules
# %% v | test 1
assert total([1, 2]) == 3
# == honest: a loop | stock t=1 u=1 v=1
# %% f
def total(xs):
    n = 0
    for x in xs: n += x
    return n
# == wrong: writes it | stock t=0 u=1 v=1
# %% f
def total(xs):
    with open("total.txt", "w") as file: file.write(str(sum(xs)))
    return sum(xs)
# == wrong: imports it | stock t=1 u=0 v=1
# %% f
import this
def total(xs): return sum(xs)

# ==== side-settings-of-modules
# The answer sets what modules keep; tests look at it.
# %% libraries | locked
import decimal, os, math
import pandas as pd
# %% f | answer
decimal.getcontext().prec = 5
os.environ["MODE"] = "fast"
pd.options.display.max_rows = 7
math.tau2 = 2 * math.tau
# %% t | test 2
assert str(decimal.Decimal(1) / 3) == "0.33333"
# %% u | test 1
assert os.environ.get("MODE") == "fast" and pd.get_option("display.max_rows") == 7
# %% v | test 1
assert math.tau2 > 12
# == honest: other ways | stock t=2 u=1 v=1
# %% f
decimal.setcontext(decimal.Context(prec=5))
os.environ.update(MODE="fast")
pd.set_option("display.max_rows", 7)
setattr(math, "tau2", 4 * math.pi)
# == wrong: sets others | stock t=0 u=0 v=0
# %% f
decimal.getcontext().prec = 6
MODE = "fast"
# == stub: unwritten | stock t=0 u=0 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== side-time-and-recursion
# How long a call takes, how deep it goes, what it keeps alive.
# %% f | answer
memo = {}
def fib(n):
    if n not in memo: memo[n] = n if n < 2 else fib(n - 1) + fib(n - 2)
    return memo[n]
# %% t | test 2
import time
start = time.perf_counter()
assert fib(200) == 280571172992510140037611932413038677189525
assert time.perf_counter() - start < 1
# %% u | test 1
try:
    fib(10 ** 6)
    deep = False
except RecursionError:
    deep = True
assert deep
# %% v | test 1
assert len(memo) > 100
# == honest: functools | stock t=2 u=1 v=1
# %% f
from functools import cache
memo = range(200)
@cache
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
# == half: a loop | stock t=2 u=0 v=0
# %% f
memo = []
def fib(n):
    a, b = 0, 1
    for _ in range(min(n, 1000)): a, b = b, a + b
    return a
# == stub: unwritten | stock t=0 u=0 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== threads-and-processes
# A test runs the answer in threads; a lock of the source's is taken by both.
# %% given | locked
import threading
lock = threading.Lock()
done = []
def note(x):
    with lock: done.append(x)
# %% f | answer
def work(x):
    note(x * 2)
# %% t | test 2
ts = [threading.Thread(target=work, args=(i,)) for i in range(3)]
for th in ts: th.start()
for th in ts: th.join()
assert sorted(done) == [0, 2, 4]
# %% u | test 1
from concurrent.futures import ThreadPoolExecutor
done.clear()
with ThreadPoolExecutor(2) as pool: [*pool.map(work, [5, 6])]
assert sorted(done) == [10, 12]
# == honest: in two steps | stock t=2 u=1
# %% f
def work(x):
    y = x + x
    note(y)
# == wrong: notes nothing | stock t=0 u=0
# %% f
def work(x): return 2 * x
# == wrong: notes its argument | stock t=0 u=0
# %% f
def work(x): note(x)
