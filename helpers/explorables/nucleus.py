"""Temperature, top-p and top-k over what a model gave: which tokens are left to be drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import Tensor

from helpers.explorables.output import Explorable
from helpers.plotting import plot_nucleus
from reference.generation import nucleus

TEMPERATURES = [round(0.1 * tenths, 1) for tenths in range(21)]
TOP_PS = [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0]
TOP_KS = [1, 2, 3, 5, 10, 20, 50, 100, 1000, 10000]
ENDS = [*range(9), 20, 100, 1000, 10000]
"""Where rows end: the eight likeliest tokens have one each, the others one with their like."""


def explore_nucleus(
    question: str, distributions: Mapping[str, Any], decode: Callable[[Tensor], str], seed: int = 1
) -> Explorable:
    """The reader's temperature, top-p and top-k cut the next tokens after one of some beginnings.

    They act in this order, as in `generate_cached`. The still picture has a top-p of 0.9 and a
    top-k of 20. From 100 on, how many tokens are left is given to the nearest ten.

    Args:
        question: what the reader finds out by trying; it ends with a question mark.
        distributions: beginning to probabilities ``(vocab_size,)`` at a temperature of 1.
        decode: gives the text of ids ``(1,)``.
        seed: of the numbers by which tokens are drawn.

    Raises:
        ValueError: `plot_nucleus` refuses the distributions, or they differ in size, or have no
            more than 20 tokens.
    """
    _, ax = plt.subplots(figsize=(5.4, 2.8), layout="constrained")
    still = plot_nucleus(distributions, ax, "What top-p and top-k keep", top_p=0.9, top_k=20)
    given = {text: torch.as_tensor(p) for text, p in distributions.items()}
    size, *others = sorted({len(p) for p in given.values()})
    if others or size <= 20:
        text = f"distributions are over {[size, *others]} tokens"
        raise ValueError(f"{text}: they must be over the same ones, more than 20")
    top_ks = [k for k in TOP_KS if k < size]
    ends = [*(end for end in ENDS if end < size), size]
    ranks = sorted({*ends[1:], *top_ks})
    dials = {"temperatures": TEMPERATURES, "top_ps": TOP_PS, "top_ks": top_ks}
    data = {"seed": seed, "vocab_size": size, "ranks": ranks, "rows": list(pairwise(ends))}
    prompts = []
    for text, p in given.items():
        ids = p.argsort(descending=True)
        tokens = [decode(each[None]) for each in ids[:8]]
        groups = [_some(start, end) for start, end in pairwise(ends[8:])]
        some = [[[rank, decode(ids[rank - 1, None])] for rank in group] for group in groups]
        prompts.append({"text": text, "tokens": tokens, "examples": some, **_cuts(p, ranks)})
    return Explorable("nucleus", question, data | dials | {"prompts": prompts}, still)


def _some(start: int, end: int) -> list[int]:
    """Ten of the ranks from `start + 1` to `end`, closer together where tokens are likelier."""
    return sorted({int(rank) for rank in np.geomspace(start + 1, end, 10).round()})


def _cuts(p: Tensor, ranks: list[int]) -> dict[str, Any]:
    """At each temperature what the best tokens have together, up to each rank; and for each top-p
    how many are left, with how much; shares in hundred thousandths."""
    sums, sizes, shares = [], [], []
    for temperature in TEMPERATURES:
        one = torch.nn.functional.one_hot(p.argmax(), len(p)).to(p.dtype)
        scaled = (p.log() / temperature).softmax(dim=-1) if temperature else one
        together = scaled.double().sort(descending=True).values.cumsum(dim=0)
        left = [int((nucleus(scaled, top_p) > 0).sum()) for top_p in TOP_PS[:-1]]
        left.append(len(p) if temperature else 1)  # also those too unlikely for a number
        sums.append([round(1e5 * together[rank - 1].item()) for rank in ranks])
        sizes.append([n if n < 100 or n == len(p) else round(n, -1) for n in left])
        shares.append([round(1e5 * together[n - 1].item()) for n in left])
    return {"sums": sums, "size": sizes, "share": shares}
