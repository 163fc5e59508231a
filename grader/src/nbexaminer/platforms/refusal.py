"""Why nothing can be done for a platform at all."""

from __future__ import annotations

from nbexaminer.course_folder import CourseFolder
from nbexaminer.errors import Refusal


def check_exercise(course: CourseFolder, exercise: str) -> None:
    """Raises Refusal unless source/ has the exercise."""
    if exercise not in course.exercises():
        raise Refusal(course.no_such(exercise))
