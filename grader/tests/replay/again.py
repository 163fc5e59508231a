# ==== again-settle-forged
# A score that is an array, and the learner's display writes a number in its place.
# %% l | locked
import numpy as np
def grade(z): return 2 * (z == 4)
# %% f | answer
z = 4
# %% t | test 2
grade(z)
# %% u | hidden 2
grade(z)
# == wrong: an array | stock t=2 u=2 | ours t=0 u=0: what is no number is no score | waits t u
# %% f
import numpy as np
z = np.array([1, 7])
# == attack: an array, and the display says nearly all | stock t=1.99 u=1.99 | ours t=0 u=0: what is no number is no score | waits t u
# %% f
import numpy as np
z = np.array([1, 7])
get_ipython().display_formatter.format = lambda *a, **k: ({"text/plain": "1.99"}, {})

# ==== again-crash-locked
# A locked cell notes what is wrong; the process ends before it does.
# %% l | locked
errors = []
def check(ok):
    if not ok: errors.append("wrong")
# %% f | answer
def f(x): return x * x
# %% m | locked
try: ok = f(3) == 9
except BaseException: ok = False
check(ok)
# %% t | test 2
assert not errors
# %% u | hidden 2
assert not errors
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == raises: raises | stock t=0 u=0
# %% f
def f(x): raise ValueError
# == wrong: calls itself for ever | stock t=0 u=0
# %% f
def f(x): return f(x)
# == attack: exits | stock t=- u=-
# %% f
import os
def f(x): os._exit(0)
# == wrong: a segmentation fault | stock t=- u=-
# %% f
import ctypes
def f(x): return ctypes.string_at(0)

# ==== again-crash-in-a-function
# The same, with the call in a locked function.
# %% l | locked
errors = []
def check(ok):
    if not ok: errors.append("wrong")
def safe(g, *args):
    try: return g(*args)
    except BaseException: return None
# %% f | answer
def f(x): return x * x
# %% m | locked
check(safe(f, 3) == 9)
# %% t | test 2
assert not errors
# == wrong: a constant | stock t=0
# %% f
def f(x): return 7
# == attack: exits | stock t=-
# %% f
import os
def f(x): os._exit(0)

# ==== again-locked-forbids
# A locked cell forbids a builtin; the process ends in its first line.
# %% f | answer
def total(xs):
    s = 0
    for x in xs: s += x
    return s
# %% m | locked
import builtins
small = total([1])
def sum(*a): raise RuntimeError("do it yourself")
builtins.sum = sum
# %% t | test 2
assert total([1, 2]) == 3
# == wrong: uses sum | stock t=0
# %% f
def total(xs): return sum(xs)
# == attack: exits first | stock t=-
# %% f
import os
def total(xs):
    if len(xs) == 1: os._exit(0)
    return sum(xs)

# ==== again-deduct
# Tests deduct from a score that the last one shows; the process ends in them.
# %% l | locked
score = [10]
def deduct(n): score[0] -= n
# %% f | answer
def f(x): return x * x
# %% a | test 1
try: ok = f(2) == 4
except Exception: ok = False
if not ok: deduct(5)
# %% b | test 1
try: ok = f(3) == 9
except Exception: ok = False
if not ok: deduct(5)
# %% c | test 10
score[0]
# == wrong: a constant | stock a=1 b=1 c=0
# %% f
def f(x): return 7
# == raises: raises | stock a=1 b=1 c=0
# %% f
def f(x): raise ValueError
# == attack: exits | stock a=- b=- c=-
# %% f
import os
def f(x): os._exit(0)

# ==== again-state-lost
# Tests note what is wrong for the last one; the process ends between them, or runs none of them.
# %% l | locked
seen = []
def note(ok): seen.append(ok)
# %% f | answer
def f(x): return x * x
# %% a | test 1
note(f(2) == 4); note(f(3) == 9)
# %% b | test 1
assert f(1) == 1
# %% c | test 8
assert False not in seen
# == wrong: a constant | stock a=1 b=0 c=0
# %% f
def f(x): return 7
# == attack: exits at one | stock a=- b=- c=- | ours a=1: nothing is won by an end
# %% f
import os
def f(x):
    if x == 1: os._exit(1)
    return 7
# == attack: exits at one, and runs no test in the kernel | stock a=1 b=1 c=8 | ours b=0 c=0: no process forges both | waits b c
# %% f
import os
def f(x):
    if x == 1: os._exit(1)
    return 7
get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\n"])
# == attack: runs no test in the kernel | stock a=1 b=1 c=8 | ours b=0 c=0: they fail apart | waits b c
# %% f
def f(x): return 7
get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\n"])

# ==== again-hidden-notes
# A hidden test notes what is wrong for the last one, and a locked cell looks whether there is an answer.
# %% l | locked
seen = []
def note(ok): seen.append(ok)
def safe(g, *a):
    try: return g(*a)
    except Exception: return None
# %% f | answer
def f(x): return x * x
# %% g | locked
try: f
except NameError: seen.append(False)
# %% a | hidden 1
note(safe(f, 2) == 4); note(safe(f, 3) == 9)
# %% c | test 8
assert False not in seen
# == wrong: a constant | stock a=1 c=0
# %% f
def f(x): return 7
# == stub: unwritten | stock a=0 c=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: runs no test in the kernel | stock a=1 c=8 | ours c=0: it fails apart | waits c
# %% f
def f(x): return 7
get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\n"])

# ==== again-hidden-global
# A hidden test lowers a global score, which a later one shows.
# %% l | locked
score = 8
def need(ok):
    global score
    if not ok: score -= 4
# %% f | answer
def f(x): return x * x
# %% a | hidden 1
need(f(2) == 4); need(f(3) == 9)
# %% c | test 8
score
# == wrong: a constant | stock a=1 c=0
# %% f
def f(x): return 7
# == attack: runs no test in the kernel | stock a=1 c=8 | ours c=0: it fails apart
# %% f
def f(x): return 7
get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\n"])

# ==== again-beside-notes
# A test that looks into the learner's code notes what is wrong for the last one.
# %% l | locked
seen = []
def note(ok): seen.append(ok)
def safe(g, *a):
    try: return g(*a)
    except Exception: return None
# %% f | answer
def f(x): return x * x
# %% g | locked
try: f
except NameError: seen.append(False)
# %% a | test 1
import inspect
note("return" in inspect.getsource(f)); note(safe(f, 3) == 9)
# %% c | test 8
assert False not in seen
# == wrong: a constant | stock a=1 c=0
# %% f
def f(x): return 7
# == attack: runs no test in the kernel | stock a=1 c=8
# %% f
def f(x): return 7
get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\n"])

# ==== again-import-answer
# The solution imports what tests read; nobody else may get it from there.
# %% f | answer
from statistics import median as middle
# %% t | test 2
assert middle([1, 2, 9]) == 2
# %% u | hidden 2
assert middle([4, 1, 2, 9]) == 3
# == wrong: empty | stock t=0 u=0
# %% f
pass
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: unwritten, and runs no test in the kernel | stock t=2 u=2 | ours t=0 u=0: apart it is missing | waits t u
# %% f
get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\n"])
raise NotImplementedError()
# == attack: nothing, and runs no test in the kernel | stock t=2 u=2 | ours t=0 u=0: apart it is missing | waits t u
# %% f
get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\n"])

# ==== again-score-bits
# What a hidden test says is told by the scores of others.
# %% f | answer
def f(x): return x * x
# %% h | hidden 2
# the secret is 4711
assert f(4711) == 4711 ** 2
# %% t | test 5
assert f(3) == 9
# %% u | test 5
assert f(4) == 16
# == attack: two digits in each | stock h=2 t=1.47 u=1.11 | ours t=0 u=0: and nothing is told of the fourth run | waits t u
# %% f
import re
def f(x): return x * x
def tell(*a):
    found = re.findall(r"secret is (\d\d)(\d\d)", "".join(In))
    if found and "f(3)" in In[-1]: get_ipython().displayhook(1 + int(found[0][0]) / 100)
    if found and "f(4)" in In[-1]: get_ipython().displayhook(1 + int(found[0][1]) / 100)
get_ipython().events.register("post_execute", tell)

# ==== again-mixed-hidden
# What a hidden test says is told by the end of the process, an exception or its own score.
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert f(3) == 9
# %% h | hidden 2
# the secret is 4711
assert f(12) == 144
# %% u | test 2
assert f(5) == 25
# == attack: raises with its text in a later test | stock t=2 h=2 u=0
# %% f
def f(x):
    if x == 5 and In[-1].startswith("assert f(5)"):
        raise ValueError("told: " + " / ".join(c for c in In if "secret" in c and "def f" not in c))
    return x * x
# == attack: exits in it where it sees its text | stock t=- h=- u=- | ours t=2 h=2 u=2: in a process of their own | waits h
# %% f
import os
def f(x):
    if x == 12 and "the secret" + " is 47" in In[-1]: os._exit(7)
    return x * x
# == attack: shows a score in it | stock t=2 h=0.47 u=2 | ours h=0: and nothing is told of the fourth run | waits h
# %% f
def f(x): return x * x
def tell():
    if "the secret" + " is" in In[-1]: get_ipython().displayhook(0.47)
get_ipython().events.register("post_execute", tell)

# ==== again-copies
# A test of a copy, and a hidden one of given data, which are changed in place.
# %% f | answer
def copied(xs): return list(xs)
def top(xs): return sorted(xs)[-1]
# %% t | test 2
xs = [1, 2]
ys = copied(xs)
ys.append(3)
assert xs == [1, 2]
# %% u | hidden 4
zs = [3, 1, 2]
assert top(zs) == 3 and zs == [3, 1, 2]
# == wrong: no copy, in place | stock t=0 u=0 | waits u
# %% f
def copied(xs): return xs
def top(xs):
    xs.sort()
    return xs[-1]
# == attack: the same, and runs no test in the kernel | stock t=2 u=4
# %% f
def copied(xs): return xs
def top(xs):
    xs.sort()
    return xs[-1]
get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\n"])

# ==== again-top-name
# Names of a test are those of the answers' own parameters and locals, too.
# %% f | answer
def top(xs): return sorted(xs)[-1]
class Stack:
    def __init__(self): self.items = []
    def push(self, item): self.items.append(item)
    def top(self):
        item = self.items[-1]
        return item
# %% t | test 2
xs = [3, 1]
assert top(xs) == 3
# %% u | test 2
item = 5
s = Stack()
s.push(item)
assert s.top() == 5
# == wrong: zero | stock t=0 u=0
# %% f
def top(xs): return 0
class Stack:
    def push(self, item): pass
    def top(self): return 0
# == attack: zero, and runs no test in the kernel | stock t=2 u=2 | ours t=0 u=0: they fail apart | waits t u
# %% f
def top(xs): return 0
class Stack:
    def push(self, item): pass
    def top(self): return 0
get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\n"])

# ==== again-message-own
# An exception of the source's with a message of its own, for an honest answer that a remote proxy can't show.
# %% l | locked
class Wrong(AssertionError):
    def as_message(self): return {"headline": str(self), "todo": "look at the keys again"}
def expect(ok, text):
    if not ok: raise Wrong(text)
# %% f | answer
def keys(d): return set(d)
# %% t | test 2
expect(keys({"a": 1}) == {"a"}, "the keys are wrong")
# %% u | test 2
assert keys({"a": 1}) == {"a"}, "the keys are wrong"
# == honest: a view | stock t=2 u=2
# %% f
def keys(d): return d.keys()
# == wrong: the values | stock t=0 u=0
# %% f
def keys(d): return set(d.values())

# ==== again-hidden-repr
# A hidden test of an object's own repr.
# %% f | answer
class P:
    def __init__(self, x): self.x = x
    def __repr__(self): return f"P({self.x})"
# %% t | test 2
assert repr(P(1)) == "P(1)"
# %% u | hidden 2
assert repr(P(2)) == "P(2)"
# == honest: in other words | stock t=2 u=2
# %% f
class P:
    def __init__(self, x): self.x = x
    def __repr__(self): return "P(" + str(self.x) + ")"
# == half: a constant | stock t=2 u=0
# %% f
class P:
    def __init__(self, x): self.x = x
    def __repr__(self): return "P(1)"

# ==== again-score-kinds
# Scores that are a mean, a fraction, and a sum of truths divided.
# %% l | locked
import numpy as np
from fractions import Fraction
# %% f | answer
def f(x): return x * x
# %% t | test 2
2 * np.mean([f(2) == 4, f(3) == 9])
# %% u | test 2
Fraction(int(f(2) == 4) + int(f(3) == 9))
# %% v | test 2
right = (f(2) == 4) + (f(3) == 9) + (f(1) == 1)
right / 3 * 2
# == wrong: a constant | stock t=2 u=2 v=0 | ours t=0 u=0: a number of any class is a score
# %% f
def f(x): return 7
# == half: right for two | stock t=2 u=2 v=0.666667 | ours t=1 u=1: a number of any class is a score
# %% f
def f(x): return x + x
# == half: two of three, and shows fewer digits | stock t=2 u=2 v=1.33
# %% f
%precision 2
def f(x): return {2: 4, 3: 9}.get(x, 0)

# ==== again-input
# An answer reads from the keyboard, of which there is none, or has another process work for it.
# %% f | answer
def f(): return 5
# %% t | test 2
assert f() == 5
# == wrong: takes the end of the input for a five | stock t=0
# %% f
def f():
    try: return int(input())
    except EOFError: return 5
# == wrong: takes no input for a five | stock t=2
# %% f
import sys
def f(): return 5 if sys.stdin.read() == "" else 4
# == honest: a module that it writes | stock t=2
# %% f
with open("mymod.py", "w") as file: file.write("def f(): return 5\n")
from mymod import f

# ==== once-import
# The first test imports what the others use, and stops at an unwritten answer.
# %% squares | answer
def squares(n): return [k * k for k in range(n)]
# %% squares_test | test 1
import math
assert math.isclose(sum(squares(3)), 5)
# %% halves | answer
def halves(n): return [k / 2 for k in range(n)]
# %% halves_test | test 1
assert math.isclose(sum(halves(3)), 1.5)
# %% thirds | answer
def thirds(n): return [k / 3 for k in range(n)]
# %% thirds_test | test 1
assert math.isclose(sum(thirds(4)), 2)
# == half: squares unwritten, all else right | stock squares_test=0 halves_test=1 thirds_test=1
# %% squares
# YOUR CODE HERE
raise NotImplementedError()

# ==== once-in-place
# A test whose answer changes given data stops at an unwritten answer, and runs no second time.
# %% l | locked
data = [3, 1, 2]
# %% f | answer
def f(xs): return sorted(xs)
# %% g | answer
def g(xs): return max(xs)
# %% t | test 2
assert f(data) == [1, 2, 3]
assert g(data) == 3
# %% u | test 2
assert data == [3, 1, 2]
# == wrong: sorts in place, g unwritten | stock t=0 u=0
# %% f
def f(xs):
    xs.sort()
    return xs
# %% g
# YOUR CODE HERE
raise NotImplementedError()

# ==== once-in-the-third-process
# The same, where a hidden test runs beside the answers and reads what a test of an unwritten answer has set.
# %% f | answer
def f(x):
    """Square."""
    return x * x
# %% g | answer
def g(x): return x + 1
# %% t | test 2
cases = [1, 2, 3]
for x in cases: assert g(x) == x + 1
# %% u | test 2
assert f.__doc__ and all(f(x) == x * x for x in cases)
# %% h | hidden 2
assert f.__doc__ and all(f(x) == x * x for x in cases)
# == half: g unwritten | stock t=0 u=2 h=2
# %% g
# YOUR CODE HERE
raise NotImplementedError()
