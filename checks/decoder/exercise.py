"""The points of exercise 7-decoder."""

from checks.check import Exercise

EXERCISE = Exercise(
    "7-decoder",
    {
        "RMSNorm": (1, 2),
        "SwiGLU": (1, 2),
        "DecoderBlock": (2, 4),
        "DecoderLM": (2, 4),
        "next_token_loss": (1, 2),
        "sample_next": (2, 3),
        "generate": (1, 2),
    },
)
