"""Given in exercises 6, 7 and 8."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelConfig:
    """The sizes of a model."""

    vocab_size: int
    d_model: int
    n_layers: int
    n_heads: int
    d_ff: int
    n_kv_heads: int | None = None
    d_head: int | None = None
    gated: bool = False
    bias: bool = False
    norm: str = "rms"
    tied_embeddings: bool = False
    n_positions: int = 0


def small(vocab_size):
    """The sizes of the model that you train, as in exercise 7."""
    return ModelConfig(vocab_size, d_model=128, n_layers=3, n_heads=4, d_ff=352, gated=True)
