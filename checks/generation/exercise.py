"""The points of exercise 8-generation."""

from checks.check import Exercise

EXERCISE = Exercise(
    "8-generation",
    {
        "repeat_kv": (1, 1),
        "KVCache": (1, 2),
        "GroupedQueryAttention": (2, 4),
        "nucleus": (1, 3),
        "generate_cached": (2, 3),
        "kv_cache_bytes": (1, 2),
    },
)
