"""The class report, an nbgrader export plugin: one HTML page that needs no other file, and a table.

    nbgrader export --exporter=nbexaminer.nbgrader_plugins.report.ClassReport --to report.html

Scores come from the gradebook, what went wrong from the graded notebooks in autograded/. Where one
of those is missing, the report says so and does without. `--assignment` and `--student` choose.
"""

import csv
from pathlib import Path
from typing import Any, cast

from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.plugins.export import ExportPlugin
from traitlets import Bool

from nbexaminer.classroom.deadlines import near
from nbexaminer.classroom.pages.report.facts import COLUMNS, State, exercise_report, gather
from nbexaminer.classroom.pages.report.page import render
from nbexaminer.classroom.similarity.compare import Comparison
from nbexaminer.classroom.similarity.texts import BaseLine, base_line
from nbexaminer.lms.sheet import safe_cell
from nbexaminer.nbgrader_plugins.export import up_to_date_roster
from nbexaminer.profile import CourseProfile


class ClassReport(ExportPlugin):
    """Writes the page to `--to` (report.html) and the table beside it (report.csv)."""

    similarity = Bool(True, help="Whether learners' answers are compared.").tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write both files; excluded learners are in neither."""
        page = Path(self.to or "report.html")
        table = page.with_suffix(".csv")
        if page == table:
            raise NbGraderException(
                f"--to is {self.to!r}: name the HTML page, such as report.html; "
                "the table goes beside it as .csv"
            )
        exercises = {str(name) for name in self.assignment}
        there_are = [assignment.name for assignment in gradebook.assignments]
        for name in sorted(exercises - {*there_are}):
            raise NbGraderException(
                f"--assignment {name!r}: not in the gradebook{near(name, there_are)}"
            )
        course = cast(Any, self.parent).coursedir
        roster = up_to_date_roster(self, gradebook)
        learners = [learner for learner in roster if not learner.excluded]
        found = [
            gather(gradebook, assignment, learners, course, self.log)
            for assignment in gradebook.assignments
            if not exercises or assignment.name in exercises
        ]
        base = self._base_line(course) if self.similarity and found else None
        begun = [
            facts for facts in found if exercises or len(facts.who(State.MISSING)) < len(learners)
        ]
        later = [facts.name for facts in found if facts not in begun]
        reports = []
        for facts in begun:
            prose = [name for name, is_prose in facts.answers.items() if is_prose]
            pairs = Comparison(facts.texts, prose, base).pairs() if base is not None else None
            reports.append(exercise_report(facts, pairs))
        names = {learner.student_id: learner.name for learner in learners}
        text = render(reports, names, len(roster) - len(learners), later)
        # Ids and names can hold what UTF-8 can't.
        page.write_bytes(text.encode("utf-8", "replace"))
        with table.open("w", newline="", encoding="utf-8", errors="replace") as file:
            rows = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
            rows.writerow(COLUMNS)
            rows.writerows(map(safe_cell, row) for facts in found for row in facts.table())
        self.log.info("The class report is in %s and %s", page, table)

    def _base_line(self, course: Any) -> BaseLine:
        folders = (course.source_directory, course.release_directory, "notebooks")
        profile = CourseProfile(parent=self.parent).read(Path(course.root))
        return base_line([Path(course.root) / folder for folder in folders], profile)
