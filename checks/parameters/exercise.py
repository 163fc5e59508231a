"""The answers of exercise 6-parameters."""

from checks.check import Exercise

EXERCISE = Exercise(
    "6-parameters",
    (
        "linear_parameters",
        "attention_parameters",
        "feed_forward_parameters",
        "transformer_parameters",
        "missing_parameters",
    ),
)
