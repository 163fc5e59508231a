"""The answers of exercise 1-attention."""

from checks.check import Exercise

EXERCISE = Exercise("1-attention", ("project_qkv", "softmax", "scaled_dot_product_attention"))
