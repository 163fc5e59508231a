"""The answers of exercise 4-causal-masking."""

from checks.check import Exercise

EXERCISE = Exercise(
    "4-causal-masking", ("causal_mask", "padding_mask", "scaled_dot_product_attention")
)
