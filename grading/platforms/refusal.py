"""Why nothing can be done for a platform at all."""

from __future__ import annotations

from grading.classroom.course import CourseFolder


class CannotDo(Exception):
    """Nothing can be done; the message says why and what to do."""


def check_exercise(course: CourseFolder, exercise: str) -> None:
    """Raises CannotDo unless source/ has the exercise."""
    known = course.exercises()
    if exercise not in known:
        raise CannotDo(f"there is no exercise {exercise!r} in source/: {', '.join(known)}")
