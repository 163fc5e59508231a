"""nbgrader's table of scores, safe to open in a spreadsheet."""

import csv
from typing import cast

from nbgrader.api import Grade, Gradebook, SubmittedNotebook
from nbgrader.plugins.export import ExportPlugin
from sqlalchemy import or_, select
from traitlets.config import Configurable

from nbexaminer.classroom.gradebook.writer import bring_up_to_date
from nbexaminer.classroom.roster import Learner, read_roster
from nbexaminer.classroom.uploads import late_by_word
from nbexaminer.errors import GradebookUnavailable
from nbexaminer.lms.sheet import safe_cell


def up_to_date_roster(plugin: ExportPlugin, gradebook: Gradebook) -> list[Learner]:
    """Everybody, or whom `--student` names; the gradebook has their penalties as they are now."""
    exercises = [assignment.name for assignment in gradebook.assignments]
    try:
        bring_up_to_date(gradebook, exercises, cast(Configurable, plugin.parent))
    except GradebookUnavailable as error:
        raise SystemExit(str(error)) from None
    chosen = {str(student) for student in plugin.student}
    return [x for x in read_roster(gradebook) if not chosen or x.student_id in chosen]


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
        learners = [x for x in up_to_date_roster(self, gradebook) if not x.excluded]
        learners.sort(key=lambda learner: (learner.last_name, learner.first_name))
        self.log.info("Exporting grades to %s", path)
        # nbgrader makes its rows before it grades.
        given = or_(Grade.auto_score.is_not(None), Grade.manual_score.is_not(None))
        found = select(SubmittedNotebook.assignment_id).join(Grade.notebook).where(given)
        graded = set(gradebook.db.scalars(found))
        with open(path, "w", newline="", encoding="utf-8") as file:
            table = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
            table.writerow(self.COLUMNS)
            for assignment in gradebook.assignments:
                if self.assignment and assignment.name not in self.assignment:
                    continue
                handed_in = {s.student_id: s for s in assignment.submissions}
                for learner in learners:
                    submission = handed_in.get(learner.student_id)
                    raw = penalty = score = when = None
                    if submission is not None:
                        when = late_by_word(gradebook.db, submission) or submission.timestamp
                    if submission is not None and submission.id in graded:
                        raw, penalty = submission.score, submission.late_submission_penalty
                        score = max(0.0, raw - penalty)
                    row = [
                        assignment.name, assignment.duedate, when,
                        learner.student_id, learner.last_name, learner.first_name, learner.email,
                        raw, penalty, score, assignment.max_score, learner.section,
                    ]  # fmt: skip
                    table.writerow(map(safe_cell, row))
