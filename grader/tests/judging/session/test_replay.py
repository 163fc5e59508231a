"""Whose names a test reads: what a learner could win if theirs were taken, and what others' courses
could not do if they weren't."""

from __future__ import annotations

from typing import Any

import pytest
from nbformat.v4 import new_code_cell

from nbexaminer.judging.names.names import bound_names, names_used
from nbexaminer.judging.names.steps import steps_of
from nbexaminer.judging.notebook.source import read_source
from nbexaminer.judging.session.engine import Engine
from nbexaminer.judging.ways import Way, set_way
from support.notebooks import answer, check, given, outcomes, source_of, submission


@pytest.fixture(scope="module")
def engine(patient_engine: Engine) -> Engine:
    return patient_engine


def loose(name: str, code: str) -> Any:
    """A cell of the source's that learners can change, and that isn't graded."""
    return new_code_cell(code, id=name)


def graded(engine: Engine, cells: list[Any], answers: dict[str, str], changed: str = "") -> Any:
    """How the tests end of who has changed the unlocked cells, too."""
    source = source_of(*cells, imports="import math")
    handed_in = submission(source, answers).decode()
    if changed:
        handed_in = handed_in.replace(*changed.split(" -> "))
    return engine.grade(source, handed_in.encode())


JUDGES = {
    "imported": ("import numpy as np", "assert np.size(z) == 21"),
    "imported when needed": ("import numpy as np", "def t():\n    assert np.size(z) == 21\nt()"),
    "from a module": ("from numpy import size", "assert size(z) == 21"),
    "starred": ("from numpy import *", "assert size(z) == 21"),
    "tried": (
        "try:\n    import numpy as np\nexcept ImportError:\n    np = None",
        "assert np.size(z) == 21",
    ),
    "another name": ("import numpy\nsize = numpy.size", "assert size(z) == 21"),
    "in a dict": ("import numpy\nby = {'size': numpy.size}", "assert by['size'](z) == 21"),
    "a function": ("def count(x):\n    return len(x)", "assert count(z) == 21"),
    "a function of two": (
        "import numpy as np\ndef size(x): return np.size(x)\ndef count(x): return size(x)",
        "assert count(z) == 21",
    ),
    "a lambda": ("count = lambda x: len(x)", "assert count(z) == 21"),
    "an object": (
        "class Judge:\n    def count(self, x):\n        return len(x)\njudge = Judge()",
        "assert judge.count(z) == 21",
    ),
}
LIAR = """\
class Liar:
    def __getattr__(self, name): return lambda *_: 21
    def __getitem__(self, name): return lambda *_: 21
    def __call__(self, *_): return 21
np = size = by = count = judge = Liar()
z = 0"""


@pytest.mark.parametrize(("code", "test"), JUDGES.values(), ids=JUDGES)
def test_a_learner_does_not_judge(engine: Engine, code: str, test: str) -> None:
    """A hidden `assert np.size(z) == 21` passed with `z = 0` and a `class np`."""
    cells = [loose("open", code), answer("z", "z = [0] * 21"), check("t", test)]
    assert outcomes(graded(engine, cells, {"z": "z = [1] * 21"})) == ["passed"]
    assert outcomes(graded(engine, cells, {"z": LIAR})) != ["passed"]
    if code in ("import numpy as np", "from numpy import size"):
        in_stub = [answer("z", f"{code}\nz = [0] * 21"), check("t", test)]
        assert outcomes(graded(engine, in_stub, {"z": LIAR})) != ["passed"]


WORKS = {
    "a constant that learners may change": (
        [loose("open", "N = 3"), answer("f", "def f(): return N"), check("t", "assert f() == N")],
        "N = 3 -> N = 4",
    ),
    "a locked function calls the answer": (
        [given("g", "def twice(x): return f(f(x))"), answer("f", "def f(x): return x + 1"),
         check("t", "assert twice(1) == 3")],
        "",
    ),
    "a locked value is made of the answer": (
        [answer("f", "def f(x): return x + 1"), given("g", "y = f(1)"),
         check("t", "assert y == 2")],
        "",
    ),
    "a locked cell needs an unlocked import": (
        [loose("open", "import numpy as np"), given("g", "x = np.arange(3)"),
         answer("f", "def f(x): return x.sum()"), check("t", "assert f(x) == 3")],
        "",
    ),
    "what an earlier test defines": (
        [answer("f", "def f(x): return x + 1"), check("t", "import math\ny = f(1)\nassert y == 2"),
         check("u", "assert math.floor(y) == 2")],
        "",
    ),
    "what a hidden test defines": (
        [answer("f", "def f(x): return x + 1"),
         check("t", "### BEGIN HIDDEN TESTS\ny = f(1)\n### END HIDDEN TESTS"),
         check("u", "assert y == 2")],
        "",
    ),
    "what fails where nobody needs it": (
        [given("g", "x = 1 / 0"), given("h", "not_there()\nk = 2\n!ls"), loose("o", "1 / 0"),
         answer("f", "def f(x): return x + 1"), check("t", "assert f(1) == 2")],
        "",
    ),
    "a class of the source's": (
        [loose("open", "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int"),
         answer("f", "def f(p): return p.x"), check("t", "assert f(P(3)) == 3")],
        "",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "changed"), WORKS.values(), ids=WORKS)
def test_what_other_courses_do(engine: Engine, cells: list[Any], changed: str) -> None:
    """Each of these is in a course whose solution stock nbgrader gives full marks."""
    result = graded(engine, cells, {}, changed)
    assert {*outcomes(result)} == {"passed"}, result.verdicts


def test_what_a_test_lacks_is_named(engine: Engine) -> None:
    """An instructor would look for the mistake in the test."""
    cells = [given("table", "x = 1 / 0"), answer("f", "f = 1"), check("t", "assert x")]
    (verdict,) = graded(engine, cells, {}).verdicts
    assert str(verdict.message) == (
        "the locked cell 'table', which defines x, fails: ZeroDivisionError: division by zero"
    )


def test_an_import_counts_only_where_the_learner_has_it(engine: Engine) -> None:
    """Who was asked to import it, and has not, would have the points for nothing."""
    cells = [answer("z", "import numpy as np"), check("t", "assert np.size([1]) == 1")]
    assert outcomes(graded(engine, cells, {"z": "import numpy as np"})) == ["passed"]
    assert outcomes(graded(engine, cells, {"z": ""})) != ["passed"]


def test_what_runs_a_text_defines_what_the_source_says(engine: Engine) -> None:
    """A learner could say which value is right, where the source has it by `exec`."""
    cells = [
        loose("loose", "exec('expected = 9')"),
        answer("f", "def f(x): return x * x"),
        check("t", "assert f(3) == expected"),
    ]
    assert outcomes(graded(engine, cells, {})) == ["passed"]
    lie = "def f(x): return 7\nexpected = 7"
    assert outcomes(graded(engine, cells, {"f": lie})) == ["failed"]


def test_a_class_of_the_tests_own_is_not_taken_for_one_of_the_source(engine: Engine) -> None:
    """A learner would read of a KeyError, where the test is at fault."""
    test = "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\nf(P(3))"
    (verdict,) = graded(
        engine, [answer("f", "def f(p): return p.x"), check("t", test)], {}
    ).verdicts
    assert "a test can't pass a P to a learner's answer" in str(verdict.message)


def test_names_of_a_comprehension_are_its_own() -> None:
    """From Python 3.12 on it has no scope of its own: `x` of the test below would be the cell's."""
    code = "data = [x for x in range(3) if (last := x) >= 0]"
    assert bound_names(code) == {"data", "last"} and names_used(code) == frozenset()
    assert names_used("assert [x for x in y] == [x]") == {"x", "y"}
    assert names_used("def t(): return x\n{x: 1 for x in y}") == {"x", "y"}


def test_a_new_answer_process_gets_the_names_again(engine: Engine) -> None:
    """What a locked cell had made of an answer was dead once another had ended its process."""
    cells = [
        answer("f", "def f(x): return x * x"),
        given("made", "cases = [(f, 3, 9)]\nasked = [f(2)]"),
        answer("g", "def g(): return 1"),
        check("t", "noted = []\nnoted.append(f(4))\nassert noted == [16]"),
        check("ends", "assert g() == 1"),
        check("u", "assert all(call(x) == y for call, x, y in cases) and asked == [4]"),
        check("v", "assert noted == [16]"),
    ]
    ends = {"g": "import os\ndef g(): os._exit(1)"}
    result = graded(engine, cells, ends)
    assert outcomes(result) == ["passed", "crashed", "passed", "passed"]


def test_a_locked_cell_that_ends_the_answers_process_is_told(engine: Engine) -> None:
    """Each test behind it would be blamed, and the process ended anew for each."""
    cells = [
        answer("f", "def f(x): return x * x"),
        given("made", "got = [f(3)]"),
        answer("g", "def g(): return 1"),
        check("t", "assert got == [9]"),
        check("u", "assert g() == 1"),
    ]
    result = graded(engine, cells, {"f": "import os\ndef f(x): os._exit(1)"})
    assert outcomes(result) == ["error", "error"]  # in a kernel, too, nothing behind it runs
    assert str(result.verdicts[0].message) == (
        "the locked cell 'made', which defines got, fails: an answer that it asks ends its "
        "process, or never ends"
    )


def test_an_instructor_can_insist_on_running_a_test_apart(engine: Engine) -> None:
    """Where a number is not to be changed, its test could be forged for nothing."""
    sets, test = loose("sets", "N = 3"), check("t", "assert f() == N")
    cells = [sets, answer("f", "def f(): return 3"), test]
    changed = "N = 3 -> N = 4", {"f": "def f(): return N"}
    (verdict,) = graded(engine, cells, changed[1], changed[0]).verdicts
    assert (str(verdict.outcome), verdict.beside) == ("passed", True)
    set_way(test, Way.APART)
    (verdict,) = graded(engine, cells, changed[1], changed[0]).verdicts
    assert (str(verdict.outcome), verdict.beside) == ("failed", False)


def test_what_an_answer_changes_costs_points_and_gives_none(engine: Engine) -> None:
    """A test would pass whose list an answer has sorted where it can't see it; nor may an answer
    win by changing what it is asked about."""
    cells = [
        given("data", "data = [3, 1]"),
        answer("f", "def f(xs): return sorted(xs)"),
        check("t", "assert f(data) == [1, 3] and data == [3, 1]"),
        check("u", "xs = [2, 1]\nassert f(xs) == sorted(xs)"),
    ]
    assert outcomes(graded(engine, cells, {})) == ["passed"] * 2
    sorts = {"f": "def f(xs):\n    xs.sort()\n    return xs"}
    assert outcomes(graded(engine, cells, sorts)) == ["failed", "passed"]
    empties = {"f": "def f(xs):\n    xs.clear()\n    return []"}
    assert outcomes(graded(engine, cells, empties)) == ["failed"] * 2


REASONS = {
    "assert len(f(3)) == N": "it reads N, which learners may set in the open cell 'open'",
    "assert double() == 6": "it reads N, which learners may set in the open cell 'open'",
    "assert xs == made": "",
    "del f": "it deletes f, which an answer defines",
    "rate = 2\nassert f(1) == 2": "it sets rate, which an answer reads",
    "def input(_): return 'x'\nf(1)": "it replaces input",
    "math.sqrt = None\nf(4)": "it sets a part of math, which answers may use",
    "assert max(f(1)) == 1": "max is Python's own, and an answer defines it, too",
    "assert plain(f)": "it looks at an answer's code, by inspect.getsource",
    "y = f(1)\nassert y == 1 and math.pi": "",
}


@pytest.mark.parametrize("code", REASONS)
def test_what_can_not_be_replayed_is_seen_in_the_text(code: str) -> None:
    """A wrong answer would get points, or a right one none, and nobody would hear why."""
    source = source_of(
        loose("open", "import inspect\nN = 3\nxs = []"),
        given("locked", "made = sorted(xs)\ndef double(): return 2 * N\n"
              "def plain(f): return 'for' not in inspect.getsource(f)"),
        answer("f", "def f(*x): return [rate]\nrate = 1\ndef max(x): return 1"),
        check("t", code), imports="import math",
    )  # fmt: skip
    read = read_source(source)
    step = steps_of(read.cells, read.hidden, (), ())[-1]
    assert step.reason == REASONS[code]
    assert bool(step.replay) != bool(step.reason)
