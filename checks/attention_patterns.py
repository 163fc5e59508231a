"""Exercise 3-attention-patterns: points, references, known misconceptions and hidden cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from checks.check import Check, Exercise
from checks.compare import attempt, same
from checks.seen import Predicate, batch_fails, comes_back, not_finite, raised
from reference import attention

EXERCISE = Exercise(
    "3-attention-patterns",
    {
        "attention_entropy": (1, 2),
        "previous_token_score": (1, 2),
        "most_attended": (1, 2),
        "plot_attention": (2, 3),
    },
    written=6,
)
passed, waiting, hidden_tests = EXERCISE.passed, EXERCISE.waiting, EXERCISE.hidden_tests


def _weights(*shape: int, dim: int = -1) -> Tensor:
    return torch.randn(*shape).softmax(dim)


def _of(check: Callable[..., Any], *weights: Tensor | tuple[int, ...]) -> Callable[[Any], Any]:
    """A case with these weights, or weights of these shapes."""
    return lambda f: [check(f, w if isinstance(w, Tensor) else _weights(*w)) for w in weights]


def _all_kinds(check: Callable[..., Any], *shape: int) -> Callable[[Any], Any]:
    """A case with weights of another dtype, and of another layout in memory."""
    return lambda f: [check(f, _weights(*shape).double()), check(f, _weights(*shape, dim=-2).mT)]


def _with_words(check: Check) -> Callable[..., Any]:
    """The check, with as many words for tokens as there are queries."""
    return lambda f, w, **given: check(f, w, _WORDS[: len(w)], **given)


_EYE = torch.eye(6)  # all of a query's weight on itself
_CAUSAL = torch.nn.functional.normalize(torch.ones(2, 5, 5).cumsum(-1).tril(), 1, -1)
_WORDS = 8 * ["The", "cat", "saw", "The", "no", "##body", "'", "s", "Dogs", ".", "[SEP]"]

_OTHER_RESULT: dict[str | tuple[str, ...], str] = {
    ("return out.mean()", "return out.mean(-1)"): "the results are averaged to a single number",
    "return out[0]": "only the first of the batch is looked at",
    "return out[..., None]": "a dimension of size 1 is kept (keepdim=True)",
    "return out.squeeze()": "a dimension of size 1 is squeezed away",
    "return out.float()": "the result is converted to float32",
    "return out.double()": "the result is converted to float64",
}

_NO_TENSOR = {
    "a Python list or an array comes back: return a tensor": comes_back(list, tuple, np.ndarray),
    "item or float takes a single number, not several: keep them all": raised(says="converted to "),
}


# --- attention_entropy ---------------------------------------------------------------------


def _entropy(w: Tensor) -> Tensor:
    w = w.clamp(1e-30)  # so that edits give no NaN where there is a 0
    logs = w.log()
    terms = w * logs
    out = -terms.sum(-1)
    return out


check_attention_entropy = EXERCISE.check(
    "attention_entropy",
    reference=attention.attention_entropy,
    text=[_entropy],
    expects="-Σ w ln w over the keys, in nats, with 0 ln 0 = 0, for each query, in weights' dtype",
    wrong={
        "sum -w ln w over the keys (dim=-1), for each query": {
            "out = terms.sum(-1)": "the minus sign is missing",
            "sum -> mean": "a mean instead of the sum is taken",
            "out = terms.mean(-1)": "the minus sign is missing, and a mean is taken",
            "return out / math.log(w.shape[-1])": "it is normalised, divided by ln n_k",
            "return math.log(w.shape[-1]) - out": "its distance from ln n_k comes back",
            "return out.exp()": "the exponential of the entropy (perplexity) comes back",
            "out = -terms": "the terms are not summed",
            ("terms = logs", "out = -logs.mean(-1)"): "the weight in front of ln w is missing",
            ("out = w.sum(-1)", "out = (w * w).sum(-1)"): "the logarithm is missing",
            "out = 1 - (w * w).sum(-1)": "the logarithm is missing (one minus squares, Gini)",
            "out = -w.amax(-1).log()": "minus the log of the largest weight is taken (min-entropy)",
            "w = w.amax(-1, True)": "only the largest weight is counted",
            "out = w.amax(-1)": "the largest weight comes back",
            "out = 1 - w.amax(-1)": "one minus the largest weight comes back",
            "out = w.logsumexp(-1)": "a log-sum-exp comes back",
            ("out = w.std(-1)", "out = w.var(-1)"): "the standard deviation or variance comes back",
            "return out + torch.special.entr(1 - w).sum(-1)": "1 - w is counted as well as w",
            ("sum(-1) -> sum(-2)", "sum(-1) -> sum(0)"): "the sum runs over queries (dim -2 or 0)",
            "sum(-1) -> sum(1)": "the sum runs over dimension 1",
            "sum(-1) -> sum()": "the sum runs over all weights at once",
        },
        "take torch.log, for nats, of the weights as they are": {
            "logs = w.log2()": "the entropy is in bits (base 2)",
            "logs = w.log10()": "the entropy is in decimal units (log10)",
            "logs = w.log1p()": "the logarithm is of 1 + w (log1p)",
            "w = torch.softmax(w, -1)": "a softmax is applied to the weights first",
            "logs = torch.log_softmax(w, -1)": "a softmax is applied inside the logarithm",
            "w = (w / w.sum(-2, True)).clamp(1e-30)": "the weights are normalised over queries",
            "w = (w.tril(-1) + w.triu(1)).clamp(1e-30)": "a query's own token is left out",
        },
        "0 ln 0 counts as 0, and any other term as it is (torch.xlogy, or 1e-12)": {
            "w = w; return out.nan_to_num()": "NaN is replaced by 0 after the sum",
            tuple(f"logs = (w + 1e-{k}).log()" for k in range(2, 7)): "the epsilon is too large",
            tuple(f"w = w + 1e-{k}" for k in range(2, 7)): "the epsilon is too large",
            tuple(f"w = w.clamp(1e-{k})" for k in range(2, 7)): "it is clamped too high",
        },
        "a number for each query is asked for, in the dtype of weights": _OTHER_RESULT,
    },
    seen={
        "NaN or infinity comes back, as from a weight of 0: 0 ln 0 = 0 (torch.xlogy)": not_finite,
        **_NO_TENSOR,
        "a batch, or none, is not handled: weights may have any number of leading dimensions, also "
        "none (sum over dim=-1)": batch_fails(2),
        "the result is a little off, as by a small number (epsilon) or a clamp: 0 ln 0 = 0 needs "
        "none (torch.xlogy)": lambda got, want, w: same(got, want, 0.05),
    },
)

EXERCISE.cases["attention_entropy"] = {
    "any number of leading dimensions, also none": _of(
        check_attention_entropy, (6,), (5, 6), (3, 2, 5), (2, 3, 4, 6), (1, 7), (2, 1, 4)
    ),
    "any number of queries and keys": _of(check_attention_entropy, (4, 4), (3, 1), (2, 200)),
    "weights of any dtype, in any memory layout": _all_kinds(check_attention_entropy, 3, 5, 5),
    "0 log 0 = 0": _of(check_attention_entropy, _EYE, _CAUSAL, torch.full((16,), 1 / 16)),
}


# --- previous_token_score ------------------------------------------------------------------


def _previous(w: Tensor) -> Tensor:
    n = w.shape[-1]
    k = -1
    d = w.diagonal(k, -2, -1)
    total = d.sum(-1)
    count = n - abs(k)
    out = total / count
    return out


check_previous_token_score = EXERCISE.check(
    "previous_token_score",
    reference=attention.previous_token_score,
    text=[_previous],
    expects="the mean of weights[i, i-1] over i = 1 … n-1, for each head, in the dtype of weights",
    wrong={
        "the mean of the n-1 weights is asked for, for each head": {
            "out = total": "the weights are summed",
            "count = n": "the sum is divided by n",
            "count = n + 1": "the sum is divided by n+1",
            "count = n - 2": "the sum is divided by n-2",
            "count = n ** 2": "the zeros beside the diagonal are averaged in",
            "count = (d > 0).sum(-1).clamp(1)": "it leaves out weights of 0",
            "out = w.mean((-2, -1))": "all weights are averaged",
            "total = (d == w.amax(-1)[..., 1:]).sum(-1)": "this is the fraction of queries whose "
            "largest weight is on the previous token",
            "out = d.log().mean(-1).exp()": "the geometric mean is taken",
            "out = d.amax(-1)": "the largest weight is taken",
            "out = d.amin(-1)": "the smallest weight is taken",
            "out = d.median(-1).values": "the median comes back",
            "return out.round()": "the score is rounded or cut to 0 or 1",
            "return 100 * out": "the score is a percentage",
            "out = d": "each query's own weight comes back",
        },
        "the previous token is weights[i, i-1], below the diagonal, and the mean starts at i = 1": {
            "d = w[..., range(1, w.shape[1]), range(w.shape[1] - 1)]; count = w.shape[1] - 1": "n "
            "is read from dimension 1, which are the heads where there is a batch",
            "k = 1": "this is the next token's weight, weights[i, i+1]",
            "k = 0": "this is the weight on itself (the main diagonal)",
            "k = -2": "this is the weight two tokens back, off by one",
            "k = 2": "this is the weight two tokens ahead",
            "w.diagonal -> w.flip(-1).diagonal": "this is the other diagonal (from the top right)",
            ("d = w[..., 1:, 0]", "out = w[..., 0].mean(-1)"): "this is the first column",
            "out = w.diagonal(-1).mean(-1)": "the first two dimensions are used, not the last two",
            "total += w[..., 0, -1]; count = n": "query 0 is counted, with the last token",
            "total += w[..., 0, -1]; count = n - 1": "query 0 is counted, with the last token",
            "total += w[..., 0, 0]; count = n": "query 0 is counted, with its own token",
            "w = w.roll(-1, -1); k = 0": "each query looks ahead, the last one to the first token",
            ("d.sum -> d[..., 1:].sum", "out = d[..., 1:].mean(-1)"): "the mean begins at i = 2",
            ("d.sum -> d[..., :-1].sum", "out = d[..., :-1].mean(-1)"): "the last query is missing",
            ("out = w[..., 1, 0]", "out = w[..., -1, -2]"): "a single query's weight comes back",
            "w.diagonal -> (w / w.amax(-1, True)).diagonal": "each row is divided by its maximum",
            "d.sum -> d.log().sum": "a logarithm is taken",
            "total = w.tril(-1).sum((-2, -1))": "all earlier tokens count",
            "total = w.tril(-1).sum((-2, -1)); count = n * (n - 1) / 2": "all earlier tokens count",
            "out = w.tril(-1).mean((-2, -1))": "all earlier tokens count",
            "d = w.diagonal(-1, -2, -1) + w.diagonal(1, -2, -1)": "both neighbours count",
            "out = (d + w.diagonal(1, -2, -1)).mean(-1) / 2": "both neighbours count",
            "out = d.mean(-1) + w.diagonal(0, -2, -1).mean(-1)": "the token itself counts too",
        },
        "a number for each head is asked for, in the dtype of weights": _OTHER_RESULT,
    },
    seen={
        **_NO_TENSOR,
        "a single number comes back for a batch of heads: each keeps its own score, so index the "
        "last two dims": lambda got, want, w: want.dim() > torch.as_tensor(got).dim() == 0,
        "the batch is not handled: weights may have any number of leading dimensions, also none "
        "(weights[..., i, i - 1], or diagonal with dim1=-2, dim2=-1)": batch_fails(2),
    },
)

EXERCISE.cases["previous_token_score"] = {
    "any number of leading dimensions, also none": _of(
        check_previous_token_score, (5, 5), (3, 6, 6), (2, 3, 5, 5), (1, 4, 4), (2, 1, 3, 7, 7)
    ),
    "any number of positions": _of(check_previous_token_score, (2, 2), (4, 4, 4), (2, 40, 40)),
    "weights of any dtype, in any memory layout": _all_kinds(check_previous_token_score, 2, 6, 6),
    "all of a query's weight on one key": _of(
        check_previous_token_score, _EYE, _EYE[[0, 0, 3, 2, 1, 4]], _EYE.roll(-1, 1)
    ),
}


# --- most_attended -------------------------------------------------------------------------


def _most(w: Tensor, tokens: list[str]) -> list[str]:
    keys = w.argmax(-1)
    out = [tokens[k] for k in keys]
    return out


def _each(is_so: Callable[..., bool]) -> Predicate:
    """A result as long as the right one, each of its items so, for its row of weights."""
    return lambda got, want, w, tokens: all(is_so(*item) for item in zip(got, want, w, strict=True))


check_most_attended = EXERCISE.check(
    "most_attended",
    reference=attention.most_attended,
    text=[_most],
    expects="for each query, the token with the largest weight, the first of equals, in a list",
    wrong={
        "for each query (row), the first key with the largest weight is asked for": {
            "keys = w.argmax(0)": "the largest weight is sought along the columns (dim 0)",
            "keys = w.argmin(-1)": "the smallest weight is taken (argmin)",
            "keys = len(w) - 1 - w.flip(-1).argmax(-1)": "of equal weights the last is taken",
            "keys = (w - 2 * torch.eye(len(w))).argmax(-1)": "the query's own token is left out",
            "keys = w[:, 1:].argmax(-1) + 1": "the first token (such as [CLS]) is left out",
            "keys = w[:, :-1].argmax(-1)": "the last token (such as [SEP]) is left out",
            "keys = w.sort(-1, descending=True)[1][:, 1 % len(w)]": "the second largest is taken",
            "keys = w.tril().argmax(-1)": "later tokens are left out (a causal mask)",
            "keys = torch.arange(len(w))": "the query's own token comes back",
            "same = torch.tensor([[a == b for b in tokens] for a in tokens]); "
            "keys = (w @ same.to(w)).argmax(-1)": "weights of equal tokens are added up",
            "keys = torch.arange(len(w)).sub(1).clamp(0)": "the token before the query comes back",
            ("[k] -> [k - 1]", "[k] -> [k + 1 - len(w)]"): "the index is off by one",
        },
        "give one token for each of the n queries, told apart by number, in their order": {
            "keys = [w.argmax() % len(w)]": "the matrix's largest weight is taken",
            "keys = [w.argmax() % len(w)]; return out[0]": "the matrix's largest weight is taken",
            "keys = [w.sum(0).argmax()]": "the token with the largest column sum is taken",
            "keys = [w.sum(0).argmax()]; return out[0]": "the largest column sum is taken",
            "keys = [w.sum(0).argmax()] * len(w)": "the token with the largest column sum is taken",
            ("return out[0]", "return out[:1]"): "only the first query is answered",
            ("return out[-1]", "return out[-1:]"): "only the last query is answered",
            "return out[1:]": "the first query is left out",
            "return out[:-1]": "the last query is left out",
            "return out[::-1]": "the result is in reverse order",
            "return list(dict.fromkeys(out))": "repeated tokens are dropped (set)",
            "return sorted(out)": "the result is sorted",
            "return sorted(set(out))": "the result is sorted, without repeated tokens",
            "return [out[tokens.index(q)] for q in tokens]": "repeated tokens share one answer",
            "return [*map(dict(zip(tokens, out)).get, tokens)]": "repeated tokens share one answer",
            "return list(dict(zip(tokens, out)).values())": "repeated tokens share one answer",
            "return [str(int(k)) for k in keys]": "indices come back as strings",
        },
    },
    seen={
        "indices or weights come back instead of strings: look each index up in tokens, as "
        "tokens[int(key)]": _each(comes_back(int, float, np.number, Tensor)),
        "a dict, a set, an array or a single string (joined, or one token) comes back: give a list "
        "of n strings": comes_back(dict, set, frozenset, str, Tensor, np.ndarray),
        "pairs come back: give the attended tokens alone": _each(comes_back(list, tuple, dict)),
        "the strings are changed, or hold more than the token: give back the tokens as they "
        "are": _each(lambda g, e, row: e.strip().lower() in g.lower()),
        "rows with equal largest weights, and only these, get another token: the first of equals "
        "is asked for": _each(lambda g, e, row: g == e or (row == row.max()).sum() > 1),
        "tokens are looked up by something that is no index of theirs: an index is an int, as "
        "int(key) is": lambda got, *_: "list ind" in got.message or "to an index" in got.message,
    },
)

_most_of = _with_words(check_most_attended)
_TIES = [[0, 2, 6, 0, 2], [5, 0, 0, 0, 5], [0, 3, 4, 3, 0], [1, 1, 2, 3, 3], [0, 5, 0, 5, 0]]

EXERCISE.cases["most_attended"] = {
    "the token that each query attends to most": _of(_most_of, (2, 2), (3, 3), (5, 5), (8, 8)),
    "any number of positions, and tokens that repeat": _of(_most_of, (1, 1), (64, 64)),
    "the first of equals": _of(_most_of, torch.tensor(_TIES) / 10, torch.full((5, 5), 0.2)),
    "all of a query's weight on one key": _of(_most_of, _EYE, _EYE.flip(0)),
    "weights of any dtype, in any memory layout": _all_kinds(_most_of, 7, 7),
}


# --- plot_attention ------------------------------------------------------------------------
# The axes may live in another process: only attributes are read and methods called, and every
# array is asked for its plain numbers.


def _maps(ax: Any) -> list[Any]:
    """What shows a matrix on a colour scale: images and meshes, but neither lines nor dots."""
    return [shown for shown in (*ax.images, *ax.collections) if np.ndim(shown.get_array()) == 2]


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
    near = 0.499 * (abs(places[1] - places[0]) if len(places) > 1 else 1)
    ticks = axis.get_ticklabels() if ax.axison and axis.get_visible() else []
    texts = [(float(t.get_position()[coordinate]), str(t.get_text())) for t in ticks]
    return ["".join(text for at, text in texts if abs(at - place) < near) for place in places]


def _picture(ax: Any) -> dict[str, Any]:
    """What the heat map on the axes shows, as plain values."""
    if not hasattr(ax, "axison"):
        return {"returned": "no axes"}
    maps = _maps(ax)
    if not maps:
        return {"returned": "axes", "heat maps": 0}
    values = np.array(maps[-1].get_array().tolist(), dtype=float)  # NaN where it is masked
    x, y = _centres(maps[-1], *values.shape)
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    across, down = (x - left) / (right - left), (y - top) / (bottom - top)
    columns, rows = across.argsort(), down.argsort()
    inside = all(0 <= place <= 1 for place in (*across, *down))
    return {
        "returned": "axes",
        "heat maps": len(maps),
        "limits": "all of the heat map is shown" if inside else "part of it is cut off",
        "weights drawn": torch.from_numpy(values[rows][:, columns]),
        "colour scale": tuple(map(float, maps[-1].get_clim())),
        "tick labels on the x axis": _labels(ax, ax.xaxis, x[columns], 0),
        "tick labels on the y axis": _labels(ax, ax.yaxis, y[rows], 1),
    }


def _draw(answer: Any, weights: Tensor, tokens: list[str], again: Tensor | None = None) -> Any:
    """The picture that `plot_attention(weights, tokens)` makes, `None` where it returns nothing.

    With `again`, also whether a second call is on new axes, and how one goes that is given the
    first axes, emptied, when pyplot's current ones are the second.
    """
    open_before = plt.get_fignums()
    try:
        first = answer(weights, tokens)
        alone = None if first is None else _picture(first)
        if again is None or alone is None or "limits" not in alone:
            return alone
        second = answer(again, tokens)
        is_new = len(_maps(first)) == len(_maps(second)) == 1
        first.clear()
        back = answer(weights, tokens, ax=first)
        first.set_title("given")
        is_back = attempt(lambda: str(back.get_title())) == "given"
        return alone | {
            "a second call": "new axes" if is_new else "the same axes",
            "ax given": "drawn on it" if _maps(first) else "not drawn on it",
            "ax given: returned": "ax" if is_back else "something else",
            "ax given: drawn": "the same" if same(_picture(first), alone) else "another",
        }
    finally:
        # Only in a learner's own notebook are they figures of this process.
        for number in set(plt.get_fignums()) - set(open_before):
            plt.close(number)


def _plot(weights: Tensor, tokens: list[str], ax: Any = None) -> Any:
    ax = Figure().subplots() if ax is None else ax
    ax.imshow(weights, vmin=0, vmax=1)
    ax.set_xticks(range(len(tokens)), tokens)
    ax.set_yticks(range(len(tokens)), tokens)
    return ax


def _entry(key: str, is_so: Predicate = lambda got, want: True) -> Predicate:
    """An entry of the picture that differs from the right one, and is so."""
    return lambda got, want, *_, **__: not same(got[key], want[key]) and is_so(got[key], want[key])


def _drawn(change: Callable[[Tensor], Tensor]) -> Predicate:
    """Another heat map than the right one: that of the weights after `change`."""
    return _entry("weights drawn", lambda got, want: same(got.nan_to_num(0), change(want), 1e-4))


_REDRAWN: dict[str, Callable[[Tensor], Tensor]] = {
    "the weights are transposed (columns are keys)": lambda w: w.mT,
    "the keys run from right to left (columns flipped)": lambda w: w.flip(1),
    "the weights are divided by their largest (normalised)": lambda w: w / w.max(),
    "each row is divided by its largest weight (normalised)": lambda w: w / w.amax(-1, True),
    "the weights are stretched (normalised)": lambda w: (w - w.min()) / (w.max() - w.min()),
    "a softmax is applied first": lambda w: torch.softmax(w, -1),
    "the logarithm of the weights is drawn": torch.log,
    "one minus the weights is drawn": lambda w: 1 - w,
    "the square root of the weights is drawn": torch.sqrt,
    "the square of the weights is drawn": torch.square,
    "the weights are drawn in percent": lambda w: 100 * w,
    "later keys are blanked out (a causal mask)": torch.tril,
}

_LABELLED: dict[str, Predicate] = {
    "no tokens (tick labels are missing, hidden as by axis off, numbers, or not at the middle of "
    "the cells)": lambda got, want: not set(got) & set(want),
    "its tick labels in reverse order": lambda got, want: got == want[::-1],
    "tick labels at the wrong places (off by one, or without ticks)": lambda got, want: True,
}

check_plot_attention = EXERCISE.check(
    "plot_attention",
    procedure=_draw,
    reference=_plot,
    expects="the axes with one heat map: the first query on top, columns are keys, colours from 0 "
    "to 1, the tokens as tick labels on both axes; new axes unless ax is given",
    seen={
        "the figure, the image, a tuple or the like is returned: return ax": _entry("returned"),
        "ax is not a parameter, or is misspelt: the signature is plot_attention(weights, tokens, "
        "ax=None)": raised("TypeError", says="unexpected keyword argument 'ax'"),
        "no heat map is on the axes that come back: draw on them (ax.imshow or ax.pcolormesh), and "
        "return the ones drawn on": _entry("heat maps", lambda got, want: got == 0),
        "there is more than one heat map: make new axes unless ax is given": _entry("heat maps"),
        "the first query is at the bottom (flipped): it belongs on top (imshow's origin='upper'; "
        "after pcolormesh ax.invert_yaxis())": _drawn(lambda w: w.flip(0)),
        **{f"{seen}: draw the weights as they are": _drawn(of) for seen, of in _REDRAWN.items()},
        "the heat map has other numbers of rows and columns than weights: draw all of the weights, "
        "and each once": _entry("weights drawn", lambda got, want: got.shape != want.shape),
        "other weights are drawn (as rounded ones): draw those given": _entry("weights drawn"),
        "the limits of the axes cut off part of the heat map: show all of it": _entry("limits"),
        "the colour scale does not run from 0 to 1 (as where it follows the data): set vmin=0 and "
        "vmax=1, so that two heads can be compared": _entry("colour scale"),
        **{
            f"the {axis} axis has {seen}: ax.set_{axis}ticks(range(n), tokens) after imshow, half "
            "a cell further after pcolormesh": _entry(f"tick labels on the {axis} axis", is_so)
            for seen, is_so in _LABELLED.items()
            for axis in "xy"
        },
        "the ax that is given is ignored: draw on it (plt.imshow does not)": _entry("ax given"),
        "the ax that is given is drawn on, but not returned: return ax": _entry(
            "ax given: returned"
        ),
        "where ax is given, the heat map looks otherwise than on new axes: ax decides where to "
        "draw, and nothing else": _entry("ax given: drawn"),
        "a second call draws on the axes of the first (plt.gca or plt.imshow): make new axes "
        "(plt.subplots) unless ax is given": _entry("a second call"),
    },
)

_plot_case = _with_words(check_plot_attention)

EXERCISE.cases["plot_attention"] = {
    "rows are queries (the first on top), columns are keys": _of(_plot_case, (2, 2), _EYE),
    "tick labels are the tokens, also where they repeat or look like numbers": lambda f: [
        _plot_case(f, _weights(5, 5)),
        check_plot_attention(f, torch.full((3, 3), 1 / 3), ["10", "20", "30"]),
        check_plot_attention(f, _weights(10, 10), _WORDS[4:14]),  # all different,
    ],
    "the colour scale starts at 0 and ends at 1": _of(_plot_case, (20, 20)),
    "any number of positions": _of(_plot_case, (1, 1), (10, 10)),
    "weights of any dtype, in any memory layout": _all_kinds(_plot_case, 4, 4),
    "new axes unless ax is given": lambda f: _plot_case(f, _weights(4, 4), again=_weights(4, 4)),
}
