"""The answers of exercise 8-generation."""

from checks.check import Exercise

EXERCISE = Exercise(
    "8-generation",
    (
        "repeat_kv",
        "KVCache",
        "GroupedQueryAttention",
        "nucleus",
        "generate_cached",
        "kv_cache_bytes",
    ),
)
