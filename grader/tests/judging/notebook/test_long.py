"""Code that is too long to be run is the learner's trouble."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell

from nbexaminer.judging.session.engine import Engine
from support.notebooks import answer, check, source_of, submission

SOURCE = source_of(answer("f", "def f(x): return x"), check("t", "assert f(1) == 1"))


@pytest.mark.parametrize("letter", ["a", "中"])
def test_what_is_too_long_for_one_message_cant_be_read(engine: Engine, letter: str) -> None:
    """Grading would fail, with a learner's attempt neither graded nor used."""
    cell = "# " + 480_000 * letter
    graded = engine.grade(SOURCE, _with(*[cell] * 7))
    assert ("too long" in graded.reason) == (letter == "中")


def _with(*cells: str) -> bytes:
    import nbformat

    notebook = nbformat.reads(submission(SOURCE, {"f": "def f(x): return x"}).decode(), 4)
    notebook.cells += [new_code_cell(cell) for cell in cells]
    return str(nbformat.writes(notebook)).encode()
