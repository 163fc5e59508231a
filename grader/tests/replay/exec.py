# ==== exec-answers-by-exec
# The solution itself defines its name in a text.
# %% f | answer
exec("def f(x): return x * x")
globals()["g"] = lambda x: x + 1
# %% t | test 2
assert f(3) == 9
# %% u | test 1
assert g(1) == 2
# == honest: in words | stock t=2 u=1
# %% f
def f(x): return x * x
def g(x): return x + 1
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
g = f
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== exec-code-of-cells
# Tests look at what was typed.
# %% f | answer
def f(xs):
    total = 0
    for x in xs:
        total += x
    return total
# %% t | test 1
assert not any("sum(" in cell for cell in In[:-1])
# %% u | test 1
import inspect, ast
tree = ast.parse(inspect.getsource(f))
assert any(isinstance(node, ast.For) for node in ast.walk(tree))
# %% v | test 2
assert f([1, 2]) == 3
# == honest: a while | stock t=1 u=1 v=2
# %% f
def f(xs):
    total = 0
    for i in range(len(xs)): total += xs[i]
    return total
# == wrong: sum | stock t=0 u=0 v=2
# %% f
def f(xs): return sum(xs)
# == half: a loop that adds nothing | stock t=1 u=1 v=0
# %% f
def f(xs):
    for x in xs: pass
    return 0

# ==== exec-defines-the-judge
# The source defines its judge by exec, and one of its answers has no statements.
# %% scratch | answer
# a place for notes
# %% judge | locked
exec("def check(v): return v == 9\nwant = 9")
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert check(f(3))
# %% u | test 1
assert f(3) == want
# == honest: notes | stock t=2 u=1
# %% scratch
notes = "3 * 3"
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == attack: a judge in the scratch | stock t=2 u=1 | ours t=0 u=0: what it defines there judges nothing | waits t u
# %% f
def f(x): return 7
# %% + f
def check(v): return True
want = 7
# == attack: a judge in the answer | stock t=2 u=1 | ours t=0 u=0: what an answer defines besides judges nothing | waits t u
# %% f
def f(x): return 7
def check(v): return True
want = 7

# ==== exec-in-an-open-cell
# An open cell defines the judge by exec, another one by %run; an answer has no statements.
# %% write | locked
%%writefile helper.py
def near(a, b): return abs(a - b) < 1e-6
# %% judge | open
exec("def check(v): return v == 9")
# %% run | open
%run helper.py
# %% scratch | answer
# notes
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert check(f(3))
# %% u | test 1
assert near(f(3), 9)
# == honest: notes | stock t=2 u=1
# %% scratch
notes = 3
# == honest: writes the judge out | stock t=2 u=1
# %% judge
def check(v): return v == 9
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: judges of its own | stock t=2 u=1 | ours t=0 u=0: the judges are the source's | waits t u
# %% f
def f(x): return 7
# %% + f
def check(v): return True
near = max

# ==== exec-in-an-open-cell-of-one-answer
# The same without tests that read the names elsewhere: the learner's own judge is no judge.
# %% judge | locked
%%capture
exec("def check(v): return v == 9")
# %% scratch | answer
# notes
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert check(f(3))
# == wrong: a constant | stock t=0
# %% f
def f(x): return 7
# == honest: another style | stock t=2
# %% f
f = lambda x: x ** 2
# == attack: a judge of its own | stock t=2 | ours t=0: the judge is the source's | waits t
# %% f
def f(x): return 7
# %% + f
def check(v): return True

# ==== exec-looked-up
# Tests get answers by eval, globals() and getattr of the main module.
# %% f | answer
def f(x): return x * x
n = 3
# %% t | test 1
assert eval("f(3)") == 9
# %% u | test 1
assert globals()["f"](n) == 9 and "n" in globals()
# %% v | test 1
import __main__
assert __main__.f(2) == 4 and hasattr(__main__, "n")
# %% w | test 1
namespace = {"f": f}
exec("y = f(4)", namespace)
assert namespace["y"] == 16
# == honest: lambda | stock t=1 u=1 v=1 w=1
# %% f
n, f = 3, lambda x: x * x
# == wrong: a constant | stock t=0 u=0 v=0 w=0
# %% f
def f(x): return 7
n = 3
# == half: no n | stock t=1 u=0 v=0 w=1
# %% f
def f(x): return x * x
# == stub: unwritten | stock t=0 u=0 v=0 w=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== exec-run-a-file
# A locked cell writes a module, another one runs it; a third imports it.
# %% write | locked
%%writefile judge.py
def check(v): return v == 9
LIMIT = 9
# %% run | locked
%run judge.py
import judge as same
# %% f | answer
def f(x): return x * x
# %% t | test 2
assert check(f(3)) and f(3) <= LIMIT
# %% u | test 1
assert same.check(f(3))
# == honest: another style | stock t=2 u=1
# %% f
f = lambda x: x ** 2
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== judge-asserts-in-a-locked-cell
# A locked cell asserts by itself, and defines what comes behind it; functions of it assert, too.
# %% f | answer
def f(x): return x * x
# %% sanity | locked
assert f(3) == 9, "look again"
passed = ["sanity"]
# %% tests | locked
def test_small(): assert f(2) == 4
def test_all():
    test_small()
    passed.append("small")
    return "OK"
# %% t | test 2
assert passed[0] == "sanity"
# %% u | test 2
assert test_all() == "OK" and passed == ["sanity", "small"]
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x): return 7
# == half: right for 3 | stock t=2 u=0
# %% f
def f(x): return 9
# == half: right for 2 | stock t=0 u=0
# %% f
def f(x): return 4
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == attack: says so | stock t=2 u=2 | ours t=0 u=0: the names are the source's | waits t u
# %% f
def f(x): return 7
# %% + tests
passed = ["sanity"]
def test_all():
    passed.append("small")
    return "OK"

# ==== judge-unittest-and-doctest
# A TestCase of the source's, and the examples in the answer's own docstring.
# %% cases | locked
import io, unittest, doctest
class TestF(unittest.TestCase):
    def setUp(self): self.cases = {2: 4, 3: 9}
    def test_squares(self):
        for x, y in self.cases.items():
            with self.subTest(x=x): self.assertEqual(f(x), y)
    def test_text(self):
        with self.assertRaises(TypeError): f("a")
# %% f | answer
def f(x):
    """Square it.

    >>> f(2)
    4
    """
    return x * x
# %% t | test 2
suite = unittest.defaultTestLoader.loadTestsFromTestCase(TestF)
result = unittest.TextTestRunner(stream=io.StringIO()).run(suite)
assert result.wasSuccessful() and result.testsRun == 2
# %% u | test 2
done = doctest.DocTestRunner(verbose=False)
for example in doctest.DocTestFinder().find(f, "f", globs={"f": f}): done.run(example, out=lambda s: None)
assert done.tries == 1 and done.failures == 0
# == honest: two examples in one | stock t=2 u=2
# %% f
def f(x):
    '''
    >>> f(-3)
    9'''
    return x ** 2
# == wrong: a constant | stock t=0 u=0
# %% f
def f(x):
    """
    >>> f(2)
    4
    """
    return 7
# == half: no example | stock t=2 u=0
# %% f
def f(x): return x * x
# == attack: cases of its own | stock t=2 u=0 | ours t=0: the cases are the source's | waits t
# %% f
def f(x): return 7
# %% + f
class TestF(unittest.TestCase):
    def test_a(self): pass
    def test_b(self): pass

# ==== mock-function-of-the-source
# A test puts another function in the place of the source's that the answer calls.
# %% fetch | locked
def fetch(url): return "real " + url
# %% f | answer
def title(url): return fetch(url).upper()
# %% t | test 1
assert title("a") == "REAL A"
# %% u | test 2
from unittest.mock import patch
with patch("__main__.fetch", return_value="fake") as fake:
    assert title("b") == "FAKE"
fake.assert_called_once_with("b")
# %% v | test 1
kept, fetch = fetch, lambda url: "other"
assert title("c") == "OTHER"
fetch = kept
# %% w | test 1
assert title("d") == "REAL D"
# == honest: two steps | stock t=1 u=2 v=1 w=1
# %% f
def title(url):
    page = fetch(url)
    return page.upper()
# == wrong: does not fetch | stock t=1 u=0 v=0 w=1
# %% f
def title(url): return ("real " + url).upper()
# == half: fetches when it is defined | stock t=1 u=0 v=0 w=1
# %% f
def title(url, get=fetch): return get(url).upper()

# ==== mock-input-and-print
# Tests replace input and print of Python's.
# %% f | answer
def ask():
    n = int(input("A number: "))
    print(n * 2)
    return n
# %% t | test 2
from unittest.mock import patch
with patch("builtins.input", return_value="3") as asked:
    assert ask() == 3
asked.assert_called_once()
# %% u | test 2
import builtins
printed, real = [], (builtins.print, builtins.input)
builtins.print, builtins.input = lambda *a: printed.append(a), lambda *a: "4"
try:
    ask()
finally:
    builtins.print, builtins.input = real
assert printed == [(8,)]
# == honest: in one line | stock t=2 u=2
# %% f
def ask():
    print(2 * (n := int(input())))
    return n
# == wrong: asks nobody | stock t=0 u=2
# %% f
def ask():
    print(8)
    return 3
# == half: prints nothing | stock t=2 u=0
# %% f
def ask(): return int(input())
# == stub: unwritten | stock t=0 u=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()

# ==== mock-not-called
# The answer must ask nobody, not sleep, not use Python's own sorted.
# %% f | answer
def third(xs):
    xs = [*xs]
    for _ in range(2): xs.remove(min(xs))
    return min(xs)
# %% t | test 2
from unittest.mock import patch
with patch("builtins.sorted", side_effect=AssertionError("no sorted")):
    assert third([3, 1, 2]) == 3
# %% u | test 1
with patch("time.sleep") as slept, patch("builtins.input") as asked:
    third([3, 1, 2])
slept.assert_not_called()
asked.assert_not_called()
# == honest: sorts a copy | stock t=2 u=1
# %% f
def third(xs):
    xs = [*xs]
    xs.sort()
    return xs[2]
# == wrong: heapq, which takes sorted | stock t=0 u=1
# %% f
import heapq
def third(xs): return heapq.nsmallest(3, xs)[-1]
# == wrong: sorted | stock t=0 u=1
# %% f
def third(xs): return sorted(xs)[2]
# == wrong: sleeps | stock t=2 u=0
# %% f
import time
def third(xs):
    time.sleep(0.01)
    return [*xs][0]
# == wrong: a constant | stock t=0 u=1
# %% f
def third(xs): return 2
