"""Exercise 1-attention: a module for each answer, with misconceptions and hidden cases."""

from checks.attention.exercise import EXERCISE
from checks.attention.project_qkv import check_project_qkv
from checks.attention.scaled_dot_product_attention import (
    attention_inputs,
    check_scaled_dot_product_attention,
    large_scores,
)
from checks.attention.softmax import check_softmax
from checks.run import for_test_cells

__all__ = [
    "EXERCISE",
    "attention_inputs",
    "check_project_qkv",
    "check_scaled_dot_product_attention",
    "check_softmax",
    "hidden_tests",
    "large_scores",
    "passed",
    "waiting",
]
__getattr__ = for_test_cells(EXERCISE)
