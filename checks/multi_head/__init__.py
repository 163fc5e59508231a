"""Exercise 2-multi-head: a module for each answer, with misconceptions and hidden cases."""

from checks.multi_head.exercise import EXERCISE
from checks.multi_head.merge_heads import check_merge_heads
from checks.multi_head.multi_head_attention import check_multi_head_attention, check_refuses
from checks.multi_head.split_heads import check_split_heads, check_split_refuses
from checks.run import for_test_cells

__all__ = [
    "EXERCISE",
    "check_merge_heads",
    "check_multi_head_attention",
    "check_refuses",
    "check_split_heads",
    "check_split_refuses",
    "hidden_tests",
    "passed",
    "waiting",
]
__getattr__ = for_test_cells(EXERCISE)
