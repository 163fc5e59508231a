"""The points of exercise 2-multi-head, and what its test cells call besides the checks."""

from checks.check import Exercise

EXERCISE = Exercise(
    "2-multi-head", {"split_heads": (1, 2), "merge_heads": (1, 2), "MultiHeadAttention": (3, 6)}
)
passed, waiting, hidden_tests = EXERCISE.passed, EXERCISE.waiting, EXERCISE.hidden_tests
