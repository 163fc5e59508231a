"""Exercise 0-tokens: a module for each answer, with misconceptions and hidden cases."""

from checks.run import for_test_cells
from checks.tokens.count_pairs import check_count_pairs
from checks.tokens.decode import check_decode
from checks.tokens.encode import check_encode
from checks.tokens.exercise import EXERCISE
from checks.tokens.merge_pair import check_merge_pair
from checks.tokens.train_bpe import check_train_bpe

__all__ = [
    "EXERCISE",
    "check_count_pairs",
    "check_decode",
    "check_encode",
    "check_merge_pair",
    "check_train_bpe",
    "hidden_tests",
    "passed",
    "waiting",
]
__getattr__ = for_test_cells(EXERCISE)
