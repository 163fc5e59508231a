"""Trying a source before anybody is graded: which tests run beside, and which give for nothing."""

from __future__ import annotations

from typing import Any

import pytest
from nbformat.v4 import new_code_cell

from nbexaminer.errors import SourceError
from nbexaminer.judging.notebook.source import read_source
from nbexaminer.judging.session.engine import Engine
from nbexaminer.judging.session.trial import Tried, try_blank, try_solution, try_ways
from nbexaminer.judging.ways import Way, set_way
from support.notebooks import answer, check, given, source_of


@pytest.fixture(scope="module")
def engine(patient_engine: Engine) -> Engine:
    return patient_engine


def ways(engine: Engine, *cells: Any) -> dict[str, Tried]:
    return {found.cell: found for found in try_ways(engine, read_source(source_of(*cells)))}


MIXED = (
    answer("f", "def f(x): return x\nclass C: pass"),
    check("apart", "assert f(1) == 1"),
    check("sets", "y = f(2)\nassert y == 2"),
    check("beside", "assert isinstance(C(), C) and y == 2"),
    check("free", "assert True"),
    check("wrong", "assert f(1) == 2"),
)


def test_each_cell_is_said_how_it_runs(engine: Engine) -> None:
    """The instructor would have to find out by trying."""
    found = ways(engine, *MIXED)
    assert {name: (t.way, t.passes, t.free) for name, t in found.items()} == {
        "apart": (Way.BOTH, True, False),
        "sets": (Way.BOTH, True, False),
        "beside": (Way.BESIDE, True, False),
        "free": (Way.BOTH, True, True),
        "wrong": (Way.BOTH, False, False),
    }
    cause = "it uses C, a class of an answer's, in isinstance (error: "
    assert found["beside"].why.startswith(cause)
    assert "failed" in found["wrong"].why


def test_a_source_that_says_it_is_graded(engine: Engine) -> None:
    """Refusing what the instructor has decided would end the class."""
    cell = check("t", "assert isinstance(C(), C)")
    source = read_source(source_of(answer("f", "class C: pass"), cell))
    with pytest.raises(
        SourceError, match=r"(?s)try it --write` notes.*'t': beside: it uses C, .*isinstance"
    ):
        try_solution(engine, source, "it")
    set_way(cell, Way.BESIDE)
    source = read_source(source_of(answer("f", "class C: pass"), cell))
    assert try_solution(engine, source, "it") == ()


def test_what_the_text_says_runs_beside_at_once(engine: Engine) -> None:
    """The instructor would be asked to change a source for what its text says already."""
    hidden = "### BEGIN HIDDEN TESTS\nassert f() == N\n### END HIDDEN TESTS"
    cells = new_code_cell("N = 3", id="sets"), answer("f", "def f(): return N"), check("t", hidden)
    (said,) = try_solution(engine, read_source(source_of(*cells)), "it")
    assert said == (
        "'t' runs beside the answers: it reads N, which learners may set in the open cell 'sets'; "
        "lock the cell that sets it, or say what it is in the test"
    )


def test_a_locked_cell_that_shows_something_ends_no_isolation(engine: Engine) -> None:
    """A notebook has `display` without an import; tests behind it would run in-process."""
    cells = (
        answer("f", "def f(x): return x"),
        given("shows", "got = f([1])\ndisplay(got, metadata={})"),
        check("t", "display(f(2))\nassert got == [1]"),
    )
    assert ways(engine, *cells)["t"].way is Way.BOTH


def test_what_is_worth_nothing_stops_nobody(engine: Engine) -> None:
    """A last cell that sends the notebook somewhere had the whole source refused."""
    cells = [*MIXED[:2], check("sends", "raise ConnectionError('no network')", 0)]
    found = ways(engine, *cells)["sends"]
    assert found.passes and not found.is_to_change
    assert found.remark.startswith("your own solution fails it, and it is worth no points: error")
    assert try_solution(engine, read_source(source_of(*cells)), "ps1") == ()


def test_points_for_nothing_are_told(engine: Engine) -> None:
    """A comment where a test was meant gives everybody full marks."""
    cells = answer("f", "def f(): return 1"), check("t", "f"), check("u", "1 == 2")
    source = read_source(source_of(*cells))
    said = "the notebook as it is handed out gets the points of 'u'"
    assert try_solution(engine, source, "it") == (said,)
    assert try_blank(engine, source) == (said,)


def test_what_apart_would_give_for_nothing_is_not_given(engine: Engine) -> None:
    """Stock nbgrader would give none: ours may not either."""
    solved = answer("f", "f = len")
    solved.source = "class L: pass\nf = L()\n" + solved.source
    found = ways(engine, solved, check("t", "assert callable(f)"), check("u", "assert f([1]) == 1"))
    assert [(t.way, t.free) for t in found.values()] == [(Way.BOTH, False)] * 2


def test_a_test_that_only_a_proxy_can_pass_runs_apart_alone(engine: Engine) -> None:
    """Nobody could pass it: functions in a kernel have no `watch_`."""
    cells = answer("f", "def f(x): return x"), check("t", "assert f.watch_() == []")
    found = ways(engine, *cells)["t"]
    assert (found.way, found.passes, found.is_to_change) == (Way.APART, True, True)
    assert found.why.startswith("it passes apart alone (error: it passes by itself")


def test_what_is_noted_keeps_its_reason(engine: Engine) -> None:
    """Who reads it a year later would not know why a verdict can be forged, or a score is none."""
    noted = check("t", "del g")
    set_way(noted, Way.BESIDE)
    cells = answer("f", "def f(): return 1\ng = f"), noted, check("u", "assert f\nf()")
    found = ways(engine, *cells)
    assert found["t"].remark == "noted in the source: it deletes g, which an answer defines"
    assert found["u"].remark == "it ends in what the answer gives, and that is no score"
    assert not found["t"].is_to_change and not found["u"].is_to_change


def test_a_hidden_test_runs_at_its_place(engine: Engine) -> None:
    """A test behind it may change an object: nobody would pass."""
    code = "class C:\n    n = 0\n    def up(self): self.n += 1; return self.n\nc = C()"
    hidden = "assert c.up() == 1\n### BEGIN HIDDEN TESTS\nassert True\n### END HIDDEN TESTS"
    found = ways(engine, answer("c", code), check("t", hidden), check("u", "c.up()\nassert True"))
    assert [t.way for t in found.values()] == [Way.BOTH, Way.BOTH]
