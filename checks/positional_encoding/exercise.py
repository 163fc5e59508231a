"""The points of exercise 5-positional-encoding, and what its test cells call besides the checks."""

from checks.check import Exercise

EXERCISE = Exercise(
    "5-positional-encoding",
    {"sinusoidal_encoding": (1, 3), "apply_rope": (2, 5), "alibi_bias": (1, 3)},
)
passed, waiting, hidden_tests = EXERCISE.passed, EXERCISE.waiting, EXERCISE.hidden_tests
