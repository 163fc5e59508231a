"""Words of a model's embedding on a map, and the nearest of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from helpers.explorables.output import Explorable
from helpers.plotting import plot_words

N_NEAREST = 5
SIDE = 360
"""The map's width and height; a letter takes 7 of it, a line 24."""


def explore_words(
    question: str,
    sets: Mapping[str, Mapping[str, Sequence[str]]],
    table: Any,
    ids: Mapping[str, int],
    decode: Callable[[Tensor], str],
) -> Explorable:
    """Maps of words by their vectors; whichever the reader chooses, its nearest are shown.

    The nearest are those with the largest cosine, on the map and among all tokens. The still
    picture is the map of the first set.

    Args:
        question: what the reader finds out by trying; it ends with a question mark.
        sets: the name of a map to its groups, each a name and its words.
        table: ``(vocab_size, d_model)``, a vector for each token.
        ids: the row of each word in `table`.
        decode: gives the text of ids ``(1,)``.

    Raises:
        ValueError: a map has too few words, or one that has no id.
    """
    for name, groups in sets.items():
        words = [word for its in groups.values() for word in its]
        missing = [word for word in words if word not in ids]
        if len(words) <= N_NEAREST or missing:
            text = f"the map {name!r} has {len(words)} words, and no id for {missing}"
            raise ValueError(f"{text}: it must have more than {N_NEAREST}, all of them in ids")
    rows = torch.nn.functional.normalize(torch.as_tensor(table).detach().float(), dim=-1)
    maps = [_map(name, groups, rows, ids, decode) for name, groups in sets.items()]
    first = maps[0]
    still = plot_words(first["at"], first["words"], first["group"], first["groups"], first["name"])
    return Explorable("words", question, {"side": SIDE, "maps": maps}, still)


def _map(
    name: str,
    groups: Mapping[str, Sequence[str]],
    rows: Tensor,
    ids: Mapping[str, int],
    decode: Callable[[Tensor], str],
) -> dict[str, Any]:
    words = [word for its in groups.values() for word in its]
    vectors = rows[[ids[word] for word in words]]
    cosines = vectors @ vectors.T
    nearest = []
    for word, row in zip(words, vectors @ rows.T, strict=True):
        row[ids[word]] = -torch.inf
        top = row.topk(N_NEAREST)
        values = zip(top.indices, top.values.tolist(), strict=True)
        nearest.append([[decode(i[None]), round(value, 3)] for i, value in values])
    return {
        "name": name,
        "groups": list(groups),
        "words": words,
        "group": [g for g, its in enumerate(groups.values()) for _ in its],
        "at": _apart(_laid_out(cosines), words).round().int().tolist(),
        "cosines": [[round(c, 3) for c in row] for row in cosines.tolist()],
        "nearest": nearest,
    }


def _laid_out(cosines: Tensor, n_steps: int = 600) -> Tensor:
    """``(n, 2)``: places such that words with a large cosine lie close together, as t-SNE does it.

    Shares of closeness in the plane are made to agree with shares of likeness, by gradient descent.
    """
    n = len(cosines)
    like = (cosines / 0.08).fill_diagonal_(-torch.inf).softmax(dim=-1)
    like = (like + like.T) / (2 * n)
    generator = torch.Generator().manual_seed(0)
    at = (0.1 * torch.randn(n, 2, generator=generator)).requires_grad_()
    optimizer = torch.optim.Adam([at], lr=0.05)
    with torch.enable_grad():
        for _ in range(n_steps):
            close = (1 / (1 + torch.cdist(at, at) ** 2)) * (1 - torch.eye(n))
            loss = -(like * (close / close.sum()).clamp_min(1e-9).log()).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return at.detach()


def _apart(at: Tensor, words: Sequence[str]) -> Tensor:
    """The places in the map's own numbers, moved until no word lies on another one."""
    half = torch.tensor([[3.5 * len(word) + 12, 14.0] for word in words])
    low, high = at.amin(dim=0), at.amax(dim=0)
    at = half + (at - low) / (high - low) * (SIDE - 2 * half)
    for _ in range(400):
        gap = at[:, None] - at[None]
        over = (half[:, None] + half[None] - gap.abs()).clamp_min(0)
        both = (over.amin(dim=-1) > 0) & ~torch.eye(len(at), dtype=torch.bool)
        if not both.any():
            break
        axis = torch.nn.functional.one_hot(over.argmin(dim=-1), 2) * both[..., None]
        side = torch.where(gap == 0, torch.arange(len(at))[:, None, None] % 2 * 2 - 1, gap.sign())
        at = at + (0.3 * over * axis * side).sum(dim=1)
        at = at.clamp_min(half).minimum(SIDE - half)
    return at
