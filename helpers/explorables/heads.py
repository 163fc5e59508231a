"""Where each head of a trained model looks, on its way to an output."""

from __future__ import annotations

import matplotlib.pyplot as plt
import torch

from helpers.explorables.output import Explorable
from helpers.plotting import plot_weights
from reference.models import MiniLM

MAX_TOKENS = 24
"""With more of them, nobody could tell the words of a map apart."""


def explore_heads(
    question: str, model: MiniLM, text: str, layer: int = 0, head: int = 0
) -> Explorable:
    """The attention weights of every head on `text`, word by word: lines, percents and maps.

    The reader chooses head and word, and may leave `[CLS]` and `[SEP]` out, so that the other
    tokens share what they get. It begins with the word that has the largest weight on another, or
    on itself, which is the row of the still picture.

    Args:
        question: what the reader finds out by trying; it ends with a question mark.
        model: puts `[CLS]` in front of a text and `[SEP]` behind it.
        text: of at most `MAX_TOKENS` tokens, these two among them.
        layer, head: where it begins, counted from 0.

    Raises:
        ValueError: there is no such layer or head, or `text` is empty or too long.
    """
    config = model.config
    for name, value, n in (("layer", layer, config.n_layers), ("head", head, config.n_heads)):
        if not 0 <= value < n:
            raise ValueError(f"{name} is {value}: it must be 0 to {n - 1}")
    tokens, ids = model.tokenize(text)
    if not 2 < len(tokens) <= MAX_TOKENS:
        raise ValueError(
            f"text has {len(tokens)} tokens, [CLS] and [SEP] among them: at most {MAX_TOKENS} can "
            "be read in one picture, and one at least must be a word"
        )
    weights = torch.stack(model(ids).attentions).double()
    words = weights[..., 1:-1]
    asks = 1 + int(words[layer, head, 1:-1].amax(dim=1).argmax())
    rest = words / words.sum(dim=-1, keepdim=True).clamp_min(1e-12)
    means = torch.stack([_means(words), _means(rest)])
    data = {
        "tokens": tokens,
        "shape": list(weights.shape[:2]),
        "layer": layer,
        "head": head,
        "asks": asks,
        "weights": _percents(weights),
        "rest": _percents(rest[..., 1:-1, :]),
        "means": _percents(means),
    }
    ax = plt.subplots(figsize=(4.0, 1.8), layout="constrained")[1]
    title = f'Layer {layer}, head {head}: where "{tokens[asks]}" looks'
    row, names = weights[layer, head, asks], {"y_label": "weight", "x_label": "key"}
    return Explorable("heads", question, data, plot_weights(row, tokens, ax, title, **names))


def _means(words: torch.Tensor) -> torch.Tensor:
    """What a word gives itself, the word before it and the next one, on average in each head."""
    square = words[..., 1:-1, :]
    means = [square.diagonal(k, dim1=-2, dim2=-1).mean(dim=-1) for k in (0, -1, 1)]
    return torch.stack(means, dim=-1).nan_to_num()  # a single word has none before or after it


def _percents(shares: torch.Tensor) -> str:
    """Whole percents, a character each: 0 to 91 from "#", the others from "À"."""
    percents = (100 * shares).round().int().flatten().tolist()
    return "".join(chr(percent + (35 if percent < 92 else 100)) for percent in percents)
