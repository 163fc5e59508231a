"""A row of scores, divided or not, on its way to an output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure

from helpers.explorables.output import Explorable
from helpers.plotting import plot_weights
from helpers.plotting.common import as_array, as_labels


def explore_scores(
    question: str,
    products: Mapping[int, Any],
    values: Any,
    tokens: Sequence[str],
    outcomes: Sequence[str],
    *,
    asks: str,
    d_k: int,
    notes: Mapping[int, str] = MappingProxyType({}),
) -> Explorable:
    """Dot products, scores, powers, weights and the mixture of a query that the reader chooses.

    The reader also chooses d_k, and whether the dot products are divided by its square root. The
    still picture shows the weights with the division and without.

    Args:
        question: what the reader finds out by trying; it ends with a question mark.
        products: of each d_k the dot products, ``(n, n)``: query ``i`` with key ``j``.
        values: ``(n, 2)``, none of them negative.
        tokens: the ``n`` tokens, which ask and are asked.
        outcomes: the names of the two features of values.
        asks, d_k: the row and the size with which it begins.
        notes: a word beside some of the d_k.

    Raises:
        ValueError: shapes don't fit, or there is no such row or size.
    """
    V = as_array("values", values, 2)
    names = as_labels("tokens", tokens, len(V), "row of values")
    dots = {size: as_array(f"products[{size}]", its, 2) for size, its in products.items()}
    for size, its in dots.items():
        if its.shape != (len(names),) * 2:
            raise ValueError(
                f"products[{size}] has shape {its.shape}: it must have a row and a column for each "
                f"of the {len(names)} tokens"
            )
    if asks not in names or d_k not in dots:
        raise ValueError(
            f"asks is {asks!r} and d_k is {d_k}: they must be one of {names} and of {list(dots)}"
        )
    data = {
        "asks": asks,
        "d_k": d_k,
        "tokens": names,
        "values": V.round(2).tolist(),
        "outcomes": list(outcomes),
        "sizes": list(dots),
        "notes": {str(size): note for size, note in notes.items()},
        "products": [its.round(4).tolist() for its in dots.values()],
    }
    row = torch.as_tensor(dots[d_k][names.index(asks)])
    return Explorable("scores", question, data, _still(row, names, f'"{asks}", d_k = {d_k}', d_k))


def _still(row: torch.Tensor, tokens: list[str], title: str, d_k: int) -> Figure:
    figure, axes = plt.subplots(1, 2, figsize=(7.4, 3), layout="constrained", sharey=True)
    names = {"y_label": "weight", "x_label": "key"}
    for ax, how, divisor in zip(
        axes, ("not divided", "divided by √d_k"), (1, d_k**0.5), strict=True
    ):
        weights = torch.softmax(row / divisor, dim=0)
        plot_weights(weights, tokens, ax=ax, title=f"{title}, {how}", **names)
    return figure
