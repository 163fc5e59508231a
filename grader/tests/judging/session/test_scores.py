"""Partial credit: who had a part right got all of the points, or none."""

from __future__ import annotations

import contextlib
import io

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbgrader.utils import determine_grade
from traitlets.config import Config

from nbexaminer.classroom.pipeline.fingerprint import grounds
from nbexaminer.judging.session.engine import Engine
from nbexaminer.judging.session.scores import Scored
from nbexaminer.judging.session.verdicts import Outcome
from support.notebooks import answer, check, outcomes, outputs_of, source_of, submission

HALF = "score = 0\nfor n in 1, 2:\n    score += f(n) == n * n\nprint(score, 'right')\nscore / 2"
HIDDEN = "### BEGIN HIDDEN TESTS\nscore = sum(f(n) == n * n for n in range(4)) / 2\n"
HIDDEN += "### END HIDDEN TESTS\nscore"


def judged(code: str, points: float = 2.0, **names: object) -> tuple[Outcome, float | None]:
    test = Scored(code)
    with contextlib.redirect_stdout(io.StringIO()):
        test.run(dict(names))
    outcome, _, score = test.judged(points, False, True)
    return outcome, score


def test_a_number_in_the_last_line_is_the_score(engine: Engine) -> None:
    """Gradebook, record and nbgrader's own reading of the notebook would differ."""
    source = source_of(
        answer("f", "def f(x): return x ** 2"), check("t", HALF, 1), check("h", HIDDEN)
    )
    assert outcomes(engine.grade(source, source)) == ["passed", "passed"]
    graded = engine.grade(source, submission(source, {"f": "def f(x): return x"}))
    assert outcomes(graded) == ["partly", "partly"], graded.verdicts
    assert [v.points for v in graded.verdicts] == [0.5, 1.0]
    notebook = nbformat.from_dict(graded.notebook)
    nbformat.validate(notebook)
    tests = notebook.cells[-2:]
    assert [determine_grade(cell) for cell in tests] == [(0.5, 1.0), (1.0, 2.0)]
    assert outputs_of(graded, "t")[0]["text"] == "1 right\n"
    assert [cell.metadata.grading.score for cell in tests] == [0.5, 1.0]
    # Points that a person gave are looked at again where the test gives others.
    before = grounds(notebook)["t"]
    tests[0].metadata.grading.score = 0.25
    assert grounds(notebook)["t"] != before
    none = engine.grade(source, submission(source, {"f": "def f(x): return 7"}))
    assert outcomes(none) == ["failed", "failed"]
    assert str(none.verdicts[0].message) == "the test gives 0 of its 1 points"


LIES = {
    "number": "def f(n): return 1",
    "object": "class F(float): pass\ndef f(n): return F(1)",
    "stand-in": "class A:\n    def __float__(self): return 1.0\n    __index__ = __float__\n"
    "def f(n): return A()",
    "shown": "def f(n):\n    get_ipython().displayhook(1.0)\n    print(1.0)\n    return 1.0",
}


@pytest.mark.parametrize("code", LIES.values(), ids=LIES)
def test_what_an_answer_gives_is_no_higher_score(code: str, engine: Engine) -> None:
    """A learner would write their own points; nor is it more than nbgrader gives for it."""
    tests = [check("call", "f(2)"), check("item", "[f(2)][0]; f"), check("text", "str(f(2))")]
    source = source_of(answer("f", "def f(n): return 2"), *tests)
    graded = engine.grade(source, submission(source, {"f": code}))
    first = 2 if "class A" in code else 1  # a copy, or a proxy, which shows no number
    assert [v.points for v in graded.verdicts] == [first, 2, 2]


@pytest.mark.parametrize(
    ("code", "is_score"),
    [
        ("1.5", True), ("1", True), ("x = 1\nx", True), ("x = 1\nx;", False), ("1 # ;", True),
        ("x = 1", False), ("1;  # done\n", False), ("'1'", False), ("True", False), ("[1]", False),
        ("None", False), ("if True:\n    1", False), ("2 - 1; 'text'", False), ("(1,)", False),
        ("sum([1])", True), ("';'\n1", True), ("1\nassert True", False), ("", False),
    ],
)  # fmt: skip
def test_what_is_a_score_nbgrader_takes_for_one(code: str, is_score: bool) -> None:
    """Courses that use partial credit are graded as they were."""
    outcome, score = judged(code)
    assert (outcome is Outcome.PARTLY) == is_score
    shell = InteractiveShell(config=Config(HistoryManager={"hist_file": ":memory:"}))
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        shell.run_cell(code, store_history=True)
    text = shown.getvalue().partition("]: ")[2].strip()
    cell = nbformat.v4.new_code_cell(code, metadata=check("t", "").metadata)
    if text:
        data = {"text/plain": text}
        cell.outputs = [nbformat.v4.new_output("execute_result", data, execution_count=1)]
    assert determine_grade(cell)[0] == (score if is_score else 2.0)


def test_numbers_of_numpy_count_and_others_do_not() -> None:
    """A mean of what is right is NumPy's own kind of number, which gave full marks."""
    assert judged("import numpy as np\nnp.mean([1, 0])") == (Outcome.PARTLY, 0.5)
    assert judged("import numpy as np\nnp.bool_(False)") == (Outcome.PASSED, None)
    # Full marks in nbgrader, and perhaps by an answer that is a fraction.
    assert judged("from fractions import Fraction\nFraction(1, 2)") == (Outcome.PARTLY, 0.5)
    assert judged("from decimal import Decimal\nDecimal(1) / 3") == (Outcome.PARTLY, 0.33)
    assert judged("(1, 2)") == (Outcome.PASSED, None)


@pytest.mark.parametrize("code", ["-1", "3", "float('nan')", "float('inf')", "10 ** 400"])
def test_what_can_be_no_score_is_the_tests_fault(code: str) -> None:
    """nbgrader gives full marks for some of them, and ends the class with an error for others."""
    test = Scored(code)
    test.run({})
    for is_told in (True, False):
        outcome, message, score = test.judged(2.0, False, is_told)
        assert (outcome, score) == (Outcome.ERROR, None)
        said = message.headline
        assert "the test itself is at fault" in said and "a number from 0 to 2" in said
        assert is_told != ("it ends in a number" in said)
