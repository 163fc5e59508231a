"""What is computed in each step of writing, with a cache and without."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt

from helpers.explorables.output import Explorable
from helpers.plotting import plot_computed
from reference.counting import ModelConfig


def explore_cached(
    question: str, tokens: Sequence[str], n_prompt: int, config: ModelConfig
) -> Explorable:
    """The reader lets a text grow token by token, and sees which keys, values and scores of a
    head are computed, computed again, or read from a cache; and counts them in all heads.

    Scores are counted where the causal mask lets a query look. The still picture shows which
    positions go through the model.

    Args:
        question: what the reader finds out by trying; it ends with a question mark.
        tokens: of the prompt, then those that are written, one a step.
        n_prompt: how many are the prompt's.
        config: of the model, whose layers and heads are counted.

    Raises:
        ValueError: there is no prompt, or no token after it.
    """
    n_new = len(tokens) - n_prompt
    _, ax = plt.subplots(figsize=(6.4, 3.2), layout="constrained")
    title = f"{n_new} steps without a cache: one would save what is hatched"
    still = plot_computed(n_prompt, n_new, ax, title, cached=False, tokens=tokens[:-1])
    data = {
        "tokens": list(tokens),
        "n_prompt": n_prompt,
        "n_layers": config.n_layers,
        "n_heads": config.n_heads,
        "n_kv_heads": config.n_kv_heads or config.n_heads,
    }
    return Explorable("cached", question, data, still)
