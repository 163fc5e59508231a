"""A class whose learners are on learning platforms, and what these give out about it."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from click.testing import CliRunner, Result
from nbgrader.api import Gradebook

from nbexaminer.__main__ import main
from nbexaminer.classroom.roster import Learner, write_roster
from support.course import EXERCISE
from support.profile import COURSE_ID, configured

LEARNERS = [
    Learner("ada", "Ada", "Lovelace", "ada@uni.edu", aliases=("12345",)),
    Learner("oneil", "Conor", "O'Neil-Smith", "conor@uni.edu", aliases=("12346",)),
    Learner("zoe", "Zoë", "Müller", "zoe@uni.edu"),
    Learner("ben", "Ben", "Idle", "ben@uni.edu"),
    Learner("gone", "Gone", "Away", "gone@uni.edu", excluded=True),
]
# Points of the two tests and of the written answer, where somebody has graded it, and hours late.
SCORES: dict[str, tuple[float, float | None, int]] = {
    "ada": (3.0, 2.5, 0),
    "oneil": (3.0, 3.0, 1),
    "zoe": (1.0, None, 0),
    "gone": (3.0, 3.0, 0),
}
DUE = datetime.datetime(2026, 11, 20, 12, 0)


def make_class(root: Path) -> None:
    """A course folder whose gradebook has the learners, and an exercise of 6 points."""
    configured(
        root,
        "c.MarkingRules.late_policy = 'per_day'",
        "c.MarkingRules.late_percent_per_day = 125 / 6",  # 1.25 of 6 points
    )
    folder = root / "source" / EXERCISE
    folder.mkdir(parents=True)
    (folder / f"{EXERCISE}.ipynb").write_text("{}")
    with gradebook_of(root) as gradebook:
        gradebook.add_assignment(EXERCISE, duedate=DUE)
        gradebook.add_notebook(EXERCISE, EXERCISE)
        for cell in ("tests", "written"):
            gradebook.add_grade_cell(cell, EXERCISE, EXERCISE, max_score=3, cell_type="code")
        write_roster(gradebook, LEARNERS)


def gradebook_of(root: Path) -> Gradebook:
    return Gradebook(f"sqlite:///{root}/gradebook.db", COURSE_ID)


def give_scores(root: Path) -> None:
    """Have the submissions graded, without penalties; of ben there is only an extension."""
    with gradebook_of(root) as gradebook, gradebook.db.no_autoflush:
        for who, (tests, by_hand, late) in SCORES.items():
            handed_in = DUE + datetime.timedelta(hours=late)
            submission = gradebook.add_submission(EXERCISE, who, timestamp=handed_in)
            (notebook,) = submission.notebooks
            for grade in notebook.grades:
                if grade.name == "tests":
                    grade.auto_score, grade.needs_manual_grade = tests, False
                else:
                    grade.manual_score, grade.needs_manual_grade = by_hand, by_hand is None
        gradebook.add_submission(EXERCISE, "ben")
        gradebook.db.commit()


def zipped(members: Mapping[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


def command(*arguments: str, status: int = 0) -> str:
    """What a command of the grader's says in the folder at hand; fails unless it ends so."""
    result: Result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == status, result.output
    return result.output
