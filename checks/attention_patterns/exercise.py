"""The answers of exercise 3-attention-patterns."""

from checks.check import Exercise

EXERCISE = Exercise(
    "3-attention-patterns",
    ("attention_entropy", "previous_token_score", "most_attended", "plot_attention"),
)
