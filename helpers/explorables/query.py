"""A query that one turns among its keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import torch

from helpers.explorables.output import Explorable
from helpers.plotting import plot_mixture, plot_query
from helpers.plotting.common import as_array, as_labels


def explore_query(
    question: str,
    query: Any,
    keys: Any,
    values: Any,
    tokens: Sequence[str],
    asks: str,
    features: Sequence[str],
    outcomes: Sequence[str],
) -> Explorable:
    """A query with two features that the reader turns: scores, weights, and what comes out.

    The still picture beside it shows it as it begins.

    Args:
        question: what the reader finds out by turning it; it ends with a question mark.
        query: ``(2,)``, not of length 0.
        keys, values: ``(n_k, 2)`` each; no value is negative.
        tokens: the ``n_k`` tokens.
        asks: the token whose query it is.
        features, outcomes: the names of the two features of queries and keys, and of values.

    Raises:
        ValueError: the vectors haven't two features, the query is 0, a value is negative, or
            sizes don't fit.
    """
    q, K = as_array("query", query, 1), as_array("keys", keys, 2)
    V, names = as_array("values", values, 2), as_labels("tokens", tokens, len(K), "row of keys")
    if V.min() < 0:
        raise ValueError(f"values begin at {V.min():g}: the plane that shows them begins at 0")
    still, axes = plt.subplots(1, 2, figsize=(7.4, 3.3), layout="constrained")
    plot_query(q, K, names, axes[0], f'The query of "{asks}", and the scores', features)
    weights = torch.softmax(torch.as_tensor(K @ q), dim=0)
    title = f'The output of "{asks}", a mixture of values'
    plot_mixture(weights[None], V, names, axes[1], title, [asks], outcomes)
    data = {
        "asks": asks,
        "tokens": names,
        "query": q.round(2).tolist(),
        "keys": K.round(2).tolist(),
        "values": V.round(2).tolist(),
        "features": list(features),
        "outcomes": list(outcomes),
    }
    return Explorable("query", question, data, still)
