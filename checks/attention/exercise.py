"""The points of exercise 1-attention."""

from checks.check import Exercise

EXERCISE = Exercise(
    "1-attention",
    {"project_qkv": (1, 2), "softmax": (1, 3), "scaled_dot_product_attention": (2, 4)},
    written=3,
)
