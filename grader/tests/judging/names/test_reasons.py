"""What a test's text says of why it has to run beside the answers, and what of it answers behind it
find while it runs apart; nothing is run but that."""

from __future__ import annotations

from typing import Any

import pytest

from nbexaminer.judging.names.reasons import reason
from nbexaminer.judging.names.steps import lent_to, steps_of
from nbexaminer.judging.notebook.source import read_source
from support.notebooks import answer, check, source_of

ANSWERS = """\
class P: pass
class Sad(Exception): pass
def f(x):
    return A @ x
"""
REASONS = {
    "with patch('builtins.input', lambda _: 'x'):\n    f(1)": "it replaces builtins.input",
    "mock.patch.object(np, 'mean')": "it replaces np.mean",
    "def input(text=''): return 'x'\nf(1)": "it replaces input",
    "import builtins\nbuiltins.input = print": "it replaces builtins.input",
    "np.random.seed(1)\nf(1)": "it sets a random seed for an answer, by np.random.seed",
    "with redirect_stdout(out):\n    f(1)": "it looks at what an answer prints, by redirect_stdout",
    "sys.stdin = text": "it looks at what an answer prints or reads, by sys.stdin",
    "ax = plt.gca()": "it looks at what an answer draws, by gca()",
    "inspect.getsource(f)": "it looks at an answer's code, by inspect.getsource",
    "'f' in globals()": "it looks at a list of names, by globals()",
    "assert In[-1]": "it looks at the notebook's own cells, by In",
    "assert isinstance(p, P)": "it uses P, a class of an answer's, in isinstance",
    "try: f(1)\nexcept (Sad, OSError): 0": "it uses Sad, a class of an answer's, in an except",
    "class Q(P): pass": "it uses P, a class of an answer's, as a base class",
    "assert f(p).xs is not p.xs": "it asks whether two are the same object: f(p).xs is not p.xs",
    "import torch\nassert f(1).dtype is torch.float32 and f(2) is Kind.RED and f(3).x is None": "",
    "sys.setrecursionlimit(99)": "it sets how its process runs an answer, by "
    "sys.setrecursionlimit(99)",
    "warnings.simplefilter('ignore')\nnp.seterr(all='ignore')": "",
    "with np.errstate(all='raise'):\n    f(1)": "it sets how its process runs an answer, by "
    "np.errstate(all='raise')",
    "assert f(p) is not p": "it asks whether two are the same object: f(p) is not p",
    "assert f.__doc__": "it looks at an answer's code, by f.__doc__",
    "assert type(p) is P": "it uses P, a class of an answer's, in a comparison",
    "A = np.eye(3)\nassert f(1)": "it defines A, which an answer reads",
    "%matplotlib inline": "it uses a magic, %matplotlib",
    "assert f(2) == 4": "",
    "this is no Python": "",
}


@pytest.mark.parametrize("code", REASONS)
def test_the_cause_is_read_in_the_test(code: str) -> None:
    """An instructor would read "EOFError", and look for it in the solution."""
    cells = answer("f", ANSWERS), check("t", code)
    assert reason(read_source(source_of(*cells)), "t") == REASONS[code]


@pytest.mark.parametrize(
    ("code", "asks"), [("f(0)", True), ("f(0);", False), ("2 * f(0)", False), ("((", False)]
)
def test_a_last_line_that_only_asks_is_seen(code: str, asks: bool) -> None:
    """The author of `f(0)` would wait for partial credit."""
    source = read_source(source_of(answer("f", ANSWERS), check("t", code)))
    assert steps_of(source.cells, (), (), ())[-1].asks is asks


@pytest.mark.parametrize(
    ("code", "runs"),
    [
        ("write(f(1))", False),
        ("file.write(f(1))", True),
        ("eval(f(1))", True),
        ("eval('1')", False),
    ],
)
def test_an_answer_that_writes_is_no_file(code: str, runs: bool) -> None:
    """A test of an answer called `write` ran beside it alone."""
    source = read_source(source_of(answer("f", ANSWERS), check("t", code)))
    wanted = "it runs a text that an answer gives" if runs else ""
    assert steps_of(source.cells, (), (), ())[-1].reason == wanted


LENT: dict[str, dict[str, Any]] = {
    "x = 3": {"x": 3},
    "x, y = 3, -4": {"x": 3, "y": -4},
    "(x, [y, *z]), w = (1, (2, 3, 4)), 'w'": {"x": 1, "y": 2, "z": [3, 4], "w": "w"},
    "x = y = [1]": {"x": [1], "y": [1]},
    "x: Decimal = 5": {"x": 5},
    "x = 1\nassert f(x)\nx = 2\nassert f(x)": {"x": 2},
    "x = 1\nx += 1\nx = 5": {"x": 5},
    "x = [1, 2]\nassert f(x) == x.index(1) == x[0]": {"x": [1, 2]},
    "x = {'a': 1}\nfor y, z in x.items(): assert f(y) == z": {"x": {"a": 1}},
    "x, y = 1, 2\nassert [x for x in f(y)] == [z for z in range(y)]": {"x": 1, "y": 2},
    "import math as x\nx.y = 3": {"x": __import__("math")},
    "from math import pi as x, e as y": {"x": 3.141592653589793, "y": 2.718281828459045},
}
"""What a test's text lends of x, y, z and w."""
NOT_LENT = (
    "x = f(3)",
    "x, y = 3, f(4)",
    "x = y",
    "x: int",
    "x, y[0] = 1, 2",
    "x = [n for n in (1, 2)]",
    "def x(): return 1",
    "class x: pass",
    "for x in 1, 2: f(x)",
    "with f() as x: pass",
    "if f(1): x = 2",
    "assert (x := 3) == f(2)",
    "x = 0\nx += f(1)",
    "x = 0\nfor y in 1, 2: x += f(y)",
    "x = 0\nx = f(x)",
    "x = 0\nwhile x < 3: x = x + 1",
    "x = 0\ndel x",
    "x = 0\ntry: x = f(x)\nexcept ValueError: pass",
    "x = 0\nfor x in 1, 2: f(x)",
    "x = 0\ndef g():\n    global x\n    x += 1\ng()",
    "x, y = 0, 9\nx += f(y)",
    "x = 1\nx, y = 2, 3\ny += f(x)",
    "x = []\nx.append(f(1))",
    "x = [1, 2]\ny = x.pop()",
    "x = {}\nx['a'] = f(1)",
    "x = {}\nx['a']['b'] += f(1)",
    "x = {'a': []}\nx['a'].append(f(1))",
    "x = [1, 2]\ndel x[0]",
    "x = {1}\nf(lambda n: x.add(n))",
    "x = []\ndef g(n):\n    x.append(n)\nf(g)",
    "import math as x\nx = None or f(1)",
    "this is no Python",
)


@pytest.mark.parametrize("seen", LENT)
def test_a_value_that_is_written_is_lent(seen: str) -> None:
    """Stock gives the points to an answer that reads it."""
    lent: dict[str, Any] = {}
    exec(lent_to({*"xyzw"}, seen), lent)
    del lent["__builtins__"]
    assert lent == LENT[seen]


@pytest.mark.parametrize("seen", NOT_LENT)
def test_what_is_worked_out_or_changed_is_not_lent(seen: str) -> None:
    """An answer that reads a value from before would go on with it, and nobody hear of it."""
    assert lent_to({*"xyzw"}, seen) == ""


def test_only_what_is_read_is_lent() -> None:
    assert lent_to({"x"}, "x, y = 1, 2\nz = 3") == "(x, y) = (1, 2)"
    assert lent_to((), "x = 1") == ""
