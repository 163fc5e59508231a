"""The answers of exercise 7-decoder."""

from checks.check import Exercise

EXERCISE = Exercise(
    "7-decoder",
    (
        "RMSNorm",
        "SwiGLU",
        "DecoderBlock",
        "DecoderLM",
        "next_token_loss",
        "training_step",
        "sample_next",
        "generate",
    ),
)
