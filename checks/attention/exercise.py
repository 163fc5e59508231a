"""The points of exercise 1-attention, and what its test cells call besides the checks."""

from checks.check import Exercise

EXERCISE = Exercise(
    "1-attention",
    {"project_qkv": (1, 2), "softmax": (1, 3), "scaled_dot_product_attention": (2, 4)},
    written=3,
)
passed, waiting, hidden_tests = EXERCISE.passed, EXERCISE.waiting, EXERCISE.hidden_tests
