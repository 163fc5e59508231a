"""The points of exercise 0-template, and what its test cells call besides the checks."""

from checks.check import Exercise

EXERCISE = Exercise("0-template", {"double": (1, 2)})
passed, waiting, hidden_tests = EXERCISE.passed, EXERCISE.waiting, EXERCISE.hidden_tests
