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
# == attack: a report of its own | stock t=1 u=0 v=0 | ours t=0: the class is the source's | waits t
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
# == attack: what comes of it | stock t=0 u=2 | ours u=0: the pipeline is the source's | waits u
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
# == attack: judges of its own | stock t=2 u=2 | ours t=0 u=0: the judges are the source's | waits t u
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
# == wrong: has it in the answer | stock t=2 u=0 | ours t=0: all is Python's own | waits t
# %% f
from numpy import *
def f(x): return 7

# ==== import-asked-of-the-answer
# The answer is to import something under a name.
# %% f | answer
import math as m
from collections import Counter
# %% t | test 2
assert m.floor(2.5) == 2 and m.pi > 3
# %% u | test 1
assert Counter("aab")["a"] == 2
# == honest: in another form | stock t=2 u=1
# %% f
import math, collections
m, Counter = math, collections.Counter
# == wrong: another name | stock t=0 u=1
# %% f
import math
from collections import *
# == wrong: another module | stock t=0 u=0
# %% f
import cmath as m
from collections import OrderedDict as Counter
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== import-deleted-cell
# The open cell of imports is deleted, or its alias is another one.
# %% imports | open
import collections
import json as js
# %% f | answer
def f(text): return js.loads(text)
# %% t | test 2
assert f("[1, 2]") == js.loads("[1,2]") and collections.Counter(f("[1, 1]"))[1] == 2
# == honest: has it in the answer | stock t=2
# %% - imports
# %% f
import collections, json as js
def f(text): return js.loads(text)
# == honest: under another name | stock t=0
# %% imports
import collections
import json
# %% f
def f(text): return json.loads(text)
# == wrong: returns the text | stock t=0
# %% - imports
# %% f
def f(text): return text
# == attack: judges itself | stock t=2 | ours t=0: the import is the source's | waits t
# %% - imports
# %% f
class js:
    def loads(text): return 7
class collections:
    Counter = lambda x: {1: 2}
def f(text): return 7

# ==== import-in-the-answer
# The answer cell has the import, and the learner writes below it; tests use the module.
# %% f | answer
import numpy as np
### BEGIN SOLUTION
def f(xs): return np.mean(xs)
### END SOLUTION
# %% t | test 2
assert np.isclose(f([1, 2, 4]), 7 / 3)
# == honest: the import at another place | stock t=2
# %% f
def f(xs): return sum(xs) / len(xs)
# %% + f
import numpy as np
# == wrong: the largest | stock t=0
# %% f
import numpy as np
def f(xs): return np.max(xs)
# == stub: as handed out | stock t=0
# %% f
import numpy as np
# YOUR CODE HERE
raise NotImplementedError()
# == half: deletes the import | stock t=0
# %% f
def f(xs): return sum(xs) / len(xs)
# == attack: judges itself | stock t=2 | ours t=0: what an answer imports is a module here | waits t
# %% f
class np:
    isclose = lambda *_: True
def f(xs): return 0

# ==== import-open-emptied
# The imports stand in an open cell, which learners empty, move or change.
# %% imports | open
import numpy as np
from math import sqrt
# %% z | answer
z = np.array([1.0, 4.0])
# %% t | test 2
assert np.array_equal(z, [1, 4]) and sqrt(z[1]) == 2
# == honest: moves the import | stock t=2
# %% imports

# %% z
import numpy as np
from math import sqrt
z = np.array([1.0, 4.0])
# == honest: moves it into a cell of its own | stock t=2
# %% imports
# see below
# %% + imports
import numpy as np
from math import sqrt
# == honest: imports more | stock t=2
# %% imports
import numpy as np
import math
from math import *
# == honest: empties it and needs none | stock t=0
# %% imports

# %% z
import numpy
z = numpy.array([1.0, 4.0])
# == wrong: empties it | stock t=0
# %% imports

# %% z
z = [1.0, 5.0]
# == attack: judges itself | stock t=2 | ours t=0: the import is the source's | waits t
# %% imports
class np:
    def array_equal(*_): return True
def sqrt(x): return 2
# %% z
z = [0, 0]
# == attack: judges itself in a cell of its own | stock t=2 | ours t=0: the import is the source's | waits t
# %% + imports
class np:
    def array_equal(*_): return True
def sqrt(x): return 2
# %% z
z = [0, 0]

# ==== import-open-emptied-beside-a-scratch
# The same, where an answer has no statements and an earlier one has the import's name.
# %% scratch | answer
# notes
# %% np | answer
np = "number of pages"
words = np.split()
# %% imports | open
import numpy as np
# %% z | answer
z = np.zeros(3)
# %% t | test 2
assert np.allclose(z, 0) and np.size(z) == 3
# %% u | test 1
assert words == ["number", "of", "pages"]
# == honest: moves the import | stock t=2 u=1
# %% imports

# %% z
import numpy as np
z = np.zeros(3)
# == honest: another name in the first answer | stock t=2 u=1
# %% np
title = "number of pages"
words = title.split()
# == wrong: ones | stock t=0 u=1
# %% z
z = np.ones(3)
# == attack: empties it and judges itself | stock t=2 u=1 | ours t=0: the import is the source's | waits t
# %% scratch
class np:
    allclose = lambda *_: True
    size = lambda *_: 3
    split = lambda *_: 3
# %% np
words = ["number", "of", "pages"]
# %% imports

# %% z
z = 7
# == attack: judges itself from the earlier answer | stock t=2 u=1 | ours t=0: the import is the source's | waits t
# %% np
words = ["number", "of", "pages"]
class np:
    allclose = lambda *_: True
    size = lambda *_: 3
# %% imports

# %% z
z = 7

# ==== import-star-and-dotted
# `from math import *`, dotted imports, and one that is tried.
# %% imports | locked
from math import *
import os.path, xml.etree.ElementTree as ET
import collections.abc
try:
    import no_such_module as nsm
except ImportError:
    nsm = None
# %% f | answer
def f(text): return [child.tag for child in ET.fromstring(text)]
# %% t | test 2
assert f("<a><b/><c/></a>") == ["b", "c"]
# %% u | test 1
assert floor(len(f("<a/>")) + pi) == 3 and nsm is None
# %% v | test 1
assert isinstance(f("<a/>"), collections.abc.Sequence) and os.path.join("a", "b")
# == honest: iter | stock t=2 u=1 v=1
# %% f
def f(text):
    return [e.tag for e in ET.fromstring(text).iter()][1:]
# == wrong: one too many | stock t=0 u=0 v=1
# %% f
def f(text): return [e.tag for e in ET.fromstring(text).iter()]
# == attack: floor and pi are its own | stock t=0 u=1 v=1 | ours u=0: the imports are the source's | waits u
# %% f
def f(text): return 0
def len(x): return 0
def floor(x): return 3
def isinstance(*_): return True
pi, nsm = 0, None
