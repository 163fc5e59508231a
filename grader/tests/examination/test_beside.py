"""Tests that run beside the answers: what they can do, and what a learner's code wins by it."""

from __future__ import annotations

from typing import Any

import pytest

from nbexaminer.errors import SourceError
from nbexaminer.examination.engine import Engine, Examined
from nbexaminer.notebook.cell import NOTE
from nbexaminer.ways import Way, set_way
from support.notebooks import answer, check, given, outcomes, source_of, submission


@pytest.fixture(scope="module")
def engine(patient_engine: Engine) -> Engine:
    return patient_engine


def beside(name: str, code: str, points: int = 2) -> Any:
    cell = check(name, code, points)
    set_way(cell, Way.BESIDE)
    return cell


def hidden(code: str) -> str:
    return f"### BEGIN HIDDEN TESTS\n{code}\n### END HIDDEN TESTS"


def graded(engine: Engine, cells: list[Any], code: str) -> Examined:
    source = source_of(*cells)
    return engine.grade(source, submission(source, {"f": code}))


DOES = {
    "deletes and patches": "import math\nreal, math.floor = math.floor, lambda x: 7\n"
    "try:\n    assert f(1.5) == 7\nfinally:\n    math.floor = real",
    "mocks input": "from unittest.mock import patch\n"
    "with patch('builtins.input', return_value='x'):\n    assert ask() == 'x'",
    "looks at In": "assert 'def f' in ''.join(In)",
    "has magics": "%config\nout = !echo 3\nassert out == ['3']",
    "lists names": "assert 'f' in dir()",
    "uses a class of the answer": "class G(C): pass\nassert isinstance(C(), C) and G().one() == 1",
    "looks at figures": "import matplotlib.pyplot as plt\nassert not plt.get_fignums()",
    "ends with an expression": "f(1);",
}


@pytest.mark.parametrize("code", DOES.values(), ids=DOES)
def test_what_tests_can_do_beside(engine: Engine, code: str) -> None:
    """Other people's courses do each of these; apart they can't be done."""
    right = "import math\ndef f(x): return math.floor(x)\ndef ask(): return input()\n"
    right += "class C:\n    def one(self): return 1"
    result = graded(engine, [answer("f", right), beside("t", code)], right)
    assert outcomes(result) == ["passed"], result.verdicts
    assert result.verdicts[0].beside
    cell = next(c for c in result.notebook["cells"] if c["id"] == "t")
    assert cell["metadata"][NOTE]["beside"] is True


def test_how_a_test_beside_ends(engine: Engine) -> None:
    """The learner would not know what went wrong."""
    cells = [
        answer("f", "def f(x): return x"),
        beside("t", "assert f(1) == 2, 'one more'"),
        beside("u", "f(1, 2)"),
        beside("v", "while True: f(1)"),
        beside("w", "import os\nos._exit(0)"),
        beside("x", "assert f(1) == 1"),
        check("y", "assert f(1) == 1"),
    ]
    source = source_of(*cells)
    quick = engine.grade(source.replace(b"while True: f(1)", b"raise KeyboardInterrupt"), source)
    assert outcomes(quick) == ["failed", "error", "timed out", "crashed", "passed", "passed"]
    messages = [str(verdict.message) for verdict in quick.verdicts]
    assert messages[0].startswith("one more") and "TypeError" in messages[1]


def test_names_last_from_test_to_test_beside(engine: Engine) -> None:
    """As in a notebook that runs from top to bottom."""
    cells = [answer("f", "def f(): return 1"), beside("t", "y = f()"), beside("u", "assert y == 1")]
    assert outcomes(graded(engine, cells, "def f(): return 1")) == ["passed", "passed"]


FORGER = """\
import sys
def f(x): return 0
class Easy(type(get_ipython())):
    pass
def agree(*_, **__): pass
import builtins
get_ipython().run_cell_magic_ = None
import IPython.core.interactiveshell as shell
real = shell.InteractiveShell.run_code
async def run_code(self, code, *args, **kwargs):
    try:
        exec(code, self.user_ns)
    except BaseException:
        pass
    return False
shell.InteractiveShell.run_code = run_code
"""


def test_a_forger_wins_this_verdict_alone(engine: Engine) -> None:
    """Whoever tampers with a test beside must win none that runs apart, in sight or hidden."""
    cells = [
        answer("f", "def f(x): return x"),
        check("before", "assert f(1) == 1"),
        beside("t", "assert f(1) == 1"),
        beside("t-hidden", hidden("assert f(2) == 2")),
        check("after", "assert f(3) == 3"),
        check("after-hidden", hidden("assert f(4) == 4")),
    ]
    honest = graded(engine, cells, "def f(x): return x")
    assert {*outcomes(honest)} == {"passed"}, honest.verdicts
    forged = {verdict.cell: verdict for verdict in graded(engine, cells, FORGER).verdicts}
    apart = [v for v in forged.values() if not v.beside]
    assert [v.outcome for v in apart] == ["failed"] * 3, apart


READER = """\
def f(x):
    return x
import gc, sys
def tell():
    seen = [c for c in In if 'HIDDEN' in c and 'def tell' not in c]
    print(seen)
    return seen
class Shown:
    def __repr__(self): return str(tell())
def g(): raise ValueError(str(tell()))
"""


def test_a_hidden_test_beside_is_told_to_nobody(engine: Engine) -> None:
    """What has read it would print it, raise it, or return it to a test that shows it."""
    cells = [
        answer("f", READER),
        beside("t-hidden", hidden("assert f(1) == 1, 'SECRET'\ng()")),
        check("shown", "print(f(tell()))\nassert f(1) == 1"),
        beside("shown-beside", "tell(); Shown()"),
        check("last", hidden("assert f(tell()) == []")),
        beside("last-hidden", hidden("tell(); g()")),
    ]
    source = source_of(*cells)
    result = engine.grade(source, submission(source, {"f": READER}))
    outputs = [cell.get("outputs") for cell in result.notebook["cells"]]
    assert "SECRET" not in f"{outputs} {result.verdicts}"
    ended = dict(zip([v.cell for v in result.verdicts], outcomes(result), strict=True))
    assert ended == {
        "t-hidden": "error", "shown": "passed", "shown-beside": "passed", "last": "passed",
        "last-hidden": "error",
    }  # fmt: skip


def test_where_it_is_said(engine: Engine) -> None:
    """A whole notebook can say it, and a cell otherwise; a slip of the pen is not passed over."""
    cells = [answer("f", "def f(x): return x"), check("t", "In"), check("u", "assert f(1) == 1")]
    set_way(cells[2], Way.APART)
    source = source_of(given("g", "k = 1"), *cells)
    whole = source.replace(b'"kernelspec"', b'"nbexaminer": {"tests": "beside"}, "kernelspec"')
    result = engine.grade(whole, whole)
    assert [v.beside for v in result.verdicts] == [True, False]
    assert outcomes(result) == ["passed", "passed"]
    with pytest.raises(SourceError, match=r"the cell 'u'.*'apar'.*\"apart\" and \"beside\""):
        engine.grade(whole.replace(b'"tests": "apart"', b'"tests": "apar"'), whole)
