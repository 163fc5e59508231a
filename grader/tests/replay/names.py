# ==== names-answer-calls-its-own-version
# A locked cell redefines what the first answer defines; the second answer calls it.
# %% first | answer
def step(n): return n + 1
# %% trace | locked
steps = []
plain = step
def step(n):
    steps.append(n)
    return plain(n)
# %% second | answer
def walk(n, k):
    for _ in range(k): n = step(n)
    return n
# %% t | test 2
assert walk(0, 3) == 3 and steps == [0, 1, 2]
# %% u | test 1
assert step(9) == 10 and steps[-1] == 9
# == honest: recursion | stock t=2 u=1
# %% second
def walk(n, k): return n if k == 0 else walk(step(n), k - 1)
# == wrong: never calls it | stock t=0 u=1
# %% second
def walk(n, k): return n + k
# == half: a step of two | stock t=0 u=0
# %% first
def step(n): return n + 2
# == attack: fills the list itself, where the test runs in-process | stock t=2 u=1
# %% second
def walk(n, k):
    steps.extend(range(k))
    return n + k

# ==== names-answer-in-two-cells
# Two answers define one name each, a third is left to notes; a test reads all, with a class between.
# %% a | answer
base = 10
# %% b | answer
def scaled(x): return base * x
# %% between | locked
class Report:
    rows = [scaled(i) for i in range(3)]
    total = sum(rows)
report = Report()
# %% c | answer
base = 100
summary = f"{report.total} of {scaled(1)}"
# %% t | test 1
assert report.rows == [0, 10, 20] and Report.total == 30
# %% u | test 1
assert summary == "30 of 100" and base == 100
# %% v | hidden 1
assert scaled(2) == 200
# == honest: a default is no help | stock t=1 u=1 v=1
# %% b
def scaled(x):
    return x * base
# == half: the base is bound | stock t=1 u=0 v=0
# %% b
def scaled(x, base=base): return base * x
# == wrong: no base | stock t=1 u=0 v=0
# %% a
# YOUR CODE HERE
raise NotImplementedError()
# %% b
def scaled(x): return 10 * x
# == attack: a report of its own | stock t=1 u=0 v=0 | ours t=0: the class is the source's
# %% b
def scaled(x): return 0
# %% + between
class Report:
    rows, total = [0, 10, 20], 30
report = Report()

# ==== names-answer-over-a-locked-one
# The answer is to improve a function and a number of a locked cell, by the same names.
# %% given | locked
def clean(text): return text
rate = 1
def pipeline(text): return clean(text) * rate
raw = pipeline("A ")
# %% f | answer
def clean(text): return text.strip().lower()
rate = 2
# %% t | test 2
assert clean(" Ab ") == "ab" and rate == 2
# %% u | test 2
assert pipeline("A ") == "aa" and raw == "A "
# == honest: a lambda | stock t=2 u=2
# %% f
clean, rate = (lambda t: t.lower().strip()), 1 + 1
# == half: only the number | stock t=0 u=0
# %% f
rate = 2
# == wrong: not improved | stock t=0 u=0
# %% f
# as given
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: what comes of it | stock t=0 u=2 | ours u=0: the pipeline is the source's
# %% f
def clean(text): return 0
# %% + f
def pipeline(text): return "aa"

# ==== names-assigned-in-parts
# Unpacking, star targets, chained and augmented targets in answers and locked cells.
# %% v | answer
(a, *rest), b = (1, 2, 3), 4
c = d = [a]
c += [b]
e: int = 5
if (w := len(rest)) > 1: label = f"{w} left"
for i, ch in enumerate("xyz"): pass
with open("__f", "w") as fh: size = fh.write("abc")
# %% use | locked
first, *others = rest
a += 10
table = dict(zip("pq", rest))
# %% t | test 1
assert (rest, b, c, d, e) == ([2, 3], 4, [1, 4], [1, 4], 5)
# %% u | test 1
assert (w, label, i, ch, size) == (2, "2 left", 2, "z", 3)
# %% x | test 1
assert a == 11 and others == [3] and table["q"] == 3 and fh.closed
# == half: only some of it | stock t=0 u=0 x=0
# %% v
a, rest, b = 1, [2, 3], 4
# == wrong: other values | stock t=0 u=1 x=0
# %% v
a, rest, b, c, d, e = 0, [3, 2], 4, [1], [1, 4], 5
w, label, i, ch, size = 2, "2 left", 2, "z", 3
fh = open("__f", "w")

# ==== names-builtins-as-answers
# The answer defines names that Python has, too; tests use them for others.
# %% f | answer
def max(xs): return sorted(xs)[-1]
def add(a, b): return a + b
# %% t | test 1
assert max([1, 3, 2]) == 3
# %% u | test 1
assert max([add(1, 2), add(2, 2)]) == 4
# == honest: a loop | stock t=1 u=1
# %% f
def max(xs):
    top, *rest = xs
    for x in rest: top = x if x > top else top
    return top
def add(a, b): return a + b
# == half: no max | stock t=1 u=1
# %% f
def add(a, b): return a + b
# == wrong: the smallest | stock t=0 u=1
# %% f
def max(xs): return sorted(xs)[0]
def add(a, b): return 4

# ==== names-futures-and-annotations
# A __future__ import holds for the cells behind it; an annotation alone defines nothing.
# %% future | locked
from __future__ import annotations
n: int
m: int = 3
# %% node | locked
class Node:
    def __init__(self, value, next: NotThere = None): self.value, self.next = value, next
def length(node: Neither) -> Nor: return 0 if node is None else 1 + length(node.next)
# %% f | answer
def f(xs):
    node = None
    for x in reversed(xs): node = Node(x, node)
    return node
# %% t | test 2
assert length(f([1, 2, 3])) == m and f([]) is None
# %% u | test 1
def check(node: AlsoNot): return node.value == 5
assert check(f([5])) and "n" not in globals()
# %% v | test 1
assert isinstance(f([1]), Node) and f([1, 2]).next.value == 2
# == honest: recursion | stock t=2 u=1 v=1
# %% f
def f(xs): return Node(xs[0], f(xs[1:])) if xs else None
# == wrong: the last comes first | stock t=2 u=1 v=0
# %% f
def f(xs):
    node = None
    for x in xs: node = Node(x, node)
    return node
# == wrong: a node of its own | stock t=2 u=1 v=0
# %% f
class Own:
    def __init__(self, value, next): self.value, self.next = value, next
def f(xs): return Own(xs[0], f(xs[1:])) if xs else None
# == stub: unwritten | stock t=0 u=0 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== names-put-into-builtins
# The source puts its judge into builtins and into a module of its own making.
# %% judge | locked
import builtins, sys, types
builtins.right = lambda v: v == 9
marks = types.ModuleType("marks")
marks.full = lambda v: v == 16
sys.modules["marks"] = marks
# %% more | open
from marks import full
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert right(f(3))
# %% u | test 2
import marks as same
assert full(f(4)) and same.full(f(4))
# == honest: a loop | stock t=2 u=2
# %% f
def f(x): return sum(x for _ in range(x))
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == half: right for 3 | stock t=2 u=0
# %% f
def f(x): return 9
# == attack: judges of its own | stock t=2 u=2 | ours t=0 u=0: the judges are the source's
# %% f
def f(x): return 7
# %% + f
def right(v): return True
def full(v): return True
class marks: full = full
import sys
sys.modules["marks"] = marks

# ==== names-star-import-of-the-learner
# `from numpy import *` in a cell of their own puts NumPy's all, sum and round under those names.
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert all(f(x) == x * x for x in range(4))
# %% u | test 1
assert sum([f(1), f(2)]) == 5 and min([f(3)], [f(9)]) == [9]
# == honest: has it in a cell of its own | stock t=2 u=0
# %% + f
from numpy import *
# == honest: has it in the answer | stock t=2 u=0
# %% f
from numpy import *
def f(x): return x * x
# == wrong: has it in the answer | stock t=2 u=0 | ours t=0: all is Python's own
# %% f
from numpy import *
def f(x): return 7
