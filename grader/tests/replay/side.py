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
# == half: returns nothing | stock t=0 u=0 v=1 w=0
# %% f
def draw(xs):
    plt.plot(xs)
    plt.title("Growth")
# == stub: unwritten | stock t=0 u=0 v=0 w=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

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
