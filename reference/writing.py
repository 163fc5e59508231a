"""What lesson 13 measures with: what is wrong with texts, and the work of a pass."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from torch import Tensor, nn

from reference.block import DecoderLM


def words(text: str) -> list[str]:
    """The words of `text` in lower case, without punctuation."""
    return re.findall(r"[a-z]+(?:'[a-z]+)*", text.lower())


def repeated(spoken: Sequence[str]) -> float:
    """The share of sequences of four words that stood before among the words `spoken`."""
    fours = list(zip(spoken, spoken[1:], spoken[2:], spoken[3:], strict=False))
    return 1 - len(set(fours)) / len(fours)


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
    """How long the processor works on `run(*arguments)`: the fastest of several `times`.

    What other programs take meanwhile doesn't count; several threads count as their sum.
    """
    found = []
    for _ in range(times):
        start = time.process_time()
        run(*arguments)
        found.append(1000 * (time.process_time() - start))
    return min(found)
