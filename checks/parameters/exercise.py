"""The points of exercise 6-parameters."""

from checks.check import Exercise

EXERCISE = Exercise(
    "6-parameters",
    {
        "linear_parameters": (1, 1),
        "attention_parameters": (1, 3),
        "feed_forward_parameters": (1, 2),
        "transformer_parameters": (2, 4),
        "missing_parameters": (1, 1),
    },
    written=5,
)
