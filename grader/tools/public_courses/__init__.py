"""Compares the grader with stock nbgrader on public courses: `python -m public_courses --help`."""
