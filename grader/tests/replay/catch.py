# ==== catch-assert-raises
# unittest's and contextlib's ways to expect an exception.
# %% f | answer
def f(x):
    if x < 0: raise ValueError("negative")
    return x * x
# %% judge | locked
import unittest, contextlib
case = unittest.TestCase()
with contextlib.suppress(ValueError):
    reached = False
    f(-1)
    reached = True
# %% t | test 1
with case.assertRaises(ValueError) as caught:
    f(-2)
assert str(caught.exception) == "negative"
case.assertEqual(f(2), 4)
# %% u | test 1
assert not reached
# %% v | test 1
case.assertRaisesRegex(ValueError, "neg", f, -3)
# == wrong: raises nothing | stock t=0 u=0 v=0
# %% f
def f(x): return x * x
# == wrong: another type | stock t=0 u=1 v=0
# %% f
def f(x):
    if x < 0: raise RuntimeError("negative")
    return x * x
# == stub: unwritten | stock t=0 u=1 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: a judge of its own | stock t=1 u=1 v=1 | ours t=0 u=0 v=0: the judge is the source's | waits t u v
# %% f
def f(x): return 0
# %% + judge
class case:
    assertEqual = assertRaisesRegex = lambda *a: None
    def assertRaises(e): return contextlib.nullcontext(type("C", (), {"exception": "negative"}))
reached = False

# ==== catch-everything
# A bare except takes what the answer does, its own end and an endless loop included.
# %% f | answer
def f(x):
    if x < 0: raise ValueError("negative")
    return x * x
# %% t | test 1
try:
    f(-1)
except:
    pass
# %% u | test 2
assert f(3) == 9
# == honest: returns nothing for it | stock t=1 u=2
# %% f
def f(x):
    return None if x < 0 else x * x
# == wrong: ends its process | stock t=- u=-
# %% f
import os
def f(x):
    if x < 0: os._exit(3)
    return 7
# == half: ends its process, and is right otherwise | stock t=- u=- | ours u=2: the next test has a new process
# %% f
import os
def f(x):
    if x < 0: os._exit(3)
    return x * x
# == half: says exit | stock t=1 u=2
# %% f
import sys
def f(x):
    if x < 0: sys.exit(1)
    return x * x
# == stub: unwritten | stock t=1 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== catch-exception-of-the-answer
# The answer defines the exception that tests catch.
# %% f | answer
class Empty(Exception):
    pass
class Stack:
    def __init__(self): self.items = []
    def push(self, x): self.items.append(x)
    def pop(self):
        if not self.items: raise Empty("nothing there")
        return self.items.pop()
# %% t | test 2
s = Stack()
s.push(1)
assert s.pop() == 1
try:
    s.pop()
    assert False
except Empty as error:
    assert "nothing" in str(error)
# %% u | test 1
assert issubclass(Empty, Exception)
# == honest: a subclass of another | stock t=2 u=1
# %% f
class Empty(IndexError):
    pass
class Stack(list):
    push = list.append
    def pop(self):
        if not len(self): raise Empty("nothing there")
        return list.pop(self)
# == wrong: raises another | stock t=0 u=1
# %% f
class Empty(Exception): pass
class Stack(list):
    push = list.append
# == wrong: no exception class | stock t=0 u=0
# %% f
Empty = ValueError("nothing there")
class Stack(list):
    push = list.append
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== catch-finally
# A finally is run where the answer raises, and names that come after it are missing.
# %% f | answer
def f(x): return x * x
# %% calls | locked
done = []
try:
    y = f(3)
    z = f("3" * 0 or 2)
finally:
    done.append("end")
w = y + z
# %% t | test 1
assert done == ["end"]
# %% u | test 1
assert y == 9
# %% v | test 1
assert w == 13
# == wrong: a constant | stock t=1 u=1 v=0
# %% f
def f(x): return 9
# == half: raises at the second | stock t=1 u=1 v=0
# %% f
def f(x): return {3: 9}[x]
# == stub: unwritten | stock t=1 u=0 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== catch-flag
# A locked try notes whether the answer raises; a missing name raises, too.
# %% f | answer
def f(x):
    if not isinstance(x, int): raise TypeError("no number")
    return x * x
# %% calls | locked
try:
    f("a")
    raised = False
except Exception:
    raised = True
# %% t | test 2
assert raised
# %% u | test 1
assert f(3) == 9
# == honest: another exception | stock t=2 u=1
# %% f
def f(x): return x * x + 0
# == wrong: takes everything | stock t=0 u=1
# %% f
def f(x): return 9
# == stub: unwritten | stock t=2 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == stub: a body that is not written | stock t=2 u=0
# %% f
def f(x):
    raise NotImplementedError()
# == attack: says so | stock t=2 u=1 | ours t=0: the flag is the source's | waits t
# %% f
def f(x): return 9
# %% + calls
raised = True

# ==== catch-locked-flag-of-a-missing-name
# A locked bare except: which error it was, nobody asks.
# %% f | answer
def parse(text):
    if not text: raise ValueError("empty")
    return int(text)
# %% calls | locked
errors = 0
for text in ("", "x", "3"):
    try:
        parse(text)
    except:
        errors += 1
try:
    value = parse("7")
except Exception as error:
    value = type(error).__name__
# %% t | test 2
assert errors == 2
# %% u | test 1
assert value == 7
# %% v | test 1
assert isinstance(value, int) and parse("8") == 8
# == honest: int alone raises for both | stock t=2 u=1 v=1
# %% f
def parse(text): return int(text)
# == wrong: never raises | stock t=0 u=1 v=1
# %% f
def parse(text): return int(text) if text.isdigit() else 0
# == wrong: raises for all | stock t=0 u=0 v=0
# %% f
def parse(text): return int(text + "x")
# == stub: unwritten | stock t=0 u=0 v=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == half: exits for empty ones | stock t=2 u=1 v=1
# %% f
import sys
def parse(text):
    if not text: sys.exit()
    return int(text)

# ==== catch-missing-name
# A locked cell looks whether there is an answer.
# %% f | answer
def f(x): return x * x
# %% there | locked
try:
    f
except NameError:
    there = False
else:
    there = True
# %% t | test 1
assert there
# %% u | test 1
assert callable(f) and f(2) == 4
# == honest: an object that can be called | stock t=1 u=1
# %% f
class F:
    def __call__(self, x): return x * x
f = F()
# == wrong: another name | stock t=0 u=0
# %% f
def g(x): return x * x
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == wrong: a number | stock t=1 u=0
# %% f
f = 4
# == attack: says so | stock t=1 u=0 | ours t=0: the flag is the source's | waits t
# %% f
g = 1
# %% + there
there = True

# ==== catch-own-exception-of-the-source
# An exception class of a locked cell, raised by the answer, caught by locked cell and test.
# %% errors | locked
class Empty(Exception):
    def __init__(self, what="stack"):
        super().__init__(f"{what} is empty")
        self.what = what
# %% f | answer
def pop(xs):
    if not xs: raise Empty("list")
    return xs[-1]
# %% calls | locked
try:
    pop([])
    got = None
except Empty as error:
    got = error.what
# %% t | test 2
assert got == "list"
# %% u | test 1
try:
    pop([])
except Empty:
    pass
else:
    raise AssertionError
assert pop([1, 2]) == 2
# == honest: raised by a helper | stock t=2 u=1
# %% f
def pop(xs):
    return xs[-1] if xs else fail("list")
# %% + f
def fail(what): raise Empty(what)
# == wrong: IndexError | stock t=0 u=0
# %% f
def pop(xs): return xs[-1]
# == half: another text | stock t=0 u=1
# %% f
def pop(xs):
    if not xs: raise Empty
    return xs[-1]
# == wrong: a class of the same name | stock t=0 u=0
# %% f
class Empty(Exception): what = "list"
def pop(xs):
    if not xs: raise ValueError
    return xs[-1]
# == attack: says so where a class of the source's has the test run in-process | stock t=2 u=0
# %% f
def pop(xs): return 2
# %% + calls
got = "list"

# ==== catch-system-exit
# A test catches SystemExit and KeyboardInterrupt from an answer.
# %% f | answer
import sys
def f(x):
    if x < 0: sys.exit(2)
    return x
# %% t | test 2
try:
    f(-1)
    code = None
except SystemExit as error:
    code = error.code
assert code == 2
# %% u | test 1
assert f(1) == 1
# == honest: raises it itself | stock t=2 u=1
# %% f
def f(x):
    if x < 0: raise SystemExit(2)
    return x
# == wrong: another code | stock t=0 u=1
# %% f
def f(x):
    if x < 0: raise SystemExit(1)
    return x
# == wrong: ValueError | stock t=0 u=1
# %% f
def f(x):
    if x < 0: raise ValueError(2)
    return x

# ==== catch-type-of-the-exception
# A test tells exceptions by their type.
# %% f | answer
def f(x):
    if x < 0: raise ValueError("negative")
    return x ** 0.5
# %% t | test 2
try:
    f(-1)
except ValueError as error:
    assert "negative" in str(error) and error.args == ("negative",)
except Exception:
    assert False, "another exception"
else:
    assert False, "none"
# %% u | test 1
try:
    f("a")
except (TypeError, KeyError):
    ok = True
assert ok
# == honest: a class of its own | stock t=2 u=1
# %% f
class Negative(ValueError): pass
def f(x):
    if x < 0: raise Negative("negative")
    return x ** 0.5
# == wrong: another type | stock t=0 u=1
# %% f
def f(x):
    if x < 0: raise KeyError("negative")
    return x ** 0.5
# == wrong: none | stock t=0 u=1
# %% f
def f(x): return abs(x) ** 0.5
# == half: no text | stock t=0 u=1
# %% f
def f(x):
    if x < 0: raise ValueError
    return x ** 0.5
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == wrong: raises a text's error as a base class | stock t=0 u=0
# %% f
def f(x):
    if x == "a": raise LookupError
    raise Exception("negative")
