"""nbgrader's table of scores, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from typing import Any, cast

from nbgrader.api import (
    Grade,
    Gradebook,
    MissingEntry,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.plugins.export import ExportPlugin
from sqlalchemy import or_
from traitlets.config import Configurable

from nbexaminer.errors import GradebookUnavailable
from nbexaminer.gradebook.lateness import bring_up_to_date
from nbexaminer.notebook.harmless import safe_cell
from nbexaminer.people.roster import Learner, read_roster


class SafeCsvExport(ExportPlugin):
    """nbgrader's table of scores, quoted, and without text that a spreadsheet would compute."""

    COLUMNS = (
        "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
        "raw_score", "late_submission_penalty", "score", "max_score", "section",
    )  # fmt: skip

    def export(self, gradebook: Gradebook) -> None:
        """Write the table to the file that `--to` names, or to grades.csv.

        Whom the instructor has excluded is not in it. Who has nothing graded has no score: that is
        not the same as 0 points.
        """
        path = self.to or "grades.csv"
        exercises = [a.name for a in gradebook.assignments]
        try:
            bring_up_to_date(gradebook, exercises, cast(Configurable, self.parent))
        except GradebookUnavailable as error:
            raise SystemExit(str(error)) from None
        learners = [learner for learner in read_roster(gradebook) if not learner.excluded]
        learners.sort(key=lambda learner: (learner.last_name, learner.first_name))
        self.log.info("Exporting grades to %s", path)
        with open(path, "w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow(self.COLUMNS)
            for assignment in gradebook.assignments:
                if self.assignment and assignment.name not in self.assignment:
                    continue
                for learner in learners:
                    if not self.student or learner.student_id in self.student:
                        row = self._row(gradebook, assignment, learner)
                        table.writerow([safe_cell(value) for value in row])

    def _row(self, gradebook: Gradebook, assignment: Any, learner: Learner) -> list[Any]:
        try:
            submission = gradebook.find_submission(assignment.name, learner.student_id)
            graded = _has_points(gradebook, submission)
        except MissingEntry:
            graded, when = False, None
        else:
            when = submission.timestamp
        if not graded:
            raw = penalty = score = None
        else:
            raw = submission.score
            penalty = submission.late_submission_penalty
            score = max(0.0, raw - penalty)
        return [
            assignment.name, assignment.duedate, when, learner.student_id, learner.last_name,
            learner.first_name, learner.email, raw, penalty, score, assignment.max_score,
            learner.section,
        ]  # fmt: skip


def _has_points(gradebook: Gradebook, submission: SubmittedAssignment) -> bool:
    """Whether anything of it is graded: nbgrader makes its rows before it grades."""
    given = or_(Grade.auto_score.is_not(None), Grade.manual_score.is_not(None))
    mine = SubmittedNotebook.assignment_id == submission.id
    found = gradebook.db.query(Grade.id).join(SubmittedNotebook).filter(mine, given)
    return found.first() is not None
