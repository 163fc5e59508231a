"""The points of exercise 4-causal-masking, and what its test cells call besides the checks."""

from checks.check import Exercise

EXERCISE = Exercise(
    "4-causal-masking",
    {"causal_mask": (1, 2), "padding_mask": (1, 2), "scaled_dot_product_attention": (3, 6)},
)
passed, waiting, hidden_tests = EXERCISE.passed, EXERCISE.waiting, EXERCISE.hidden_tests
