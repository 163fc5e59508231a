"""Tests that run beside the answers: what they can do, and what a learner's code wins by it."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest
from nbgrader.utils import determine_grade

from nbexaminer.errors import SourceError
from nbexaminer.judging.notebook.cell import NOTE
from nbexaminer.judging.session.engine import Engine, Examined
from nbexaminer.judging.ways import Way, set_way
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
        "t-hidden": "error", "shown": "passed", "shown-beside": "passed",
        "last": "passed", "last-hidden": "error",  # the solution fails the former in a kernel
    }  # fmt: skip


TELLS = """\
import os, sys
side = sys.modules["nbexaminer.judging.session.learner"]
WORD = "SE" + "CRET"
def seen():
    return any(WORD in text for text in In)
def f(x):
    if seen():
        {}"""
TELLING = {
    "a class": "raise type(WORD, (AssertionError,), {})(WORD)",
    "a group": "raise ExceptionGroup(WORD, [ValueError(WORD)])",
    "no exception": "raise type(WORD, (BaseException,), {})(WORD)",
    "an end": "os._exit(83)",
    "noise": "os.write(3, WORD.encode() * 9)",
    "names": "get_ipython().user_ns[WORD] = 1; print(WORD); open(WORD, 'w')",
    "decimals": "side.OUTPUTS.data('execute_result', {'text/plain': '1.2345678901234'})",
    "an odd score": "side.OUTPUTS.data('execute_result', {'text/plain': '7.345678901234'})",
}


@pytest.mark.parametrize("telling", TELLING.values(), ids=TELLING)
def test_how_a_hidden_test_beside_ends_tells_nothing(engine: Engine, telling: str) -> None:
    """Told otherwise, a piece with each attempt: what a class is asked. Nor does it help a wrong
    answer apart."""
    cells = [
        answer("f", "def f(x): return x"),
        beside("t-hidden", hidden("# SECRET\nf(1)")),
        check("shown", "assert f(1) == 1"),
        check("last", hidden("assert f(2) == 2")),
    ]
    result = graded(engine, cells, TELLS.format(telling))
    parts = [(cell.get("outputs"), cell["metadata"]) for cell in result.notebook["cells"]]
    shown = f"{parts} {result.verdicts}"
    assert "SECRET" not in shown and "345" not in shown
    assert outcomes(result)[1:] == ["failed", "failed"], result.verdicts


def test_what_a_test_beside_defines_is_no_judge(engine: Engine) -> None:
    """Whoever says there what is right would say it to the tests apart as well."""
    forger = "def f(x): return 7\n" + FORGER.split("\n", 2)[2].replace(
        "return False",
        """\
self.user_ns.update(expected=[7, 7], both=[4, 9], fine=True)
    return False""",
    )
    cells = [
        answer("f", "def f(x): return x * x"),
        beside("t", "expected = [4, 9]\nboth = [f(2), f(3)]\nfine = both == expected"),
        check("expected", "assert [f(2), f(3)] == expected"),
        check("both", "assert both == [4, 9]"),
        check("fine", hidden("assert fine")),
    ]
    honest = graded(engine, cells, "def f(x): return x * x")
    assert {*outcomes(honest)} == {"passed"}, honest.verdicts
    assert outcomes(graded(engine, cells, forger))[1:] == ["failed"] * 3


def test_what_answers_say_is_not_told_of_a_hidden_test(engine: Engine) -> None:
    """An answer would raise what it was asked, where a test beside is made again for one apart."""
    cells = [
        answer("f", "def f(x): return x"),
        check("first", hidden("assert f('SECRET') == 'SECRET'")),
        beside("t", "y = f(1)"),
        check("last", hidden("assert y == 1")),
    ]
    asked = "asked = []\ndef f(x):\n    asked.append(x)\n    raise ValueError(f'{asked}')"
    result = graded(engine, cells, asked)
    ended = {verdict.cell: verdict for verdict in result.verdicts}
    why = "the test 't', which defines y, fails: ValueError"
    assert str(ended["last"].message) == why
    assert "SECRET" not in f"{result.verdicts}"


def test_nbgrader_reads_the_same_points(engine: Engine) -> None:
    """It gives none where an output is an error or on stderr; a warning costs nothing here."""
    warns = "import sys\nprint('careful', file=sys.stderr)\n"
    cells = [
        answer("f", "def f(x): return x"),
        beside("t", f"{warns}assert f(1) == 1"),
        beside("u", f"{warns}f(1)"),
        beside(
            "v", "try:\n    1 / 0\nexcept ZeroDivisionError:\n    get_ipython().showtraceback()"
        ),
    ]
    result = graded(engine, cells, "def f(x): return x")
    assert outcomes(result) == ["passed", "partly", "failed"]
    notebook = nbformat.from_dict(result.notebook)
    nbformat.validate(notebook)
    by_nbgrader = {c.id: determine_grade(c)[0] for c in notebook.cells if c.id in "tuv"}
    assert by_nbgrader == {verdict.cell: verdict.points for verdict in result.verdicts}
    assert "careful" in str(notebook) and "ZeroDivisionError" in str(notebook)


def test_a_learner_can_not_say_it(engine: Engine) -> None:
    """Whose own metadata counted could have every test to forge."""
    source = source_of(answer("f", "def f(x): return x"), check("t", "assert f(1) == 1"))
    handed_in = submission(source, {"f": FORGER}).replace(
        b'"metadata": {', b'"metadata": {"nbexaminer": {"tests": "beside"}, '
    )
    (verdict,) = engine.grade(source, handed_in).verdicts
    assert not verdict.beside and verdict.outcome == "failed"


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
