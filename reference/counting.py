"""How many numbers a transformer holds, and how many bytes they take.

Counts are exact: `tests/test_parameters.py` compares each entry of `CONFIGS` with a model of that
architecture.
"""

from dataclasses import dataclass
from typing import Literal

Dtype = Literal["float32", "float16", "bfloat16", "int8", "int4"]

BITS: dict[Dtype, int] = {"float32": 32, "float16": 16, "bfloat16": 16, "int8": 8, "int4": 4}


@dataclass(frozen=True)
class ModelConfig:
    """The sizes that fix a transformer's parameter count.

    `n_kv_heads=None` means as many as `n_heads`; `d_head=None` means `d_model // n_heads`;
    `gated` is a SwiGLU-style feed-forward with three matrices; `bias` is on attention and
    feed-forward; `norm` is `"rms"` (a weight) or `"layer"` (weight and bias); `n_positions` is
    the number of learned position embeddings.
    """

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


def linear_parameters(d_in: int, d_out: int, bias: bool = True) -> int:
    """Weights, and biases if any, of a layer from `d_in` to `d_out` features."""
    weights = d_in * d_out
    biases = d_out if bias else 0
    return weights + biases


def attention_parameters(
    d_model: int,
    n_heads: int,
    n_kv_heads: int | None = None,
    d_head: int | None = None,
    bias: bool = False,
) -> int:
    """Parameters of `W_q`, `W_k`, `W_v`, `W_o` in one layer.

    Grouped-query attention where `n_kv_heads < n_heads`: keys and values have fewer heads
    (Ainslie et al. 2023, section 2.2). The number of heads alone changes nothing.

    Raises `ValueError` where `d_head` is not given and `n_heads` does not divide `d_model`, or
    `n_kv_heads` does not divide `n_heads`.
    """
    d_head = _head_size(d_model, n_heads, d_head)
    n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
    if n_kv_heads < 1 or n_heads % n_kv_heads != 0:
        raise ValueError(
            f"n_kv_heads is {n_kv_heads}; it must divide n_heads = {n_heads} without remainder"
        )
    queries = linear_parameters(d_model, n_heads * d_head, bias)
    keys_and_values = 2 * linear_parameters(d_model, n_kv_heads * d_head, bias)
    output = linear_parameters(n_heads * d_head, d_model, bias)
    return queries + keys_and_values + output


def feed_forward_parameters(
    d_model: int, d_ff: int, gated: bool = False, bias: bool = False
) -> int:
    """Parameters of one feed-forward: up and down, and where `gated` a third matrix, the gate.

    Shazeer 2020, "GLU Variants Improve Transformer", equation 6.
    """
    up = linear_parameters(d_model, d_ff, bias)
    return (2 if gated else 1) * up + linear_parameters(d_ff, d_model, bias)


def transformer_parameters(config: ModelConfig) -> dict[str, int]:
    """Parameters of a decoder-only model by part, and their sum.

    Keys: `embedding`, `positions`, `attention` and `feed_forward` (all layers together), `norms`
    (two a layer and the final one), `output` (0 where tied; never a bias), `total`.

    Raises `ValueError` for a `norm` other than `"rms"` or `"layer"`, and as
    `attention_parameters` does.
    """
    if config.norm not in ("rms", "layer"):
        raise ValueError(f'config.norm is {config.norm!r}; it must be "rms" or "layer"')
    norm = config.d_model * (1 if config.norm == "rms" else 2)
    embedding = config.vocab_size * config.d_model
    parts = {
        "embedding": embedding,
        "positions": config.n_positions * config.d_model,
        "attention": config.n_layers
        * attention_parameters(
            config.d_model, config.n_heads, config.n_kv_heads, config.d_head, config.bias
        ),
        "feed_forward": config.n_layers
        * feed_forward_parameters(config.d_model, config.d_ff, config.gated, config.bias),
        "norms": (2 * config.n_layers + 1) * norm,
        "output": 0 if config.tied_embeddings else embedding,
    }
    return parts | {"total": sum(parts.values())}


def kv_cache_bytes(config: ModelConfig, n_tokens: int, bytes_per_number: int = 2) -> int:
    """Bytes that keys and values of `n_tokens` tokens take in all layers, for one sequence.

    `bytes_per_number` is 2 in float16 and bfloat16, 4 in float32. Raises `ValueError` where
    `config.d_head` is not given and `n_heads` does not divide `d_model`.
    """
    n_kv_heads = config.n_heads if config.n_kv_heads is None else config.n_kv_heads
    d_head = _head_size(config.d_model, config.n_heads, config.d_head)
    numbers = 2 * config.n_layers * n_kv_heads * d_head * n_tokens
    return numbers * bytes_per_number


def weight_bytes(n_parameters: int, dtype: Dtype = "float32") -> int:
    """Bytes of `n_parameters` numbers, rounded up to a whole one.

    The scales that a real 4-bit or 8-bit format stores beside the numbers are left out. Raises
    `ValueError` for a `dtype` not in `BITS`.
    """
    if dtype not in BITS:
        raise ValueError(f"dtype is {dtype!r}; it must be one of {', '.join(BITS)}")
    return (n_parameters * BITS[dtype] + 7) // 8


def _head_size(d_model: int, n_heads: int, d_head: int | None) -> int:
    if d_head is not None:
        return d_head
    if n_heads < 1 or d_model % n_heads != 0:
        raise ValueError(
            f"n_heads is {n_heads}; it must divide d_model = {d_model} without remainder"
        )
    return d_model // n_heads


def _gpt2(d_model: int, n_layers: int, n_heads: int) -> ModelConfig:
    return ModelConfig(
        vocab_size=50257,
        d_model=d_model,
        n_layers=n_layers,
        n_heads=n_heads,
        d_ff=4 * d_model,
        bias=True,
        norm="layer",
        tied_embeddings=True,
        n_positions=1024,
    )


def _llama(
    vocab_size: int,
    d_model: int,
    n_layers: int,
    n_heads: int,
    d_ff: int,
    n_kv_heads: int | None = None,
    tied_embeddings: bool = False,
    d_head: int | None = None,
) -> ModelConfig:
    return ModelConfig(
        vocab_size=vocab_size,
        d_model=d_model,
        n_layers=n_layers,
        n_heads=n_heads,
        d_ff=d_ff,
        n_kv_heads=n_kv_heads,
        d_head=d_head,
        gated=True,
        tied_embeddings=tied_embeddings,
    )


def _pythia(vocab_size: int, d_model: int, n_layers: int, n_heads: int) -> ModelConfig:
    return ModelConfig(
        vocab_size=vocab_size,
        d_model=d_model,
        n_layers=n_layers,
        n_heads=n_heads,
        d_ff=4 * d_model,
        bias=True,
        norm="layer",
    )


CONFIGS: dict[str, ModelConfig] = {
    # https://huggingface.co/openai-community/gpt2/blob/main/config.json, and -medium, -large, -xl
    "GPT-2 small": _gpt2(768, 12, 12),
    "GPT-2 medium": _gpt2(1024, 24, 16),
    "GPT-2 large": _gpt2(1280, 36, 20),
    "GPT-2 XL": _gpt2(1600, 48, 25),
    # https://arxiv.org/abs/2307.09288, table 1; d_ff: https://huggingface.co/meta-llama
    "Llama 2 7B": _llama(32000, 4096, 32, 32, 11008),
    "Llama 2 13B": _llama(32000, 5120, 40, 40, 13824),
    "Llama 2 70B": _llama(32000, 8192, 80, 64, 28672, n_kv_heads=8),
    # https://arxiv.org/abs/2407.21783, table 3; 1B: https://huggingface.co/meta-llama/Llama-3.2-1B
    "Llama 3 8B": _llama(128256, 4096, 32, 32, 14336, n_kv_heads=8),
    "Llama 3 70B": _llama(128256, 8192, 80, 64, 28672, n_kv_heads=8),
    "Llama 3.2 1B": _llama(128256, 2048, 16, 32, 8192, n_kv_heads=8, tied_embeddings=True),
    # https://github.com/jzhang38/TinyLlama
    "TinyLlama 1.1B": _llama(32000, 2048, 22, 32, 5632, n_kv_heads=4),
    # https://huggingface.co/HuggingFaceTB/SmolLM2-135M/blob/main/config.json, and -360M
    "SmolLM2 135M": _llama(49152, 576, 30, 9, 1536, n_kv_heads=3, tied_embeddings=True),
    "SmolLM2 360M": _llama(49152, 960, 32, 15, 2560, n_kv_heads=5, tied_embeddings=True),
    # https://huggingface.co/karpathy/tinyllamas, trained by https://github.com/karpathy/llama2.c
    "stories260K": _llama(512, 64, 5, 8, 172, n_kv_heads=4, tied_embeddings=True),
    "stories15M": _llama(32000, 288, 6, 6, 768, tied_embeddings=True),
    "stories42M": _llama(32000, 512, 8, 8, 1376, tied_embeddings=True),
    "stories110M": _llama(32000, 768, 12, 12, 2048, tied_embeddings=True),
    # https://arxiv.org/abs/2310.06825, table 1; v0.3 has a larger vocabulary
    "Mistral 7B v0.1": _llama(32000, 4096, 32, 32, 14336, n_kv_heads=8),
    "Mistral 7B v0.3": _llama(32768, 4096, 32, 32, 14336, n_kv_heads=8),
    # https://arxiv.org/abs/2403.08295, table 1: heads of 256 features, tied embeddings
    "Gemma 2B": _llama(256000, 2048, 18, 8, 16384, 1, tied_embeddings=True, d_head=256),
    "Gemma 7B": _llama(256000, 3072, 28, 16, 24576, tied_embeddings=True, d_head=256),
    # https://arxiv.org/abs/2304.01373, table 1; vocabulary padded: https://huggingface.co/EleutherAI
    "Pythia 70M": _pythia(50304, 512, 6, 8),
    "Pythia 160M": _pythia(50304, 768, 12, 12),
    "Pythia 410M": _pythia(50304, 1024, 24, 16),
}
