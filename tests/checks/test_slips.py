"""Slips of the keyboard: the message says what Python said and where, and claims no misconception.

A learner who misspelt a word would go and look for a mistake in the idea, which was right.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from course.authoring.exercises import exercises
from course.authoring.in_process import cells_of

NAMES = [
    (exercise, name)
    for exercise in exercises()
    for name, solution in cells_of(exercise).solutions.items()
    if "def " in solution
]
MOST = 12
"""Slips tried in one answer."""


class _Slip(ast.NodeTransformer):
    """Misspells the word at one place; `done` says which."""

    def __init__(self, place: int) -> None:
        self._left = place
        self.done = ""

    def _hit(self, word: str) -> bool:
        self._left -= 1
        if self._left == -1:
            self.done = word
        return self._left == -1

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if isinstance(node.ctx, ast.Load) and self._hit(node.id):
            node.id += "x"
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Load) and self._hit(node.attr):
            node.attr += "x"
        return node


def _slips(solution: str) -> Iterator[tuple[str, str]]:
    """Words, and the solution with that word misspelt in one place; last, a misspelt import."""
    words = sum(isinstance(n, ast.Name | ast.Attribute) for n in ast.walk(ast.parse(solution)))
    step = max(1, words // MOST)
    for place in range(0, words, step):
        slip = _Slip(place)
        text = ast.unparse(slip.visit(ast.parse(solution)))
        if slip.done:
            yield slip.done, text
    yield (
        "tensro",
        re.sub(r"(\n +)(?=### BEGIN SOLUTION)", r"\1from torch import tensro\1", solution, count=1),
    )


@pytest.mark.usefixtures("remembered")
@pytest.mark.parametrize(("exercise", "name"), NAMES)
def test_a_slip_is_told_in_pythons_words(exercise, name):
    cells = cells_of(exercise)
    told, faults = 0, []
    for word, answer in _slips(cells.solutions[name]):
        try:
            defined = cells.answered(name, answer)
        except (NameError, AttributeError, ImportError):
            continue  # the cell itself stops there, and Python says so
        for said in cells.complaints(name, defined):
            if not re.search(r"NameError|AttributeError|ImportError", said):
                continue  # a name that only a branch not taken would have missed
            told += 1
            if not said.startswith(f"{name} raised ") or "line " not in said:
                faults.append(f"{word}x:\n{said}")
    assert told, "no slip was told at all"
    assert not faults, "\n\n".join(faults)
