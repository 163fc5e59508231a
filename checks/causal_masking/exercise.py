"""The points of exercise 4-causal-masking."""

from checks.check import Exercise

EXERCISE = Exercise(
    "4-causal-masking",
    {"causal_mask": (1, 2), "padding_mask": (1, 2), "scaled_dot_product_attention": (3, 6)},
)
