"""Which answers go where in `my_llm`, and from when on it can do what."""

from __future__ import annotations

from dataclasses import dataclass

PACKAGE = "my_llm"

HOMES: dict[str, dict[str, tuple[str, ...]]] = {
    "0-tokens": {"tokens": ("count_pairs", "merge_pair", "train_bpe", "encode", "decode")},
    "1-attention": {"attention": ("project_qkv", "softmax", "scaled_dot_product_attention")},
    "2-multi-head": {"attention": ("split_heads", "merge_heads", "MultiHeadAttention")},
    "3-attention-patterns": {
        "patterns": ("attention_entropy", "previous_token_score", "most_attended")
    },
    "4-causal-masking": {
        "attention": ("causal_mask", "padding_mask", "scaled_dot_product_attention")
    },
    "5-positional-encoding": {"positions": ("sinusoidal_encoding", "apply_rope", "alibi_bias")},
    "6-parameters": {
        "counting": (
            "linear_parameters",
            "attention_parameters",
            "feed_forward_parameters",
            "transformer_parameters",
        )
    },
    "7-decoder": {
        "decoder": ("RMSNorm", "SwiGLU", "DecoderBlock", "DecoderLM"),
        "training": ("next_token_loss", "training_step"),
        "generation": ("sample_next", "generate"),
    },
    "8-generation": {
        "decoder": ("repeat_kv", "KVCache", "GroupedQueryAttention"),
        "generation": ("nucleus", "generate_cached", "kv_cache_bytes"),
    },
}
"""Of each exercise, what it asks for and the part of the package where that goes.

Exercise 4's `scaled_dot_product_attention` has the place of exercise 1's. Left out are
`plot_attention`, for which one would need matplotlib, and `missing_parameters`, a number.
"""

TEMPLATES = {"ModelConfig": "config", "split_words": "words", "count_words": "words"}
"""What exercises give that the package has once, and the module of templates/ in which."""


@dataclass(frozen=True)
class Milestone:
    """Something that the program can do.

    Args:
        after: the number of the exercise that brings it.
        says: what it then does; goes on after "it".
        calls: how that is asked for, after `python -m my_llm`.
        needs: answers without which it can't.
        files: the templates that it consists of.
        weights: the file of trained weights that it reads, if any.
        origin: whose weights these are.
    """

    after: int
    says: str
    calls: tuple[str, ...]
    needs: tuple[str, ...]
    files: tuple[str, ...]
    weights: str = ""
    origin: str = ""


MILESTONES = (
    Milestone(
        0,
        "reads and writes tokens",
        ("tokens FILE",),
        ("train_bpe", "encode", "decode"),
        ("tokenizer.py", "commands/tokens.py"),
    ),
    Milestone(
        3,
        "shows where the heads of a trained model look",
        ('look "The keys to the cabinet are on the table."',),
        ("scaled_dot_product_attention", "split_heads", "merge_heads")
        + HOMES["3-attention-patterns"]["patterns"],
        ("minilm.py", "commands/look.py"),
        "minilm.pt",
        "[all-MiniLM-L6-v2](https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2)",
    ),
    Milestone(
        5,
        "knows positions",
        ("positions",),
        ("sinusoidal_encoding", "apply_rope", "alibi_bias"),
        ("commands/positions.py",),
    ),
    Milestone(
        6,
        "counts its own parameters",
        ("count",),
        ("transformer_parameters",),
        ("config.py", "commands/count.py"),
    ),
    Milestone(
        7,
        "learns from a text and writes in its style",
        ("train FILE", 'write "She opened the letter, and"'),
        ("train_bpe", "encode", "decode", "DecoderLM", "training_step", "generate"),
        ("config.py", "tokenizer.py", "trained.py", "commands/train.py", "commands/write.py"),
    ),
    Milestone(
        8,
        "talks, with SmolLM2's weights",
        ("chat", 'chat "What is the capital of France?"'),
        ("merge_pair", "RMSNorm", "SwiGLU", "KVCache", "GroupedQueryAttention", "generate_cached"),
        ("smollm2.py", "commands/chat.py"),
        "smollm2.pt",
        "[SmolLM2-135M-Instruct](https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct)",
    ),
)


def part_of(exercise: str, name: str) -> str:
    """The part of the package to which an answer goes."""
    return next(part for part, names in HOMES[exercise].items() if name in names)


def asked(exercise: str) -> list[str]:
    """The answers of an exercise that the package takes."""
    return [name for names in HOMES[exercise].values() for name in names]


def number(exercise: str) -> int:
    """The number of an exercise."""
    return int(exercise.partition("-")[0])


def askers(name: str) -> list[str]:
    """The exercises that ask for an answer of this name, the latest first."""
    return [exercise for exercise in reversed(HOMES) if name in asked(exercise)]


def every_name() -> list[str]:
    """Every answer of the package, each once, in the order of the exercises."""
    return list(dict.fromkeys(name for exercise in HOMES for name in asked(exercise)))
