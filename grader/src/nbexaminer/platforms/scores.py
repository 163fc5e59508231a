"""Scores of an exercise that a platform is told."""

from __future__ import annotations

from dataclasses import dataclass

from nbgrader import api
from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy import Exists, ScalarSelect, func, or_, select

from nbexaminer.course_folder import CourseFolder
from nbexaminer.errors import Refusal
from nbexaminer.gradebook.lateness import bring_up_to_date


@dataclass(frozen=True)
class Score:
    """points: after the late penalty; unfinished: something waits for a human to grade it."""

    points: float
    unfinished: bool


@dataclass(frozen=True)
class Scores:
    """most: the exercise's points; by_learner: of those whose work has been graded."""

    most: float
    by_learner: dict[str, Score]

    @classmethod
    def read(cls, course: CourseFolder, gradebook: Gradebook, exercise: str) -> Scores:
        """As the gradebook has them. Raises Refusal where it doesn't know the exercise."""
        bring_up_to_date(gradebook, [exercise], course.app)
        try:
            assignment = gradebook.find_assignment(exercise)
        except MissingEntry:
            raise Refusal(
                f"the gradebook has no {exercise}: run nbgrader generate_assignment {exercise}"
            ) from None
        submission = api.SubmittedAssignment
        penalty, scored = _penalty(), _has_a_score()
        columns = (submission.student_id, submission.score, penalty, submission.needs_manual_grade)
        mine = select(*columns, scored).where(submission.assignment_id == assignment.id)
        by_learner = {}
        for who, score, late, waits, has_a_score in gradebook.db.execute(mine):
            # An extension makes a submission too, before anything is handed in.
            graded = course.path(course.directory.autograded_directory, who, exercise)
            if has_a_score or graded.is_dir():
                by_learner[who] = Score(max(0.0, float(score or 0) - float(late)), bool(waits))
        return Scores(float(assignment.max_score), by_learner)


def _penalty() -> ScalarSelect[float]:
    notebook = api.SubmittedNotebook
    return (
        select(func.coalesce(func.sum(notebook.late_submission_penalty), 0.0))
        .where(notebook.assignment_id == api.SubmittedAssignment.id)
        .correlate(api.SubmittedAssignment)
        .scalar_subquery()
    )


def _has_a_score() -> Exists:
    grade, notebook = api.Grade, api.SubmittedNotebook
    return (
        select(grade.id)
        .join(notebook, grade.notebook_id == notebook.id)
        .where(notebook.assignment_id == api.SubmittedAssignment.id)
        .where(or_(grade.auto_score.is_not(None), grade.manual_score.is_not(None)))
        .correlate(api.SubmittedAssignment)
        .exists()
    )
