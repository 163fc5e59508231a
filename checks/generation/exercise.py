"""The points of exercise 8-generation, and what its test cells call besides the checks."""

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
passed, waiting, hidden_tests = EXERCISE.passed, EXERCISE.waiting, EXERCISE.hidden_tests
