"""The points of exercise 3-attention-patterns."""

from checks.check import Exercise

EXERCISE = Exercise(
    "3-attention-patterns",
    {
        "attention_entropy": (1, 2),
        "previous_token_score": (1, 2),
        "most_attended": (1, 2),
        "plot_attention": (2, 3),
    },
    written=6,
)
