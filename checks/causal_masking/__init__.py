"""Exercise 4-causal-masking: a module for each answer, with misconceptions and hidden cases."""

from checks.causal_masking.causal_mask import check_causal_mask
from checks.causal_masking.exercise import EXERCISE
from checks.causal_masking.no_leak import check_no_leak
from checks.causal_masking.padding_mask import check_padding_mask
from checks.causal_masking.scaled_dot_product_attention import check_scaled_dot_product_attention
from checks.run import for_test_cells

__all__ = [
    "EXERCISE",
    "check_causal_mask",
    "check_no_leak",
    "check_padding_mask",
    "check_scaled_dot_product_attention",
    "hidden_tests",
    "passed",
    "waiting",
]
__getattr__ = for_test_cells(EXERCISE)
