"""Exercise 8-generation: a module for each answer, with misconceptions and hidden cases."""

from checks.generation.exercise import EXERCISE
from checks.generation.generate_cached import (
    check_generate_cached,
    check_generate_cached_often,
    check_generate_cached_seeds,
    check_generate_cached_top_p,
)
from checks.generation.grouped_query_attention import (
    check_GroupedQueryAttention,
    check_heads_refused,
)
from checks.generation.kv_cache import check_KVCache
from checks.generation.kv_cache_bytes import check_kv_cache_bytes
from checks.generation.nucleus import check_nucleus
from checks.generation.repeat_kv import check_repeat_kv
from checks.run import for_test_cells

__all__ = [
    "EXERCISE",
    "check_GroupedQueryAttention",
    "check_KVCache",
    "check_generate_cached",
    "check_generate_cached_often",
    "check_generate_cached_seeds",
    "check_generate_cached_top_p",
    "check_heads_refused",
    "check_kv_cache_bytes",
    "check_nucleus",
    "check_repeat_kv",
    "hidden_tests",
    "passed",
    "waiting",
]
__getattr__ = for_test_cells(EXERCISE)
