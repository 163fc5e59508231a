"""Sums over one dimension or the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from helpers.explorables.output import Explorable
from helpers.plotting import plot_tensors
from helpers.plotting.common import as_array, as_labels


def explore_dims(
    question: str, x: Any, rows: Sequence[str], columns: Sequence[str], name: str = "x"
) -> Explorable:
    """A table whose sum or mean the reader takes over one dimension or both, kept or not.

    The still picture has the sums over each dimension, and those of the rows with ``keepdim``.

    Args:
        question: what the reader finds out by choosing; it ends with a question mark.
        x: ``(n, m)``, whole numbers.
        rows, columns: the names of its ``n`` rows and ``m`` columns.
        name: what it is called in the lesson.

    Raises:
        ValueError: numbers of `x` aren't whole, or names don't fit.
    """
    table = as_array("x", x, 2)
    if (table % 1).any():
        raise ValueError(f"x holds {table[table % 1 != 0][0]:g}: its numbers must be whole")
    names = as_labels("rows", rows, len(table), "row of x")
    data = {
        "name": name,
        "values": table.astype(int).tolist(),
        "rows": names,
        "columns": as_labels("columns", columns, table.shape[1], "column of x"),
    }
    its = torch.as_tensor(table)
    sums = {
        name: its,
        f"{name}.sum(dim=0)": its.sum(dim=0),
        f"{name}.sum(dim=1)": its.sum(dim=1),
        f"{name}.sum(dim=1,\nkeepdim=True)": its.sum(dim=1, keepdim=True),
    }
    row = torch.arange(len(table))
    colours = [row[:, None].expand(its.shape), [-1] * table.shape[1], row, row[:, None]]
    title = f"Sums of {name}: a number keeps the colour of the row that it comes from"
    still = plot_tensors(
        sums,
        title=title,
        colours=dict(zip(sums, colours, strict=True)),
        signs=[" "] * 3,
        row_names=names,
    )
    return Explorable("dims", question, data, still)
