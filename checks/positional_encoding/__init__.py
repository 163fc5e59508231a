"""Exercise 5-positional-encoding: a module for each answer, with misconceptions and cases."""

from checks.positional_encoding.alibi_bias import check_alibi_bias
from checks.positional_encoding.apply_rope import check_apply_rope
from checks.positional_encoding.exercise import EXERCISE
from checks.positional_encoding.sinusoidal_encoding import check_sinusoidal_encoding
from checks.run import for_test_cells

__all__ = [
    "EXERCISE",
    "check_alibi_bias",
    "check_apply_rope",
    "check_sinusoidal_encoding",
    "hidden_tests",
    "passed",
    "waiting",
]
__getattr__ = for_test_cells(EXERCISE)
