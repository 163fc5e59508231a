"""nbgrader's table of scores, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins.export import ExportPlugin

from grading.submission.harmless import safe_cell


class SafeCsvExport(ExportPlugin):
    """nbgrader's table of scores, quoted, and without text that a spreadsheet would compute."""

    COLUMNS = (
        "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
        "raw_score", "late_submission_penalty", "score", "max_score",
    )  # fmt: skip

    def export(self, gradebook: Gradebook) -> None:
        """Write the table to the file that `--to` names, or to grades.csv."""
        path = self.to or "grades.csv"
        self.log.info("Exporting grades to %s", path)
        with open(path, "w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow(self.COLUMNS)
            for assignment in gradebook.assignments:
                if self.assignment and assignment.name not in self.assignment:
                    continue
                for student in gradebook.students:
                    if not self.student or student.id in self.student:
                        row = self._row(gradebook, assignment, student)
                        table.writerow([safe_cell(value) for value in row])

    def _row(self, gradebook: Gradebook, assignment: Any, student: Any) -> list[Any]:
        try:
            submission = gradebook.find_submission(assignment.name, student.id)
        except MissingEntry:
            when, raw, penalty = None, 0.0, 0.0
        else:
            when, raw = submission.timestamp, submission.score
            penalty = submission.late_submission_penalty
        return [
            assignment.name, assignment.duedate, when, student.id, student.last_name,
            student.first_name, student.email, raw, penalty, max(0.0, raw - penalty),
            assignment.max_score,
        ]  # fmt: skip
