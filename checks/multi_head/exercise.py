"""The points of exercise 2-multi-head."""

from checks.check import Exercise

EXERCISE = Exercise(
    "2-multi-head", {"split_heads": (1, 2), "merge_heads": (1, 2), "MultiHeadAttention": (3, 6)}
)
