"""Exercise 3-attention-patterns: points, references, known misconceptions and hidden cases."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.figure import Figure
from torch import Tensor

from checks.check import Exercise
from checks.compare import Raised, attempt, difference
from checks.mistakes import Edit, instead_of, sightings
from checks.seen import Predicate, batch_fails, comes_back, not_finite, raised, same_shape
from helpers import attention

EXERCISE = Exercise("3-attention-patterns", written=6)
passed, hidden_tests = EXERCISE.passed, EXERCISE.hidden_tests


def _weights(*shape: int, dtype: torch.dtype = torch.float32, spread: float = 1.0) -> Tensor:
    return torch.softmax(spread * torch.randn(*shape, dtype=dtype), dim=-1)


def _of(check: Callable[..., Any], *shapes: tuple[int, ...]) -> Callable[[Any], Any]:
    """A case with weights of these shapes."""
    return lambda f: [check(f, _weights(*shape)) for shape in shapes]


def _other_dtype_and_layout(check: Callable[..., Any]) -> Callable[[Any], Any]:
    return lambda f: [
        check(f, _weights(3, 5, 5, dtype=torch.float64)),
        check(f, torch.softmax(torch.randn(2, 6, 6), dim=-2).mT),
    ]


_NO_TENSOR = {
    "a Python list or a NumPy array comes back: a torch tensor is asked for": comes_back(
        list, tuple, np.ndarray
    ),
    "several numbers are made a single number (item or float): weights with leading dimensions "
    "have one each": raised(says="converted to "),
}


# --- attention_entropy ---------------------------------------------------------------------


def _entropy(w: Tensor) -> Tensor:
    logs = torch.where(w > 0, w, 1.0).log()
    terms = w * logs
    total = terms.sum(-1)
    return -total


check_attention_entropy = EXERCISE.check(
    "attention_entropy",
    visible=1,
    hidden=2,
    arguments=("weights",),
    reference=attention.attention_entropy,
    text=[_entropy],
    expects="-Σ w ln w over the keys (the last dimension), in nats, a number for each query, with "
    "0 ln 0 = 0, in the dtype of weights",
    mistakes=(
        *instead_of(
            "-total",
            right="sum -w ln w over the keys (dim=-1), for each query, in the dtype of weights",
            wrong={
                "total": "the minus sign is missing",
                "-terms.mean(-1)": "a mean over the keys is taken (a mean instead of the sum)",
                "terms.mean(-1)": "the minus sign is missing, and a mean is taken",
                "-total / math.log(w.shape[-1])": "it is normalised by its largest value, ln n_k",
                "math.log(w.shape[-1]) + total": "the distance from uniform weights comes back",
                "(-total).exp()": "the exponential of the entropy (perplexity) comes back",
                "-total / 2": "the entropy is halved",
                "-terms": "the terms -w ln w are not summed",
                ("-logs.sum(-1)", "-logs.mean(-1)"): "the weight in front of ln w is missing",
                "(w * w).sum(-1)": "the logarithm is missing (a sum of squares)",
                "1 - (w * w).sum(-1)": "the logarithm is missing (one minus squares, Gini)",
                "w.sum(-1)": "the logarithm is missing (the weights are only summed)",
                "-w.amax(-1).log()": "minus the log of the largest weight is taken (min-entropy)",
                "-torch.xlogy(w.amax(-1), w.amax(-1))": "only the largest weight is counted",
                ("w.amax(-1)", "1 - w.amax(-1)"): "the largest weight (or 1 minus it) comes back",
                "torch.logsumexp(w, -1)": "a log-sum-exp comes back",
                ("w.std(-1)", "w.var(-1)"): "the standard deviation or variance comes back",
                "-total + torch.special.entr(1 - w).sum(-1)": "1 - w is counted as well as w",
                ("-terms.sum(-2)", "-terms.sum(0)"): "the sum runs over queries (dim -2 or 0)",
                "-terms.sum(1)": "the sum runs over dimension 1",
                "-terms.sum()": "the sum runs over all weights at once",
                ("-total.mean()", "-total.mean(-1)"): "the entropies are averaged",
                "-total[..., None]": "the dimension of the keys is kept (keepdim=True)",
                "-total.squeeze()": "a dimension of size 1 is squeezed away",
                "-total[0]": "only the first sequence of the batch is looked at",
                "-total.float()": "the result is converted to float32",
                "-total.double()": "the result is converted to float64",
            },
        ),
        *instead_of(
            "torch.where(w > 0, w, 1.0).log()",
            right="take torch.log, for nats, of the weights as they are",
            wrong={
                "torch.where(w > 0, w, 1.0).log2()": "the entropy is in bits (base 2)",
                "torch.where(w > 0, w, 1.0).log10()": "the entropy is in decimal units (log10)",
                "torch.log1p(w)": "the logarithm is of 1 + w (log1p)",
                "(w := torch.softmax(w, -1)).log()": "a softmax is applied to the weights first",
                "torch.log_softmax(w, -1)": "a softmax is applied inside the logarithm",
                "torch.where((w := w / w.sum(-2, True)) > 0, w, 1.0).log()": "the weights are "
                "normalised over the queries first",
                "torch.where((w := w.tril(-1) + w.triu(1)) > 0, w, 1.0).log()": "a query's weight "
                "on its own token (the diagonal) is left out",
                tuple(f"(w + 1e-{k}).log()" for k in range(2, 7)): "the small number (epsilon) "
                "added to the weights is too large (use 1e-12, or torch.xlogy)",
            },
        ),
        Edit(
            "NaN is replaced by 0 after the sum, so that a query with any weight of 0 gets an "
            "entropy of 0: 0 ln 0 = 0 holds for the single term",
            *("torch.where(w > 0, w, 1.0)", "w", "-total", "(-total).nan_to_num(0.0)"),
        ),
        *sightings(
            {
                "a weight of 0 gives NaN or infinity: 0 ln 0 counts as 0 here (torch.xlogy, or a "
                "weight of 1 in its place)": lambda got, expected, w: (
                    not_finite(got, expected) and bool((w == 0).any())
                ),
                **_NO_TENSOR,
                "a batch, or none, is not handled: weights may have any number of leading "
                "dimensions, also none (sum over dim=-1)": batch_fails(2),
                "the result is off by less than 0.05, as with a small number (epsilon) or a clamp: "
                "0 ln 0 = 0 needs none (torch.xlogy)": lambda got, expected, w: (
                    same_shape(got, expected) and torch.allclose(got, expected, rtol=0, atol=0.05)
                ),
            }
        ),
    ),
)

EXERCISE.contract(
    "attention_entropy",
    {
        "any number of leading dimensions, also none": _of(
            check_attention_entropy, (6,), (5, 6), (3, 2, 5), (2, 3, 4, 6), (1, 7), (2, 1, 4)
        ),
        "any number of queries and keys": _of(check_attention_entropy, (4, 4), (3, 1), (2, 200)),
        "weights of any dtype, in any memory layout": _other_dtype_and_layout(
            check_attention_entropy
        ),
        "0 log 0 = 0, as where all the weight is on one key, or under a causal mask": lambda f: [
            check_attention_entropy(f, w)
            for w in (
                torch.eye(16),
                torch.full((16,), 1 / 16),
                F.normalize(torch.rand(2, 5, 5).tril(), 1, -1),
            )
        ],
    },
)


# --- previous_token_score ------------------------------------------------------------------


def _previous(w: Tensor) -> Tensor:
    n = w.shape[-1]
    i = torch.arange(1, n)
    found = w[..., i, i - 1]
    return found.mean(-1)


check_previous_token_score = EXERCISE.check(
    "previous_token_score",
    visible=1,
    hidden=2,
    arguments=("weights",),
    reference=attention.previous_token_score,
    text=[_previous],
    expects="the mean of weights[i, i-1] over the queries i = 1 … n-1, a number for each head, in "
    "the dtype of weights",
    mistakes=(
        *instead_of(
            "w[..., i, i - 1]",
            right="the previous token is weights[i, i-1], below the diagonal, for i = 1 … n-1",
            wrong={
                "w[..., i - 1, i]": "this is the next token's weight, weights[i, i+1]",
                "w.diagonal(0, -2, -1)": "this is the weight on itself (the main diagonal)",
                "w.diagonal(-2, -2, -1)": "this is the weight two tokens back, off by one",
                "w.diagonal(2, -2, -1)": "this is the weight two tokens ahead",
                "w.flip(-1)[..., i, i - 1]": "this is the other diagonal (from the top right)",
                ("w[..., i, 0]", "w[..., 0]"): "this is the first column (the first token)",
                "w.diagonal(-1)": "this is of the first two dimensions, not the last two (dim1=-2)",
                "w.roll(1, -1).diagonal(0, -2, -1)": "query 0 is counted with the last token "
                "(weights[0, -1]), so start at i = 1",
                "w.roll(-1, -1).diagonal(0, -2, -1)": "each query looks ahead, and the last one to "
                "the first token",
                "torch.cat((w[..., :1, 0], w[..., i, i - 1]), -1)": "query 0 is counted too, with "
                "its weight on itself",
                "w[..., i, i - 1][..., 1:]": "it begins at i = 2, though the mean starts at i = 1",
                "w[..., i, i - 1][..., :-1]": "the last query is left out",
                "w[..., -1:, -2]": "the last row alone is used",
                "w[..., 1:2, 0]": "a single query's weight comes back",
                "(w / w.amax(-1, True))[..., i, i - 1]": "each row is normalised by its largest",
                "w[..., i, i - 1].log()": "a logarithm is taken",
            },
        ),
        *instead_of(
            "found.mean(-1)",
            right="the mean of the n-1 weights is asked for, for each head, in their dtype",
            wrong={
                "found.sum(-1)": "the weights are summed",
                "found.sum(-1) / n": "the sum is divided by n",
                "found.sum(-1) / (n + 1)": "the sum is divided by n+1",
                "found.sum(-1) / max(1, n - 2)": "the sum is divided by n-2",
                "found.sum(-1) / n ** 2": "the zeros beside the diagonal are averaged in",
                "found.sum(-1) / (found > 0).sum(-1).clamp(1)": "it leaves out weights of 0",
                "found[..., 1:].sum(-1) / (n - 1)": "one i too few (the first) is summed",
                "found[..., :-1].sum(-1) / (n - 1)": "one i too few (the last) is summed",
                "(found.sum(-1) + w[..., 0, -1]) / (n - 1)": "the first query is counted too",
                (
                    "w.tril(-1).sum((-2, -1)) / (n * (n - 1) / 2)",
                    "w.tril(-1).sum((-2, -1)) / (n - 1)",
                ): "all earlier tokens count (everything below the diagonal)",
                ("w.mean((-2, -1))", "w.tril(-1).mean((-2, -1))"): "all weights are averaged",
                "(w.argmax(-1)[..., 1:] == i - 1).to(w.dtype).mean(-1)": "this is the fraction of "
                "queries whose largest weight is on the previous token",
                (
                    "(found + w[..., i - 1, i]).mean(-1)",
                    "(found + w[..., i - 1, i]).mean(-1) / 2",
                ): "both neighbours count, i-1 and i+1",
                "found.mean(-1) + w.diagonal(0, -2, -1).mean(-1)": "the token itself counts too",
                "found.log().mean(-1).exp()": "the geometric mean is taken",
                "found.amax(-1)": "the largest of the weights comes back",
                "found.amin(-1)": "the smallest of the weights comes back",
                "found.median(-1).values": "the median comes back",
                "found.mean(-1).round()": "the score is rounded or cut to 0 or 1",
                "100 * found.mean(-1)": "the score is a percentage",
                "found": "each query's own weight comes back",
                "found.mean()": "the heads and batch are averaged to a single number",
                "found.mean(-1)[0]": "only the first of the batch is looked at",
                "found.mean(-1, True)": "the dimension is kept (keepdim=True)",
                "found.mean(-1).squeeze()": "a dimension of size 1 is squeezed away",
                "found.float().mean(-1)": "the result is converted to float32",
                "found.double().mean(-1)": "the result is converted to float64",
            },
        ),
        *sightings(
            {
                **_NO_TENSOR,
                "a single number comes back for a batch of heads: each keeps its own score, so "
                "index the last two dimensions (weights[..., i, i - 1])": lambda got, expected, w: (
                    expected.dim() > 0 and torch.as_tensor(got).dim() == 0
                ),
                "the batch is not handled: weights may have any number of leading dimensions, also "
                "none (weights[..., i, i - 1], or diagonal with dim1=-2, dim2=-1)": batch_fails(2),
            }
        ),
    ),
)

EXERCISE.contract(
    "previous_token_score",
    {
        "any number of leading dimensions, also none": _of(
            check_previous_token_score, (5, 5), (3, 6, 6), (2, 3, 5, 5), (1, 4, 4), (2, 1, 3, 7, 7)
        ),
        "any number of positions": _of(check_previous_token_score, (2, 2), (4, 4, 4), (2, 40, 40)),
        "weights of any dtype, in any memory layout": _other_dtype_and_layout(
            check_previous_token_score
        ),
        # On itself, on the previous token for some, on the previous token for all but the first.
        "all of a query's weight on one key": lambda f: [
            check_previous_token_score(f, w)
            for w in (torch.eye(6), torch.eye(5)[[0, 0, 3, 2, 1]], torch.eye(6).roll(-1, dims=1))
        ],
    },
)


# --- most_attended -------------------------------------------------------------------------


def _most(w: Tensor, tokens: list[str]) -> list[str]:
    keys = w.argmax(-1)
    return [tokens[k] for k in keys]


def _each(is_so: Callable[..., bool]) -> Predicate:
    """A result as long as the right one, each of its items so."""
    return lambda got, expected, *args: all(is_so(g, e) for g, e in zip(got, expected, strict=True))


def _only_ties_wrong(got: Any, expected: list[str], w: Tensor, tokens: list[str]) -> bool:
    tied = (w == w.amax(-1, keepdim=True)).sum(-1) > 1
    return all(g == e or t for g, e, t in zip(got, expected, tied, strict=True))


check_most_attended = EXERCISE.check(
    "most_attended",
    visible=1,
    hidden=2,
    arguments=("weights", "tokens"),
    reference=attention.most_attended,
    text=[_most],
    expects="a list of n strings: for each query (row), the token of the key with the largest "
    "weight, the first where several are equal",
    mistakes=(
        *instead_of(
            "w.argmax(-1)",
            right="for each query (row), the first key with the largest weight is asked for",
            wrong={
                "w.argmax(0)": "the largest weight is sought along the columns (dim 0)",
                "w.argmin(-1)": "the smallest weight is taken (argmin)",
                "len(w) - 1 - w.flip(-1).argmax(-1)": "of equal weights the last is taken",
                "(w - 2 * torch.eye(len(w))).argmax(-1)": "the query's own token is left out",
                "w[:, 1:].argmax(-1) + 1": "the first token (such as [CLS]) is left out",
                "w[:, :-1].argmax(-1)": "the last token (such as [SEP]) is left out",
                "w.sort(-1, descending=True)[1][:, 1 % len(w)]": "the second largest is taken",
                "w.tril().argmax(-1)": "later tokens are left out (a causal mask)",
                "torch.arange(len(w))": "the query's own token comes back",
                "torch.arange(len(w)).sub(1).clamp(0)": "the token before the query comes back",
                ("w.argmax(-1) - 1", "(w.argmax(-1) + 1) % len(w)"): "the index is off by one",
            },
        ),
        *instead_of(
            "[tokens[k] for k in keys]",
            right="give one token for each of the n queries, by number and in their order",
            wrong={
                (
                    "tokens[w.argmax() % len(w)]",
                    "[tokens[w.argmax() % len(w)]]",
                ): "one token for all comes back (of the largest weight in the whole matrix)",
                (
                    "tokens[w.sum(0).argmax()]",
                    "[tokens[w.sum(0).argmax()]]",
                    "[tokens[w.sum(0).argmax()]] * len(w)",
                ): "the token that gets most attention in all (largest column sum) comes back",
                ("tokens[keys[-1]]", "[tokens[keys[-1]]]"): "only the last query is answered",
                ("tokens[keys[0]]", "[tokens[keys[0]]]"): "only the first query is answered",
                ("[tokens[k] for k in keys[:-1]]", "[tokens[k] for k in keys[1:]]"): "a query (the "
                "first or last) is left out",
                "[tokens[k] for k in keys][::-1]": "the result is in reverse order",
                "list(dict.fromkeys(tokens[k] for k in keys))": "repeated tokens are dropped (set)",
                "sorted(tokens[k] for k in keys)": "the result is sorted",
                "sorted({tokens[k] for k in keys})": "it is sorted, without repeated tokens",
                "[tokens[keys[tokens.index(q)]] for q in tokens]": "queries are told apart by "
                "their token: a repeated token gets the answer of its first place",
                "[tokens[dict(zip(tokens, keys))[q]] for q in tokens]": "queries are told apart by "
                "their token: a repeated token gets the answer of its last place",
                "list({q: tokens[k] for q, k in zip(tokens, keys)}.values())": "queries are told "
                "apart by their token (dict keys): repeated tokens share one answer",
                "[str(int(k)) for k in keys]": "indices come back as strings",
            },
        ),
        *sightings(
            {
                "indices or weights come back instead of strings: look each index up in "
                "tokens": _each(lambda g, e: isinstance(g, int | float | np.number | Tensor)),
                "a dict, a set, an array or a single string (joined, or one token) comes back: a "
                "list of n strings is asked for, one for each query": comes_back(
                    dict, set, frozenset, str, Tensor, np.ndarray
                ),
                "pairs come back: only the attended token is asked for, a list of n strings": _each(
                    lambda g, e: isinstance(g, list | tuple | dict)
                ),
                "the strings are changed, or hold more than the token: give back the tokens as "
                "they are": _each(lambda g, e: e.strip().lower() in g.lower()),
                "rows with equal largest weights get another than the first of "
                "equals": _only_ties_wrong,
                "tokens are looked up by something that is no index of theirs: an index is an int "
                "from 0 to n-1, such as int(weights[i].argmax())": lambda got, *args: (
                    "list ind" in got.message or "to an index" in got.message
                ),
            }
        ),
    ),
)


def _most_case(f: Any, weights: Tensor) -> Any:
    words = 8 * ["[CLS]", "The", "cat", "saw", "The", "##se", "Dogs", "[SEP]"]
    return check_most_attended(f, weights, words[: len(weights)])


_TIES = [[0, 2, 6, 0, 2], [5, 0, 0, 0, 5], [0, 3, 4, 3, 0], [1, 1, 2, 3, 3], [0, 5, 0, 5, 0]]

EXERCISE.contract(
    "most_attended",
    {
        "for each query, the token with the largest weight": lambda f: [
            _most_case(f, _weights(n, n)) for n in (2, 3, 5, 8)
        ],
        "any number of positions, and tokens that repeat": lambda f: [
            _most_case(f, w) for w in (torch.ones(1, 1), _weights(64, 64))
        ],
        "the first of equals": lambda f: [
            _most_case(f, torch.tensor(_TIES) / 10),
            _most_case(f, torch.full((5, 5), 0.2)),
        ],
        "all of a query's weight on one key": lambda f: [
            _most_case(f, w) for w in (torch.eye(4), torch.eye(4).flip(0))
        ],
        "weights of any dtype, in any memory layout": lambda f: [
            _most_case(f, _weights(7, 7, dtype=torch.float64)),
            _most_case(f, torch.softmax(torch.randn(6, 6), dim=0).mT),
        ],
    },
)


# --- plot_attention ------------------------------------------------------------------------
# The axes may live in another process: only attributes are read and methods called, and every
# array is asked for its plain numbers.

DRAWN, SCALE = "weights, the top row first", "colour scale"
X_LABELS, Y_LABELS = "labels on the x axis, left to right", "labels on the y axis, top to bottom"
MAPS, LIMITS, RETURNED = "heat maps on the axes", "limits", "returned"
AGAIN, GIVEN = "a second call", "ax given"


def _maps(ax: Any) -> list[Any]:
    """What carries a colour scale on the axes: images, and meshes (but neither lines nor dots)."""
    return [*ax.images, *(c for c in ax.collections if hasattr(c, "get_coordinates"))]


def _centres(artist: Any, n_rows: int, n_columns: int) -> tuple[Any, Any]:
    """Where the columns (x) and the rows (y) of a heat map lie, in data coordinates."""
    if hasattr(artist, "get_coordinates"):
        corners = np.array(artist.get_coordinates().tolist())
        x, y = corners[0, :, 0], corners[:, 0, 1]
    else:
        left, right, bottom, top = artist.get_extent()
        ends = (bottom, top) if artist.origin == "lower" else (top, bottom)
        x, y = np.linspace(left, right, n_columns + 1), np.linspace(*ends, n_rows + 1)
    if len(x) > n_columns:  # edges, and not centres (as of a shaded mesh)
        x, y = (x[:-1] + x[1:]) / 2, (y[:-1] + y[1:]) / 2
    return x, y


def _labels(ax: Any, axis: Any, places: Any, coordinate: int) -> list[str]:
    """The tick labels shown at each of the places, at most half a cell away."""
    cell = abs(places[1] - places[0]) if len(places) > 1 else 1.0
    found = ["" for _ in places]
    for label in axis.get_ticklabels() if ax.axison and axis.get_visible() else []:
        text, at = str(label.get_text()), float(label.get_position()[coordinate])
        for i, place in enumerate(places):
            if text and abs(at - place) < 0.499 * cell:
                found[i] = text
    return found


def _picture(ax: Any) -> dict[str, Any]:
    """What the heat map on the axes shows, as plain values."""
    maps = attempt(lambda: _maps(ax))
    if isinstance(maps, Raised):
        return {RETURNED: "no axes"}
    shown = {RETURNED: "axes", MAPS: len(maps)}
    if not maps:
        return shown
    # What is masked is no number, and NaN here.
    values = torch.from_numpy(np.array(maps[-1].get_array().tolist(), dtype=float))
    if values.dim() == 1:
        values = values.reshape(math.isqrt(len(values)), -1)
    if values.dim() > 2:
        return shown | {MAPS: 0}
    x, y = _centres(maps[-1], *values.shape)
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    across, down = (x - left) / (right - left), (y - top) / (bottom - top)
    if across[0] > across[-1]:
        values, x = values.flip(1), x[::-1]
    if down[0] > down[-1]:
        values, y = values.flip(0), y[::-1]
    inside = all(0 <= place <= 1 for place in (*across, *down))
    return shown | {
        LIMITS: "all of the heat map is shown" if inside else "part of the heat map is cut off",
        DRAWN: values,
        SCALE: tuple(float(end) for end in maps[-1].get_clim()),
        X_LABELS: _labels(ax, ax.xaxis, x, 0),
        Y_LABELS: _labels(ax, ax.yaxis, y, 1),
    }


def _draw(answer: Any, weights: Tensor, tokens: list[str], again: Tensor | None = None) -> Any:
    """The picture that `plot_attention(weights, tokens)` makes, `None` where it returns nothing.

    With `again`, two more calls are made: a second one on axes of its own, and one that is given
    the first axes, when pyplot's current ones are the second. The result says besides whether
    these were new and those used.
    """
    open_before = plt.get_fignums()
    try:
        first = answer(weights, tokens)
        alone = None if first is None else _picture(first)
        if again is None or alone is None or DRAWN not in alone:
            return alone
        second = answer(again, tokens)
        separate = len(_maps(first)) == len(_maps(second)) == 1
        first.clear()
        given = _on_given(first, answer(weights, tokens, ax=first), alone)
        return alone | {AGAIN: "new axes" if separate else "the same axes", GIVEN: given}
    finally:
        # Only in a learner's own notebook are they figures of this process.
        for number in set(plt.get_fignums()) - set(open_before):
            plt.close(number)


def _on_given(ax: Any, returned: Any, alone: dict[str, Any]) -> str:
    """How a call went that was given axes on which nothing was."""
    if not _maps(ax):
        return "not drawn on it"
    ax.set_title("given")
    if attempt(lambda: str(returned.get_title())) != "given":
        return "something else returned"
    return "drawn on it in another way" if difference(_picture(ax), alone) else "drawn on it"


def _plot(weights: Tensor, tokens: list[str], ax: Any = None) -> Any:
    ax = Figure().subplots() if ax is None else ax
    ax.imshow(weights, vmin=0, vmax=1)
    ax.set_xticks(range(len(tokens)), tokens)
    ax.set_yticks(range(len(tokens)), tokens)
    return ax


def _entry(key: str, is_so: Callable[[Any, Any], bool] = lambda got, want: True) -> Predicate:
    """An entry of the picture that differs from the right one, and is so."""
    return lambda got, expected, *args, **kwargs: (
        difference(got[key], expected[key]) is not None and is_so(got[key], expected[key])
    )


def _drawn(change: Callable[[Tensor], Tensor]) -> Predicate:
    """Another heat map than the right one: that of the weights after `change`."""
    return lambda got, expected, weights, *args, **kwargs: (
        difference(got[DRAWN], expected[DRAWN]) is not None
        and torch.allclose(
            got[DRAWN].nan_to_num(0, 0, 0), change(weights.double()).nan_to_num(0, 0, 0), atol=1e-4
        )
    )


def _scale_of_data(got: Any, expected: Any, weights: Tensor, *args: Any, **kwargs: Any) -> bool:
    ends = (weights.min().item(), weights.max().item())
    return _entry(SCALE)(got, expected) and difference(got[SCALE], ends) is None


def _no_tokens(got: list[str], want: list[str]) -> bool:
    return not set(got) & set(want)


_REDRAWN: dict[str, Callable[[Tensor], Tensor]] = {
    "the weights are transposed, though rows are queries and columns are keys": lambda w: w.mT,
    "the keys run from right to left (columns flipped)": lambda w: w.flip(1),
    "the weights are divided by their largest (normalised)": lambda w: w / w.max(),
    "each row is divided by its largest weight (normalised)": lambda w: w / w.amax(-1, True),
    "the weights are stretched from smallest to largest (normalised)": lambda w: (
        (w - w.min()) / (w.max() - w.min())
    ),
    "a softmax is applied first": lambda w: torch.softmax(w, -1),
    "the logarithm of the weights is drawn": torch.log,
    "one minus the weights is drawn": lambda w: 1 - w,
    "the square root of the weights is drawn": torch.sqrt,
    "the square of the weights is drawn": torch.square,
    "the weights are drawn in percent": lambda w: 100 * w,
    "later keys are blanked out (a causal mask)": torch.tril,
}

_LABELLED: dict[str, Callable[[list[str], list[str]], bool]] = {
    "no tokens as tick labels: rows are queries, columns are keys, so label both": _no_tokens,
    "its tick labels in reverse order: a token belongs to its own row and column": (
        lambda got, want: got == want[::-1]
    ),
    "tick labels at the wrong places (off by one, or set without ticks for each cell): set ticks "
    "and tokens together, ax.set_xticks(range(n), tokens)": lambda got, want: True,
}

check_plot_attention = EXERCISE.check(
    "plot_attention",
    visible=2,
    hidden=3,
    arguments=("weights", "tokens"),
    procedure=_draw,
    reference=_plot,
    expects="the axes that carry one heat map of weights: the first query on top, columns are "
    "keys, a colour scale from 0 to 1, the tokens as tick labels on both axes; new axes unless ax "
    "is given",
    mistakes=sightings(
        {
            "something else than the axes is returned (such as the figure, the image or a tuple): "
            "return ax": _entry(RETURNED),
            "ax is not a parameter: the signature is plot_attention(weights, tokens, "
            "ax=None)": raised("TypeError", says="unexpected keyword argument 'ax'"),
            "the axes that come back carry no heat map: draw on them with ax.imshow or "
            "ax.pcolormesh, and return the ones drawn on": _entry(MAPS, lambda got, _: got == 0),
            "more than one heat map lies on the axes: make new axes (plt.subplots) unless ax is "
            "given, and draw one": _entry(MAPS),
            "the heat map has another number of rows or columns than weights: draw all of "
            "it": _entry(DRAWN, lambda got, want: got.shape != want.shape),
            "the first query is at the bottom (rows upside down, or flipped): it belongs on top "
            "(imshow's usual origin, 'upper'; after pcolormesh call ax.invert_yaxis())": _drawn(
                lambda w: w.flip(0)
            ),
        }
        | {f"{seen}: draw the weights as they are": _drawn(of) for seen, of in _REDRAWN.items()}
        | {
            "the weights in the picture are rounded, or a little off: draw them as they "
            "are": _entry(DRAWN, lambda got, want: torch.allclose(got, want, atol=0.06)),
            "the limits of the axes cut off part of the heat map: show all of it": _entry(LIMITS),
            "the colour scale follows the data: it starts at 0 and ends at 1 (vmin=0, vmax=1), so "
            "that two heads can be compared": _scale_of_data,
            "the colour scale does not run from 0 to 1: set vmin=0 and vmax=1, so that two heads "
            "can be compared": _entry(SCALE),
            "the tick labels are missing, hidden (axis off), numbers, or not at the middle of the "
            "cells: they are the tokens, on both axes (after imshow ax.set_xticks(range(n), "
            "tokens), after pcolormesh half a cell further)": lambda got, expected, *_, **__: (
                _no_tokens(got[X_LABELS] + got[Y_LABELS], expected[X_LABELS])
            ),
        }
        | {
            f"the {axis} axis has {seen}": _entry(key, is_so)
            for seen, is_so in _LABELLED.items()
            for axis, key in (("x", X_LABELS), ("y", Y_LABELS))
        }
        | {
            "the weights in the picture are not those given: draw them as they are": _entry(DRAWN),
            "the ax that is given is ignored: draw on it (ax.imshow, since plt.imshow draws on the "
            "current axes), and make new axes only where ax is None": _entry(
                GIVEN, lambda got, _: got == "not drawn on it"
            ),
            "the heat map is drawn on ax, but something else is returned: return ax": _entry(
                GIVEN, lambda got, _: got == "something else returned"
            ),
            "on the ax that is given the heat map looks otherwise than on new axes (no labels, or "
            "another colour scale): ax decides where to draw, and nothing else": _entry(GIVEN),
            "a second call draws on the axes of the first (plt.gca or plt.imshow): make new axes "
            "(plt.subplots) unless ax is given": _entry(AGAIN),
        }
    ),
)


def _plot_case(f: Any, weights: Tensor, words: str, again: Tensor | None = None) -> Any:
    return check_plot_attention(f, weights, words.split(), again=again)


EXERCISE.contract(
    "plot_attention",
    {
        "rows are queries (the first on top), columns are keys": lambda f: [
            _plot_case(f, _weights(2, 2), "left right"),
            _plot_case(f, torch.eye(4), "one two three four"),
        ],
        "tick labels are the tokens, also where they repeat or look like numbers": lambda f: [
            _plot_case(f, _weights(5, 5), "the cat and the dog"),
            _plot_case(f, torch.full((3, 3), 1 / 3), "10 20 30"),
        ],
        "the colour scale starts at 0 and ends at 1": lambda f: _plot_case(
            f, _weights(7, 7, spread=0.1), "[CLS] no ##body ' s . [SEP]"
        ),
        "any number of positions": lambda f: [
            _plot_case(f, _weights(n, n), " ".join(f"word{i}" for i in range(n))) for n in (1, 10)
        ],
        "weights of any dtype, in any memory layout": lambda f: _plot_case(
            f, _weights(4, 4, dtype=torch.float64).mT, "a b c d"
        ),
        "new axes unless ax is given": lambda f: _plot_case(
            f, _weights(4, 4), "a b c d", again=_weights(4, 4)
        ),
    },
)
