"""Exercise 0-template: a module for each answer, with misconceptions and hidden cases."""

from checks.template.double import check_double
from checks.template.exercise import EXERCISE, hidden_tests, passed, waiting

__all__ = ["EXERCISE", "check_double", "hidden_tests", "passed", "waiting"]
