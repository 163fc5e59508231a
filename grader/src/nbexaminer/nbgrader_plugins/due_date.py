"""The due date in the notebook that learners get; one of `c.GenerateAssignment.preprocessors`."""

from __future__ import annotations

import datetime
from typing import Any, cast

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Assignment, Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from sqlalchemy import select

from nbexaminer.settings import Settings


class ShowDueDate(NbGraderPreprocessor):
    """Write when the exercise is due below its title, where the gradebook has a due date.

    It goes into the first text that grading doesn't manage, which is taken from the source again
    when a submission is graded. After SaveCells, before the last ComputeChecksums. With `--no-db`,
    where the course makes release/ by itself, nothing is written.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        due = self._due(resources["nbgrader"])
        if due is None:
            return nb, resources
        line = f"**Due:** {Settings(parent=self).shown(due)}"
        plain = (c for c in nb.cells if c.cell_type == "markdown" and "nbgrader" not in c.metadata)
        cell = next(plain, None)
        if cell is None:
            nb.cells.insert(0, new_markdown_cell(line, id="due-date"))
            return nb, resources
        title, _, text = cell.source.partition("\n")
        parts = [title, line, text.strip("\n")] if title.startswith("#") else [line, cell.source]
        cell.source = "\n\n".join(part for part in parts if part)
        return nb, resources

    def _due(self, about: Any) -> datetime.datetime | None:
        exporter = cast(Any, self.parent)
        if exporter.parent.no_database:
            return None
        with Gradebook(about["db_url"]) as gradebook:
            found = select(Assignment.duedate).where(Assignment.name == about["assignment"])
            due: datetime.datetime | None = gradebook.db.scalar(found)
            return due
