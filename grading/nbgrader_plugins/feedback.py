"""What `nbgrader generate_feedback` leaves out of the pages: hidden tests and mark schemes.

And what it adds: the style of a message's first line.
"""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked, is_solution


class HideTests(ClearHiddenTests):
    """Leave hidden tests out of the feedback; one of `c.GenerateFeedback.preprocessors`."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, cell_index: int
    ) -> tuple[NotebookNode, Any]:
        if is_grade(cell) and not is_solution(cell):
            before = cell.source
            cell, resources = super().preprocess_cell(cell, resources, cell_index)
            if cell.source != before:
                cell.source = f"{cell.source.strip()}\n# The hidden tests are not shown.".strip()
        return cell, resources


class HideMarkScheme(ClearMarkScheme):
    """Leave mark schemes out of the feedback; one of `c.GenerateFeedback.preprocessors`."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, cell_index: int
    ) -> tuple[NotebookNode, Any]:
        # What a learner wrote is no mark scheme, whatever words are in it.
        if is_locked(cell) or cell.metadata.get("nbgrader", {}).get("task"):
            return super().preprocess_cell(cell, resources, cell_index)
        return cell, resources


class BoldLines(NbGraderPreprocessor):
    """Show bold text as such; last of `c.GenerateFeedback.preprocessors`."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        resources["inlining"]["css"].append(".ansi-bold { font-weight: bold; }")
        return nb, resources
