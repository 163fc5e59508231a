"""Exercise 5-positional-encoding: a module for each answer, with misconceptions and cases."""

from checks.positional_encoding.alibi_bias import check_alibi_bias
from checks.positional_encoding.apply_rope import check_apply_rope
from checks.positional_encoding.exercise import EXERCISE, hidden_tests, passed, waiting
from checks.positional_encoding.sinusoidal_encoding import check_sinusoidal_encoding

__all__ = [
    "EXERCISE",
    "check_alibi_bias",
    "check_apply_rope",
    "check_sinusoidal_encoding",
    "hidden_tests",
    "passed",
    "waiting",
]
