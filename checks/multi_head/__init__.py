"""Exercise 2-multi-head: a module for each answer, with misconceptions and hidden cases."""

from checks.multi_head.exercise import EXERCISE, hidden_tests, passed, waiting
from checks.multi_head.merge_heads import check_merge_heads
from checks.multi_head.multi_head_attention import check_multi_head_attention, check_refuses
from checks.multi_head.split_heads import check_split_heads, check_split_refuses

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
