"""Two shapes that are broadcast against each other, or don't fit."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from helpers.explorables.output import Explorable
from helpers.plotting import plot_tensors

Shape = tuple[int, ...]


def explore_shapes(question: str, shapes: Sequence[Shape], a: Shape, b: Shape) -> Explorable:
    """The sum of two tensors whose shapes the reader chooses; a counts in tens and b in ones.

    The still picture has the shapes that are chosen at first.

    Args:
        question: what the reader finds out by choosing; it ends with a question mark.
        shapes: what there is to choose from, with one or two dimensions each.
        a, b: the ones chosen at first, which fit.

    Raises:
        ValueError: a shape has other dimensions, or `a` or `b` isn't one of `shapes`.
    """
    for shape in shapes:
        if len(shape) not in (1, 2) or min(shape) < 1:
            raise ValueError(f"shapes holds {shape}: it must have one or two sizes, of 1 or more")
    for name, shape in {"a": a, "b": b}.items():
        if shape not in shapes:
            raise ValueError(f"{name} is {shape}: it must be one of {list(shapes)}")
    tens, ones = (torch.arange(1, 1 + torch.Size(it).numel()).reshape(it) for it in (a, b))
    tens = 10 * tens
    total = tens + ones
    grids = {
        "b": ones,
        "a": tens,
        "b, as if": ones.expand(total.shape),
        "a + b": total,
    }
    title = "Broadcasting: what is missing is repeated"
    still = plot_tensors(grids, title=title, signs=[" ", "+", "="])
    data = {"shapes": [list(shape) for shape in shapes], "a": list(a), "b": list(b)}
    return Explorable("shapes", question, data, still)
