"""What lesson 13 measures with: texts written with top-p, their words, and the work of a pass.

The loop and the choices are those of `reference.generation`.
"""

import re
import time
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from reference.block import DecoderLM
from reference.generation import CachedModel, generate_cached, nucleus


class _WithNucleus:
    """A model from which drawing at temperature 1 draws from the nucleus at `temperature`."""

    def __init__(self, model: CachedModel, temperature: float, top_p: float) -> None:
        self.model, self.temperature, self.top_p = model, temperature, top_p
        self.training = model.training

    def train(self, mode: bool = True) -> None:
        self.model.train(mode)

    def eval(self) -> None:
        self.model.eval()

    def new_caches(self) -> list[Any]:
        return self.model.new_caches()

    def __call__(self, tokens: Tensor, caches: list[Any]) -> Tensor:
        logits = self.model(tokens, caches)[..., -1:, :]
        return nucleus((logits / self.temperature).softmax(dim=-1), self.top_p).log()


def write(
    model: CachedModel,
    tokens: Tensor,
    n_new: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """As `generate_cached`, and with `top_p` only from the nucleus of the tokens at `temperature`.

    Shapes: `tokens` `(batch, n)`; gives `(batch, n + n_new)`. Raises `ValueError` as `sample_next`
    and `nucleus` do.
    """
    if top_p is None or temperature == 0:  # the likeliest token is in every nucleus
        return generate_cached(model, tokens, n_new, temperature, top_k, generator)
    if temperature < 0:
        raise ValueError(f"temperature is {temperature}; it must be 0 (arg max) or greater")
    within = _WithNucleus(model, temperature, top_p)
    return generate_cached(within, tokens, n_new, 1.0, top_k, generator)


def words(text: str) -> list[str]:
    """The words of `text` in lower case, without punctuation."""
    return re.findall(r"[a-z]+(?:'[a-z]+)*", text.lower())


def failures(texts: Sequence[str], known: Container[str]) -> tuple[float, float]:
    """The shares of repeats and of inventions, each a mean over `texts`.

    Repeats are sequences of four words that stood in the same text before, inventions words that
    aren't `known`. The first and the last word of a text don't count: they may be pieces.
    """
    repeats, inventions = [], []
    for text in texts:
        spoken = words(text)[1:-1]
        fours = list(zip(spoken, spoken[1:], spoken[2:], spoken[3:], strict=False))
        repeats.append(1 - len(set(fours)) / len(fours))
        inventions.append(sum(word not in known for word in spoken) / len(spoken))
    return sum(repeats) / len(texts), sum(inventions) / len(texts)


@contextmanager
def positions_computed(model: DecoderLM) -> Iterator[list[int]]:
    """Collect how many positions each call of `model` computes inside the `with`.

    `with positions_computed(model) as counts: model(tokens)` puts `tokens.shape[-1]` into `counts`.
    """
    counts: list[int] = []
    hook = model.embedding.register_forward_hook(
        lambda _embedding, inputs, _x: counts.append(inputs[0].shape[-1])
    )
    try:
        yield counts
    finally:
        hook.remove()


def keys_and_values(model: nn.Module, ids: Tensor) -> tuple[list[Tensor], list[Tensor]]:
    """What `W_k` and `W_v` of each layer give for `ids` `(n,)`, before RoPE turns the keys.

    Gives the keys and the values of all layers, each a list of `(n, d)`. `model` is a `DecoderLM`
    or a `MiniLM`.
    """
    found: dict[str, list[Tensor]] = {"attention.W_k": [], "attention.W_v": []}
    hooks = [
        part.register_forward_hook(lambda _part, _x, y, to=to: to.append(y.detach()))
        for name, part in model.named_modules()
        for end, to in found.items()
        if name.endswith(end)
    ]
    try:
        model(ids)
    finally:
        for hook in hooks:
            hook.remove()
    keys, values = found.values()
    return keys, values


def milliseconds(run: Callable[..., object], *arguments: object, times: int = 5) -> float:
    """How long `run(*arguments)` takes: the fastest of several `times`, the least disturbed one."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        run(*arguments)
        found.append(1000 * (time.perf_counter() - start))
    return min(found)
