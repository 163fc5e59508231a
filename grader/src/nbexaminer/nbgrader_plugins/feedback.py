"""What `nbgrader generate_feedback` makes of a graded notebook: a page of its own.

Hidden tests and mark schemes are left out.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, cast

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from nbgrader.api import BaseCell, Comment, Grade, Gradebook
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, GetGrades
from nbgrader.utils import is_grade, is_locked, is_solution
from traitlets import default

from nbexaminer.gradebook.lateness import bring_up_to_date
from nbexaminer.pages.feedback.page import HIDDEN, rendered
from nbexaminer.settings import Settings


class Grades(GetGrades):
    """nbgrader's own, but reads what it needs at once; first of `c.GenerateFeedback.preprocessors`.

    It also finds who handed in, when, until when that was possible, and what is still to be graded.
    """

    _open: tuple[str, Gradebook] | None = None
    _close: Callable[[], Any] | None = None

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        about = resources["nbgrader"]
        gradebook = self._gradebook(about["db_url"])
        try:
            self._read(gradebook, about)
        finally:
            gradebook.db.rollback()  # what changes meanwhile is read anew, and nobody is locked out
        return super(GetGrades, self).preprocess(nb, resources)

    def _gradebook(self, url: str) -> Gradebook:
        """The gradebook, open for all pages of one command: to open it takes longer than a page."""
        if self._open is None or self._open[0] != url:
            if self._close is not None:  # an attempt that doesn't count has a gradebook of its own
                self._close()
            self._open = url, Gradebook(url)
            self._close = weakref.finalize(self, self._open[1].close)
        return self._open[1]

    def _read(self, gradebook: Gradebook, about: dict[str, Any]) -> None:
        row = gradebook.find_submission_notebook(
            about["notebook"], about["assignment"], about["student"]
        )
        # nbgrader asks for each cell alone, which takes longer than all that follows.
        query = gradebook.db.query
        grades = query(BaseCell.name, Grade.score, Grade.max_score, Grade.needs_manual_grade)
        comments = query(BaseCell.name, Comment.comment)
        found = grades.join(Grade.cell).filter(Grade.notebook_id == row.id)
        self._grades = {name: tuple(grade) for name, *grade in found}
        said = comments.join(Comment.cell).filter(Comment.notebook_id == row.id)
        self._comments = {name: comment for name, comment in said}
        submission, student = row.assignment, row.assignment.student
        penalty = row.late_submission_penalty or 0.0
        about |= {
            "score": row.score - penalty,
            "max_score": row.max_score,
            "late_penalty": penalty,
            "name": " ".join(n for n in (student.first_name, student.last_name) if n),
            "handed_in": submission.timestamp,
            "due": submission.duedate,
            "seconds_late": submission.total_seconds_late,
        }

    def _get_comment(self, cell: NotebookNode, resources: Any) -> None:
        about = cell.metadata.nbgrader
        about["comment"] = self._comments.get(about["grade_id"])

    def _get_score(self, cell: NotebookNode, resources: Any) -> None:
        about = cell.metadata.nbgrader
        # The exercise may have lost a cell since the notebook was graded.
        score, most, waits = self._grades.get(about["grade_id"], (0.0, 0.0, False))
        about |= {"score": score, "points": most, "waiting": bool(waits)}


class HideTests(ClearHiddenTests):
    """Leave hidden tests out of the feedback; one of `c.GenerateFeedback.preprocessors`."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, cell_index: int
    ) -> tuple[NotebookNode, Any]:
        if is_grade(cell) and not is_solution(cell):
            before = cell.source
            cell, resources = super().preprocess_cell(cell, resources, cell_index)
            if cell.source != before:
                cell.source = f"{cell.source.strip()}\n{HIDDEN}".strip()
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


class FeedbackPage(Exporter):
    """Writes one page, with all that it needs in it; `c.GenerateFeedback.exporter_class`."""

    output_mimetype = "text/html"

    @default("file_extension")
    def _html(self) -> str:
        return ".html"

    @default("optimistic_validation")
    def _validate_once(self) -> bool:
        return True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        converter = cast(Any, self.parent)  # nbgrader's, which makes one exporter a command
        course = getattr(converter, "coursedir", None)
        if course is not None and course.assignment_id:
            with Gradebook(course.db_url, course.course_id) as gradebook:
                bring_up_to_date(gradebook, [course.assignment_id], converter)

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """The page, and nbconvert's resources."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        return rendered(nb, resources["nbgrader"], Settings(parent=self)), resources
