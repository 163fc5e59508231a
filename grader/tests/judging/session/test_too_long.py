"""What takes too long costs its own test: names that it sets, and answers behind it, stay."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from nbexaminer.judging.session.engine import Engine, Examined
from nbexaminer.sandbox.view import Sandbox
from support.notebooks import LIMITS, answer, check, outcomes, source_of, submission
from support.profile import SMALL

HURRIED = dataclasses.replace(LIMITS, cell_wall_seconds=3.0, cell_cpu_seconds=2.0)
RIGHT = "def f(x): return x * x"
ENDLESS = "def f(x):\n    while True: pass"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(SMALL, Sandbox.find(SMALL), HURRIED) as engine:
        yield engine


def graded(engine: Engine, answers: dict[str, str], *cells: object) -> Examined:
    source = source_of(*cells)
    return engine.grade(source, submission(source, answers))


def test_what_such_a_test_imports_and_sets_is_there_for_others(engine: Engine) -> None:
    """Stock gives 0 and 2; the second run had left the first test out, and found no math."""
    tests = (
        check("t", "import math\ncases = [9]\nassert f(3) == 9"),
        check("u", "assert math.sqrt(g(9)) == 3"),
    )
    cells = answer("f", RIGHT), answer("g", "def g(x): return x"), *tests
    last = check("v", "assert g(cases[0]) == 9")
    ended = graded(engine, {"f": ENDLESS}, *cells, last)
    assert outcomes(ended) == ["timed out", "passed", "passed"], ended.verdicts


@pytest.mark.parametrize(
    "behind",
    ["import time\nfor _ in range(99): time.sleep(1)", "while True: pass"],
    ids=["waits", "computes"],
)
def test_a_cell_that_is_interrupted_keeps_what_it_has_defined(engine: Engine, behind: str) -> None:
    """A right answer with a demonstration behind it that takes too long had no points at all."""
    hidden = "### BEGIN HIDDEN TESTS\nassert f(4) == 16\n### END HIDDEN TESTS"
    tests = check("t", "assert f(3) == 9"), check("h", hidden)
    ended = graded(engine, {"f": f"{RIGHT}\n{behind}"}, answer("f", RIGHT), *tests)
    assert outcomes(ended) == ["passed", "passed"], ended.verdicts


def test_who_calls_what_a_test_passes_too_often_waits_for_a_person(engine: Engine) -> None:
    """A call over the wire takes a thousand times as long as in a kernel, which gives points."""
    sums = "def sums(f, n): return sum(f(i) for i in range(n))"
    often = "def sums(f, n): return sum(f(i % n) for i in range(n * 2000)) // 2000"
    test = "assert sums(lambda i: i, 100) == 4950"
    hidden = f"### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"
    tests = check("t", test), check("h", hidden)
    ended = graded(engine, {"sums": often}, answer("sums", sums), *tests)
    assert outcomes(ended) == ["timed out", "timed out"], ended.verdicts
    assert ended.waiting == {"t", "h"}


def test_what_only_the_wire_makes_slow_waits(engine: Engine) -> None:
    """It had two seconds where it is quick, and a person was asked nothing."""
    steps = """\
class Way:
    def __init__(self, n): self.left = n
    def done(self): return self.left == 0
    def step(self): self.left -= 1"""
    test = "way = Way(4)\nwhile not way.done(): way.step()"
    small = steps.replace("= n", "= 100_000 * n")
    hidden = f"### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"
    cells = answer("Way", steps), check("t", test), check("h", hidden)
    ended = graded(engine, {"Way": small}, *cells)
    assert outcomes(ended) == ["timed out", "timed out"], ended.verdicts
    assert ended.waiting == {"t", "h"}


def test_what_ends_a_test_as_pytest_does_ends_it_alone(engine: Engine) -> None:
    """Behind five of them nothing was run, and nobody was told."""
    test = "import pytest\nwith pytest.raises(ValueError): f(-1)"
    cells = answer("f", "def f(x):\n    if x < 0: raise ValueError\n    return x"), check("t", test)
    ended = graded(engine, {"f": "def f(x): return x"}, *cells, check("u", "assert f(1) == 1"))
    assert outcomes(ended) == ["failed", "passed"], ended.verdicts
    assert "DID NOT RAISE" in str(ended.verdicts[0].message)


NEVER = "try:\n    f(-1)\nexcept:\n    pass"


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("def f(x):\n    while x < 0: pass\n    return x", "timed out"),
        ("import os\ndef f(x): return x if x > 0 else os._exit(1)", "crashed"),
    ],
)
def test_what_catches_everything_catches_no_end(engine: Engine, code: str, outcome: str) -> None:
    """The test passed, and the next one, whose answer is right, was blamed."""
    cells = answer("f", "def f(x): return x"), check("t", NEVER), check("u", "assert f(1) == 1")
    assert outcomes(graded(engine, {"f": code}, *cells)) == [outcome, "passed"]


def test_a_hidden_test_that_has_no_time_left_takes_none_with_it() -> None:
    """Where something was changed before, the test runner ended in it, for each such test anew."""
    limits = dataclasses.replace(HURRIED, notebook_wall_seconds=2.0, cell_wall_seconds=9.0)
    right = "def f(xs): return sorted(xs)\ndef g(x): return x"
    slow = "import time\ndef f(xs):\n    xs.sort()\n    return xs\ndef g(x): time.sleep(60)"
    hidden = "### BEGIN HIDDEN TESTS\nassert g(1) == 1\n### END HIDDEN TESTS"
    source = source_of(answer("f", right), check("t", "assert f([2, 1])"), check("h", hidden))
    with Engine(SMALL, Sandbox.find(SMALL), limits) as engine:
        ended = engine.grade(source, submission(source, {"f": slow}))
    assert outcomes(ended) == ["passed", "timed out"], ended.verdicts
