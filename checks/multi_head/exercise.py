"""The answers of exercise 2-multi-head."""

from checks.check import Exercise

EXERCISE = Exercise("2-multi-head", ("split_heads", "merge_heads", "MultiHeadAttention"))
