"""Exercise 6-parameters: a module for each answer, with misconceptions and hidden cases."""

from checks.parameters.attention_parameters import check_attention_parameters
from checks.parameters.exercise import EXERCISE
from checks.parameters.feed_forward_parameters import check_feed_forward_parameters
from checks.parameters.linear_parameters import check_linear_parameters
from checks.parameters.missing_parameters import check_missing_parameters
from checks.parameters.transformer_parameters import check_transformer_parameters
from checks.run import for_test_cells

__all__ = [
    "EXERCISE",
    "check_attention_parameters",
    "check_feed_forward_parameters",
    "check_linear_parameters",
    "check_missing_parameters",
    "check_transformer_parameters",
    "hidden_tests",
    "passed",
    "waiting",
]
__getattr__ = for_test_cells(EXERCISE)
