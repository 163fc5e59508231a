"""The answers of exercise 5-positional-encoding."""

from checks.check import Exercise

EXERCISE = Exercise("5-positional-encoding", ("sinusoidal_encoding", "apply_rope", "alibi_bias"))
