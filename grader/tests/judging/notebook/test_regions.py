"""What an instructor reads whose source has a region that nbgrader can't take out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions

from nbexaminer.errors import SourceError
from nbexaminer.judging.notebook.source import read_source
from support.notebooks import answer, check, given, source_of, written

SOLUTION = "### BEGIN SOLUTION\nx = 1\n### END SOLUTION"
TESTS = "### BEGIN HIDDEN TESTS\nassert f\n### END HIDDEN TESTS"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (new_code_cell(SOLUTION), r"cell 2, which begins with '### BEGIN SOLUTION', has a solution "
         r"region \(line 1: '### BEGIN SOLUTION'\), which only belongs in an answer"),
        (new_markdown_cell(f"# How\n{SOLUTION}"), r"cell 2, which begins with '# How',.*line 2"),
        (check("t", SOLUTION), r"the cell 't' has a solution region .* belongs in an answer"),
        (given("g", TESTS), r"the cell 'g' has a region of hidden tests .* with autograder tests"),
        (written("w", "### BEGIN SOLUTION\nwhy"), r"'w' has a solution region that begins in line 1"
         " and does not end: put 'END SOLUTION' behind its last line"),
        (answer("f", f"pass\n{SOLUTION}"), r"'f' has a solution region that begins in line 3 while "
         "the one of line 1 has not ended: put 'END SOLUTION' between"),
        (check("t", f"### BEGIN HIDDEN TESTS\n{TESTS}"), r"'t' has a region of .* line 2 while"),
        (given("g", "# BEGIN MARK SCHEME\nright"), r"'g' has a mark scheme that .* does not end"),
    ],
)  # fmt: skip
def test_a_region_that_is_amiss_is_one_sentence(cell: Any, said: str) -> None:
    """`RuntimeError('no end solution statement found')` says neither where nor what to do."""
    with pytest.raises(SourceError, match=said) as caught:
        read_source(source_of(cell))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("step", "cell"),
    [(ClearSolutions, new_code_cell(SOLUTION)), (ClearHiddenTests, given("g", TESTS))],
)
def test_what_nbgrader_is_told_to_take_is_taken(step: type, cell: Any) -> None:
    """A course that has set `enforce_metadata = False` could be released, and not graded."""
    told = json.dumps({step.__name__: {"enforce_metadata": False}})
    released = read_source(source_of(cell), told).released[-1]
    assert "x = 1" not in released and "assert f" not in released


def test_several_regions_and_a_stray_end_are_taken() -> None:
    """nbgrader takes them, and so courses have them."""
    source = read_source(source_of(answer("f", f"### END SOLUTION\ny = 1\n{SOLUTION}")))
    assert source.stubs["f"].text.count("YOUR CODE HERE") == 2
