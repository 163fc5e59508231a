"""Scores of an exercise that a platform is told."""

from __future__ import annotations

from dataclasses import dataclass

from nbgrader import api
from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy import or_, select

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
        submission, grade = api.SubmittedAssignment, api.Grade
        has_a_score = (
            select(grade.id)
            .join(api.SubmittedNotebook, grade.notebook_id == api.SubmittedNotebook.id)
            .where(api.SubmittedNotebook.assignment_id == submission.id)
            .where(or_(grade.auto_score.is_not(None), grade.manual_score.is_not(None)))
            .exists()
        )
        columns = (
            submission.student_id,
            submission.score,
            submission.late_submission_penalty,
            submission.needs_manual_grade,
            has_a_score,
        )
        mine = select(*columns).where(submission.assignment_id == assignment.id)
        by_learner = {}
        for who, score, late, waits, scored in gradebook.db.execute(mine):
            # An extension makes a submission too, before anything is handed in.
            graded = course.path(course.directory.autograded_directory, who, exercise)
            if scored or graded.is_dir():
                by_learner[who] = Score(max(0.0, float(score or 0) - float(late)), bool(waits))
        return Scores(float(assignment.max_score), by_learner)
