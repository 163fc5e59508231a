"""Where a number goes when a table is cut into heads and put together again."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from helpers.explorables.output import Explorable
from helpers.plotting import plot_split
from reference.attention import merge_heads, split_heads

MAX_TOKENS = 6
"""As many colours can be told apart."""


def explore_places(
    question: str,
    tokens: Sequence[str],
    d_model: int,
    n_heads: int = 2,
    asks: tuple[int, int] = (0, 0),
) -> Explorable:
    """A number of an (n, d_model) table that the reader picks, on its way to the heads and back.

    The reader also chooses the way, there and back: in two steps, or by a reshape straight to the
    shape. The still picture shows what the heads get by either.

    Args:
        question: what the reader finds out by trying; it ends with a question mark.
        tokens: the ``n`` tokens, each with a row, at most `MAX_TOKENS`.
        d_model: columns, at most ten.
        n_heads: divides `d_model`.
        asks: row and column of the number with which it begins.

    Raises:
        ValueError: there are too many tokens, no such number, or heads that don't fit.
    """
    n = len(tokens)
    if n > MAX_TOKENS:
        raise ValueError(f"tokens are {n}: at most {MAX_TOKENS} can be told apart by their colours")
    if asks[0] not in range(n) or asks[1] not in range(d_model):
        raise ValueError(f"asks is {asks}: it must be a row and a column of ({n}, {d_model})")
    x = torch.arange(n * d_model).reshape(n, d_model)  # each number says where it is in memory
    split = split_heads(x, n_heads)
    ways = {}
    for there, heads in {"split": split, "straight": x.reshape(split.shape)}.items():
        ends = {"merge": merge_heads(heads), "straight": heads.reshape(x.shape)}
        for back, end in ends.items():
            ways[f"{there} {back}"] = {
                "heads": heads.flatten().tolist(),
                "back": end.flatten().tolist(),
                "copied": end.data_ptr() != x.data_ptr(),
            }
    data = {"tokens": list(tokens), "shape": list(split.shape), "asks": list(asks), "ways": ways}
    named = 10 * torch.arange(n)[:, None] + torch.arange(d_model)
    both = {"reshape": named.reshape(split.shape), "two steps": split_heads(named, n_heads)}
    tables = {f"{way}:\nhead {h}": its[h] for way, its in both.items() for h in range(n_heads)}
    title = f"Two ways to {tuple(split.shape)}, numbers as position.feature"
    still = plot_split(tables, d_model // n_heads, title=title)
    return Explorable("places", question, data, still)
