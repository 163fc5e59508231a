"""Which answers go where in `my_llm`, and from when on it can do what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PACKAGE = "my_llm"

HOMES: dict[str, dict[str, str]] = {
    "0-tokens": {"tokens": "count_pairs merge_pair train_bpe encode decode"},
    "1-attention": {"attention": "project_qkv softmax scaled_dot_product_attention"},
    "2-multi-head": {"attention": "split_heads merge_heads MultiHeadAttention"},
    "3-attention-patterns": {"patterns": "attention_entropy previous_token_score most_attended"},
    "4-causal-masking": {"attention": "causal_mask padding_mask scaled_dot_product_attention"},
    "5-positional-encoding": {"positions": "sinusoidal_encoding apply_rope alibi_bias"},
    "6-parameters": {
        "counting": "linear_parameters attention_parameters feed_forward_parameters "
        "transformer_parameters"
    },
    "7-decoder": {
        "decoder": "RMSNorm SwiGLU DecoderBlock DecoderLM",
        "training": "next_token_loss training_step",
        "generation": "sample_next generate",
    },
    "8-generation": {
        "decoder": "repeat_kv KVCache GroupedQueryAttention",
        "generation": "nucleus generate_cached kv_cache_bytes",
    },
    "10-fine-tuning": {"fine_tuning": "LoRALinear reply_loss dpo_loss"},
}
"""Of each exercise, what it asks for and the module where that goes.

Exercise 4's `scaled_dot_product_attention` has the place of exercise 1's. Left out are
`plot_attention`, for which one would need matplotlib, and `missing_parameters`, a number.
"""

TEMPLATES = {"ModelConfig": "config", "split_words": "words", "count_words": "words"}
"""What exercises give that the program has once, and the module of templates/ in which."""
ADAPTERS = "weights/my-adapters.pt"
"""Where the program has the adapters that were trained in exercise 10."""
FILES = Path(__file__).with_name("templates")
IMPORT = re.compile(rf"(?m)^from {PACKAGE}\.(\w+) import (.+)$")


@dataclass(frozen=True)
class Milestone:
    """Something that the program can do.

    after: the number of the exercise that brings it.
    says: what it then does; goes on after "it".
    calls: how that is asked for, after `python -m my_llm`.
    weights: the file of trained weights that it reads, if any.
    origin: whose weights these are.
    more: what else a learner needs to know for that.
    """

    after: int
    says: str
    calls: tuple[str, ...]
    weights: str = ""
    origin: str = ""
    more: str = ""

    @cached_property
    def parts(self) -> tuple[frozenset[str], frozenset[str]]:
        """The templates that it consists of, and the answers that these import."""
        todo, files, answers = [f"commands/{call.split()[0]}" for call in self.calls], set(), set()
        while todo:
            files.add(path := f"{todo.pop()}.py")
            for module, names in IMPORT.findall(template(path)):
                if (FILES / f"{module}.py").exists():
                    todo.append(module)
                else:
                    answers |= {*names.split(", ")}
        return frozenset(files), frozenset(answers)


MILESTONES = (
    Milestone(0, "reads and writes tokens", ("tokens FILE",)),
    Milestone(
        3,
        "shows where the heads of a trained model look",
        ('look "The keys to the cabinet are on the table."',),
        "minilm.pt",
        "[all-MiniLM-L6-v2](https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2)",
    ),
    Milestone(5, "knows positions", ("positions",)),
    Milestone(6, "counts its own parameters", ("count",)),
    Milestone(
        7,
        "learns from a text and writes in its style",
        ("train FILE", 'write "She opened the letter, and"'),
    ),
    Milestone(
        8,
        "talks, with SmolLM2's weights",
        ("chat", 'chat "What is the capital of France?"'),
        "smollm2.pt",
        "[SmolLM2-135M-Instruct](https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct)",
    ),
    Milestone(
        10,
        "learns from conversations, and talks with the adapters that you have trained",
        ("teach FILE", "chat --adapters my-adapters.pt"),
        more="The file holds a question on a line, its reply below, an empty line, the next "
        f"question, and so on. The adapters that you train in exercise 10 become `{ADAPTERS}`, "
        "and `chat` talks with them unless you name others, or ask for SmolLM2 as it was: "
        "`chat --plain`.",
    ),
)


def template(path: str) -> str:
    """The text of one of the files that lie between the answers."""
    return (FILES / path).read_text(encoding="utf-8")


def part_of(exercise: str, name: str) -> str:
    """The part of the program to which an answer goes."""
    return next(part for part, names in HOMES[exercise].items() if name in names.split())


def asked(exercise: str) -> list[str]:
    """The answers of an exercise that the program takes."""
    return " ".join(HOMES[exercise].values()).split()


def number(exercise: str) -> int:
    """The number of an exercise."""
    return int(exercise.partition("-")[0])


def askers(name: str) -> list[str]:
    """The exercises that ask for an answer of this name, the latest first."""
    return [exercise for exercise in reversed(HOMES) if name in asked(exercise)]


def every_name() -> list[str]:
    """Every answer of the program, each once, in the order of the exercises."""
    return list(dict.fromkeys(name for exercise in HOMES for name in asked(exercise)))
