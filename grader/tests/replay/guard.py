# ==== runs-text-in-a-helper
# A locked function evaluates the text that it is passed, and a test passes it an answer's.
# %% l | locked
def value(formula, x): return eval(formula, {"x": x})
# %% double | answer
double = "2 * x"
# %% t | test 2
assert value(double, 4) == 8
# %% g | answer
def g(n): return n * n
# %% u | test 2
assert g(3) == 9
# %% h | hidden 2
assert g(5) == 25
# == wrong: thrice | stock t=0 u=2 h=2
# %% double
double = "3 * x"
# == attack: a formula that patches the test runner | stock t=2 u=0 h=0 | ours t=0: it isn't run | waits t
# %% double
double = r'''[exec("import sys\nif 'nbexaminer.judging.session.isolated' in sys.modules:\n    import nbexaminer.judging.session.isolated as i, nbexaminer.judging.session.test_runner as e\n    P = i.Result(i.Outcome.PASSED, e.NO_MESSAGE)\n    i.IsolatedTest.result = lambda self, P=P: P\n    e.TestSession._in_process = lambda self, run, index, P=P: P"), 2 * x][1]'''
# %% g
def g(n): return 7
# == attack: a formula that reads hidden tests | stock t=0 u=0 h=0
# %% double
double = r'''exec("import gc\nfor o in gc.get_objects():\n    if type(o) is dict and 'hidden' in o and 'code' in o and o['hidden']: raise AssertionError('LEAK ' + o['code'])")'''
# %% g
def g(n): return 7
# ==== runs-pickle-by-another-name
# Bytes of an answer are unpickled by a module that has another name.
# %% save | answer
import pickle
def save(x): return pickle.dumps(x)
# %% t | test 2
import pickle as pk
assert pk.loads(save([1, 2])) == [1, 2]
# %% g | answer
def g(n): return n * n
# %% u | test 2
assert g(3) == 9
# %% h | hidden 2
assert g(5) == 25
# == attack: what is unpickled patches the test runner | stock t=2 u=0 h=0 | ours t=0: it isn't run | waits t
# %% save
import pickle
code = r'''[exec("import sys\nif 'nbexaminer.judging.session.isolated' in sys.modules:\n    import nbexaminer.judging.session.isolated as i, nbexaminer.judging.session.test_runner as e\n    P = i.Result(i.Outcome.PASSED, e.NO_MESSAGE)\n    i.IsolatedTest.result = lambda self, P=P: P\n    e.TestSession._in_process = lambda self, run, index, P=P: P"), [1, 2]][1]'''
class Evil:
    def __reduce__(self): return eval, (code,)
def save(x): return pickle.dumps(Evil())
# %% g
def g(n): return 7
# ==== runs-pickle-of-numpy
# Bytes of an answer are unpickled by NumPy.
# %% save | answer
import io
import numpy as np
def save(x):
    file = io.BytesIO()
    np.save(file, np.array(x, dtype=object), allow_pickle=True)
    return file.getvalue()
# %% t | test 2
import io
import numpy as np
assert list(np.load(io.BytesIO(save([1, "a"])), allow_pickle=True)) == [1, "a"]
# %% g | answer
def g(n): return n * n
# %% h | hidden 2
assert g(5) == 25
# == attack: what is unpickled patches the test runner | stock t=2 h=0 | ours t=0: it isn't run | waits t
# %% save
import io
import numpy as np
code = r'''[exec("import sys\nif 'nbexaminer.judging.session.isolated' in sys.modules:\n    import nbexaminer.judging.session.isolated as i, nbexaminer.judging.session.test_runner as e\n    P = i.Result(i.Outcome.PASSED, e.NO_MESSAGE)\n    i.IsolatedTest.result = lambda self, P=P: P\n    e.TestSession._in_process = lambda self, run, index, P=P: P"), 1][1]'''
class Evil:
    def __reduce__(self): return eval, (code,)
def save(x):
    file = io.BytesIO()
    np.save(file, np.array([Evil(), "a"], dtype=object), allow_pickle=True)
    return file.getvalue()
# %% g
def g(n): return 7
# ==== runs-text-by-other-ways
# The same by a function of the test's own, by another name of eval's, in a method of a locked class.
# %% l | locked
class Calc:
    def __init__(self, text): self.text = text
    def at(self, x): return eval(self.text, {"x": x})
evaluate = eval
# %% double | answer
double = "2 * x"
# %% t | test 2
assert Calc(double).at(4) == 8
# %% u | test 2
def at(text, x): return eval(text)
assert at(double, 4) == 8
# %% v | test 2
x = 4
assert evaluate(double) == 8
# %% g | answer
def g(n): return n * n
# %% h | hidden 2
assert g(5) == 25
# == attack: a formula that patches the test runner | stock t=2 u=2 v=2 h=0 | ours t=0 u=0 v=0: it isn't run | waits t u v
# %% double
double = r'''[exec("import sys\nif 'nbexaminer.judging.session.isolated' in sys.modules:\n    import nbexaminer.judging.session.isolated as i, nbexaminer.judging.session.test_runner as e\n    P = i.Result(i.Outcome.PASSED, e.NO_MESSAGE)\n    i.IsolatedTest.result = lambda self, P=P: P\n    e.TestSession._in_process = lambda self, run, index, P=P: P"), 2 * x][1]'''
# %% g
def g(n): return 7
# ==== sympy-runs-text
# A test gives an answer's number to SymPy, which runs a text as Python.
# %% root | answer
root = 2
# %% t | test 2
import sympy
x = sympy.symbols("x")
assert (x**2 - 4).subs(x, root) == 0
# %% g | answer
def g(n): return n * n
# %% u | test 2
assert g(3) == 9
# %% h | hidden 2
assert g(5) == 25
# == attack: a text that patches the test runner | stock t=2 u=0 h=0 | ours t=0: it isn't run | waits t
# %% root
root = r'''exec("import sys\nif 'nbexaminer.judging.session.isolated' in sys.modules:\n    import nbexaminer.judging.session.isolated as i, nbexaminer.judging.session.test_runner as e\n    P = i.Result(i.Outcome.PASSED, e.NO_MESSAGE)\n    i.IsolatedTest.result = lambda self, P=P: P\n    e.TestSession._in_process = lambda self, run, index, P=P: P") or 2'''
# %% g
def g(n): return 7
# ==== score-kind-tells
# A hidden test's last line is what an answer gives, by a name; its kind has a name of the learner's.
# %% share | answer
def share(xs): return sum(x > 0 for x in xs) / len(xs)
# %% t | test 1
assert share([1, -1]) == 0.5
# %% h | hidden 1
points = share([17, 4, 23])
points
# == wrong: a text | stock t=0 h=1 | ours h=0: it is no number | waits h
# %% share
def share(xs): return "half"
# == attack: a named tuple whose name tells what it was asked | stock t=1 h=1 | ours h=0: it is no number | waits h
# %% share
from collections import namedtuple
def share(xs):
    if xs == [1, -1]: return 0.5
    return namedtuple("asked_" + "_".join(map(str, xs)), "a")(1)
# == attack: a member of an enumeration | stock t=1 h=1 | ours h=0: it is no number | waits h
# %% share
import enum
def share(xs):
    if xs == [1, -1]: return 0.5
    return enum.StrEnum("asked_" + "_".join(map(str, xs)), {"a": "b"}).a
# ==== runs-query-in-a-helper
# A locked function asks a table what an answer says.
# %% l | locked
import pandas as pd
df = pd.DataFrame({"a": [1, 2, 3]})
def rows(table, condition): return len(table.query(condition))
# %% condition | answer
condition = "a > 1"
# %% t | test 2
assert rows(df, condition) == 2
# %% g | answer
def g(n): return n * n
# %% h | hidden 2
assert g(5) == 25
# == attack: a condition that patches the test runner | stock t=2 h=0 | ours t=0: it isn't run | waits t
# %% condition
condition = r'''a > 1 + 0 * @pd.compat.sys.modules.get("builtins").bool(@pd.compat.sys.modules.get("builtins").exec("import sys\nif 'nbexaminer.judging.session.isolated' in sys.modules:\n    import nbexaminer.judging.session.isolated as i, nbexaminer.judging.session.test_runner as e\n    P = i.Result(i.Outcome.PASSED, e.NO_MESSAGE)\n    i.IsolatedTest.result = lambda self, P=P: P\n    e.TestSession._in_process = lambda self, run, index, P=P: P"))'''
# %% g
def g(n): return 7
# ==== writes-where-an-answer-says
# A locked function writes an answer's text into a file that an answer names; a module is imported later.
# %% l | locked
def save(name, lines):
    with open(name, "w") as file:
        for line in lines: print(line, file=file)
# %% f | answer
name = "notes.txt"
def lines(): return ["a", "b"]
# %% t | test 2
save(name, lines())
assert open(name).read() == "a\nb\n"
# %% g | answer
def g(n): return n * n
# %% u | test 2
import os, sys
sys.path.insert(0, os.getcwd())
import colorsys
assert g(3) == 9
# %% h | hidden 2
assert g(5) == 25
# == attack: a module | stock t=0 u=0 h=0
# %% f
name = "colorsys.py"
def lines(): return ["import sys", "if 'nbexaminer.judging.session.isolated' in sys.modules:", "    import nbexaminer.judging.session.isolated as i, nbexaminer.judging.session.test_runner as e", "    P = i.Result(i.Outcome.PASSED, e.NO_MESSAGE)", "    i.IsolatedTest.result = lambda self, P=P: P", "    e.TestSession._in_process = lambda self, run, index, P=P: P"]
# %% g
def g(n): return 7
# ==== lends-what-runs-text
# A test lends a function of Python's that runs a text, by another name of its own.
# %% l | locked
run = eval
# %% apply | answer
def apply(f, x): return f(str(x) + " * 2")
# %% t | test 2
assert apply(run, 4) == 8
# %% g | answer
def g(n): return n * n
# %% h | hidden 2
assert g(5) == 25
# == honest: the other way | stock t=2 h=2
# %% apply
def apply(f, x): return f("2 * " + str(x))
# == attack: what it has run patches the test runner | stock t=2 h=0 | ours t=0: it isn't run | waits t
# %% apply
code = """[(lambda m: [
    setattr(m[ISO].IsolatedTest, "result", lambda self: m[ISO].Result(m[ISO].Outcome.PASSED, m[EXA].NO_MESSAGE)),
    setattr(m[EXA].TestSession, "_in_process", lambda self, run, index: m[ISO].Result(m[ISO].Outcome.PASSED, m[EXA].NO_MESSAGE)),
] if ISO in m else 0)(__import__("sys").modules), 8][1]"""
code = code.replace("ISO", "'nbexaminer.judging.session.isolated'").replace("EXA", "'nbexaminer.judging.session.test_runner'")
def apply(f, x): return f(code)
# %% g
def g(n): return 7

# ==== writes-a-compiled-module
# A locked function writes an answer's bytes into a file that an answer names; a module is imported later.
# %% l | locked
def save(name, data):
    with open(name, "wb") as file: file.write(data)
# %% f | answer
name = "notes.bin"
def data(): return b"abc"
# %% t | test 2
save(name, data())
assert len(open(name, "rb").read()) > 2
# %% g | answer
def g(n): return n * n
# %% u | test 2
import os, sys
sys.path.insert(0, os.getcwd())
import colorsys
assert g(3) == 9
# %% h | hidden 2
assert g(5) == 25
# == attack: a compiled module | stock t=2 u=0 h=0
# %% f
name = "colorsys.pyc"
def data():
    import importlib.util, marshal
    lines = ["import sys", "if 'nbexaminer.judging.session.isolated' in sys.modules:", "    import nbexaminer.judging.session.isolated as i, nbexaminer.judging.session.test_runner as e", "    P = i.Result(i.Outcome.PASSED, e.NO_MESSAGE)", "    i.IsolatedTest.result = lambda self, P=P: P", "    e.TestSession._in_process = lambda self, run, index, P=P: P"]
    return importlib.util.MAGIC_NUMBER + bytes(12) + marshal.dumps(compile("\n".join(lines), "/usr/lib/python3/colorsys.py", "exec"))
# %% g
def g(n): return 7

# ==== unittest-shows-where
# A test is a class of unittest.
# %% f | answer
def f(x): return 2 * x
# %% t | test 2
import unittest
class Test(unittest.TestCase):
    def test_f(self):
        self.assertEqual(f(2), 4)
result = unittest.TextTestRunner().run(unittest.defaultTestLoader.loadTestsFromTestCase(Test))
assert result.wasSuccessful()
# %% h | hidden 2
class Test2(unittest.TestCase):
    def test_f(self):
        self.assertEqual(f(3), 6)
result = unittest.TextTestRunner().run(unittest.defaultTestLoader.loadTestsFromTestCase(Test2))
assert result.wasSuccessful()
# %% a | test 1 apart
class Test3(unittest.TestCase):
    def test_f(self):
        self.assertEqual(f(4), 8)
result = unittest.TextTestRunner().run(unittest.defaultTestLoader.loadTestsFromTestCase(Test3))
assert result.wasSuccessful()
# == stub: unwritten | stock t=0 h=0 a=0
# %% f
# YOUR CODE HERE
raise NotImplementedError()
# == wrong: raises | stock t=0 h=0 a=0
# %% f
def f(x): return x / 0
# == wrong: thrice | stock t=0 h=0 a=0
# %% f
def f(x): return 3 * x

# ==== traceback-of-an-answer
# A test prints where an answer failed, and gives a part.
# %% f | answer
def f(x): return 2 * x
# %% t | test 2
import traceback
right = 0
for x in (2, 0):
    try:
        right += f(x) == 2 * x
    except Exception:
        print(traceback.format_exc())
right
# %% a | test 2 apart
import traceback
right = 0
for x in (2, 0):
    try:
        right += f(x) == 2 * x
    except Exception:
        print(traceback.format_exc())
right
# == half: it divides | stock t=1 a=1
# %% f
def f(x): return 2 * x if x else 1 / x
# == half: in two lines | stock t=1 a=1
# %% f
def f(x):
    if x == 0: raise ValueError("no")
    return 2 * x

# ==== query-at
# A locked function asks a table what an answer says.
# %% l | locked
import pandas as pd
df = pd.DataFrame({"a": [1, 2, 3]})
limit = 1
def rows(table, condition): return len(table.query(condition))
# %% condition | answer
condition = "a > @limit"
# %% t | test 2
assert rows(df, condition) == 2
# == honest: the other way round | stock t=2
# %% condition
condition = "@limit < a"
# == honest: without blanks | stock t=2
# %% condition
condition = "a>@limit"

# ==== vocabulary-of-the-source
# The source uses attrgetter, methodcaller and sys, and has eval in a helper.
# %% l | locked
import sys
from operator import attrgetter, methodcaller
def capitals(text): return sum(c.isupper() for c in text)
loaded = sorted(sys.modules, key=methodcaller("lower"))
def best(items): return max(items, key=attrgetter("size"))
def value(formula, x): return eval(formula)
# %% double | answer
double = "2 * x"
# %% t | test 2
assert value(double, 4) == 8
# %% g | answer
def g(n): return n * n
# %% u | test 2
assert g(3) == 9
# %% h | hidden 2
assert g(5) == 25
# == attack: names in pieces patch the test runner | stock t=2 u=0 h=0 | ours t=0: it isn't run | waits t
# %% double
def name(text): return "(lambda x: (x * %d) %% (%s))('%%c')" % (len(text), ", ".join(str(ord(c)) for c in text) + ",")
def module(text): return "sys.modules[%s]" % name(text)
def get(of, text): return "attrgetter(%s)(%s)" % (name(text), of)
iso, exa = "nbexaminer.judging.session.isolated", "nbexaminer.judging.session.test_runner"
passed = get(module(iso), "Result") + "(%s, %s)" % (get(module(iso), "Outcome.PASSED"), get(module(exa), "NO_MESSAGE"))
def patch(of, what): return "methodcaller(%s, %s, %s, lambda *x: %s)(%s)" % (name("setattr"), of, name(what), passed, module("builtins"))
both = patch(get(module(iso), "IsolatedTest"), "result"), patch(get(module(exa), "TestSession"), "_in_process")
double = "[%s in sys.modules and [%s, %s], 2 * x][1]" % (name(iso), *both)
# %% g
def g(n): return 7

# ==== dataclasses-beside-one-of-words
# A test makes dataclasses; a locked function makes one of an answer's words.
# %% l | locked
from dataclasses import dataclass, make_dataclass
def record(names, *values): return make_dataclass("Record", names)(*values)
# %% f | answer
def f(x): return 2 * x
names = ["a", "b"]
# %% t | test 2
@dataclass
class Case:
    x: int
    y: int
assert all(f(c.x) == c.y for c in [Case(1, 2), Case(3, 6)])
# %% u | test 2
assert record(names, 1, 2) is not None
# %% h | hidden 2
@dataclass(order=True)
class Case:
    x: int
    y: int = 0
assert f(Case(1).x) == 2 and Case(1) < Case(2)
# == honest: other names | stock t=2 u=2 h=2 | ours u=0: it isn't run | waits u
# %% f
def f(x): return x + x
names = ["first", "second"]

# ==== yaml-in-a-helper
# A locked function loads an answer's YAML, with any object.
# %% l | locked
import yaml
def loaded(text): return yaml.load(text, Loader=yaml.UnsafeLoader)
# %% save | answer
text = "[1, 2]"
# %% t | test 2
assert loaded(text) == [1, 2]
# %% g | answer
def g(n): return n * n
# %% h | hidden 2 apart
assert g(5) == 25
# == attack: it calls setattr | stock t=0 h=0
# %% save
text = """
- !!python/object/apply:builtins.setattr [!!python/name:nbexaminer.judging.session.isolated.IsolatedTest '', result, !!python/object/apply:functools.partial [!!python/name:nbexaminer.judging.session.isolated.Result '', !!python/object/apply:nbexaminer.judging.session.verdicts.Outcome [passed], !!python/name:nbexaminer.judging.session.test_runner.NO_MESSAGE '']]
"""
# %% g
def g(n): return 7
