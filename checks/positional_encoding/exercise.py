"""The points of exercise 5-positional-encoding."""

from checks.check import Exercise

EXERCISE = Exercise(
    "5-positional-encoding",
    {"sinusoidal_encoding": (1, 3), "apply_rope": (2, 5), "alibi_bias": (1, 3)},
)
