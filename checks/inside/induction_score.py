"""The induction score of each head: what often goes wrong, and hidden cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from checks.drawn import a_size
from checks.inside.exercise import EXERCISE
from checks.onlooking import A_NUMBER, tensor_of
from checks.scores import NO_TENSOR, OTHER_RESULT
from checks.seen import batch_fails, raised, says
from reference.inside import induction_score


def _score(w: Tensor, period: int) -> Tensor:
    induction_score(w, period)  # refuses bad input
    n = w.shape[-1]
    back = period - 1
    first = period
    rows = range(first, n)
    d = torch.stack([w[..., i, i - back] for i in rows], -1)
    total = d.sum(-1)
    count = n - period
    out = total / count
    return out


def _counts_none(got: Any, want: Tensor, w: Tensor, *_: Any) -> bool:
    """A division by 0 in a batch: the queries were looked for along another dimension."""
    return w.dim() > 2 and raised("ZeroDivisionError")(got)


_KEY = "from query i the token after the last occurrence stands at i - period + 1"
_FROM = "the text repeats from query i = period on: take i = period … n - 1"
_MEAN = "take the mean of these n - period weights, for each head"

check_induction_score = EXERCISE.check(
    "induction_score",
    reference=induction_score,
    text=[_score],
    procedure=tensor_of,
    expects="the mean of weights[i, i - period + 1] over i = period … n - 1, for each head, in the "
    "dtype of weights",
    wrong={
        _KEY: {
            (
                "back = period",
                "back = period; first = period + 1; count = n - first or 1",
            ): "this is the weight on the last occurrence itself (i - period)",
            "back = period + 1": "this is the weight before the last occurrence (i - period - 1)",
            "back = period - 2": "this is the weight two after the last occurrence (i - period + "
            "2)",
            "back = -period - 1; rows = range(n - period - 1); count = len(rows)": "this is the "
            "weight on a later token (i + period + 1), where a decoder has none",
            "back = 1": "this is the weight on the previous token (i - 1)",
            "back = 0": "this is the weight on the query's own token (i)",
            "d = torch.stack([w[..., i - back, i] for i in rows], -1)": "rows and columns are "
            "exchanged (rows are queries)",
            "d = torch.stack([w.flip(-1)[..., i, i - back] for i in rows], -1)": "the diagonal "
            "runs the other way (from the top right)",
            "d = torch.stack([w[..., i, i % period] for i in rows], -1)": "this is the weight on "
            "the first occurrence (i % period)",
            "d = torch.stack([w[..., i, (i + 1) % period] for i in rows], -1)": "this is the "
            "weight after the first occurrence, not after the last one",
            "d = torch.stack([w.softmax(-1)[..., i, i - back] for i in rows], -1)": "softmax is "
            "applied once more, and weights have had theirs",
            "d = torch.stack([w[..., i, 0] for i in rows], -1)": "this is the weight on the first "
            "token",
            "d = torch.stack([w[..., i, :i].amax(-1) for i in rows], -1)": "the largest weight of "
            "each query is taken, wherever it is",
            "d = torch.stack([w[..., i, :period].sum(-1) for i in rows], -1)": "all weight on the "
            "first round counts",
            "d = torch.stack([w[..., i, i - period : i].sum(-1) for i in rows], -1)": "all keys "
            "from the last occurrence on count",
            "d = torch.stack([sum(w[..., i, j] for j in range(i - back, 0, -period)) for i in rows]"
            ", -1)": "all earlier occurrences count",
        },
        _FROM: {
            (
                "first = period - 1; count = n - first",
                "first = period - 1",
            ): "query period - 1 is counted as well, which is in the first round (a whole diagonal "
            "has it)",
            ("first = 0; count = n", "first = 0"): "all queries are counted, those of the first "
            "round too",
            ("first = 1; count = n - 1", "first = 1"): "the mean begins at i = 1",
            (
                "d = torch.stack([w[..., i, i - back] for i in rows[1:] or rows], -1); count = "
                "d.shape[-1]",
                "d = torch.stack([w[..., i, i - back] for i in rows[1:] or rows], -1)",
            ): "the mean begins at i = period + 1",
            (
                "d = torch.stack([w[..., i, i - back] for i in rows[:-1] or rows], -1); count = "
                "d.shape[-1]",
                "d = torch.stack([w[..., i, i - back] for i in rows[:-1] or rows], -1)",
            ): "the last query is missing",
            "first = period - 1; rows = range(first, n - 1)": "query period - 1 is counted, which "
            "is in the first round, and the last query is not",
            "rows = range(first, min(2 * period, n)); count = len(rows)": "only the second round "
            "is looked at",
            "rows = range(n - period, n); count = len(rows)": "only the last period is looked at",
            "rows = range(first, n, period); count = len(rows)": "only every period-th query is "
            "counted",
            "rows = range(first, n - n % period); count = len(rows)": "queries of a last round "
            "that isn't complete are left out",
        },
        _MEAN: {
            "out = total": "the weights are summed",
            "count = n": "the sum is divided by n",
            "count = n - period + 1": "the sum is divided by n - period + 1",
            "count = n - period - 1 or 1": "the sum is divided by n - period - 1",
            "count = period": "the sum is divided by the period",
            "out = w.mean((-2, -1))": "all weights are averaged",
            "out = w[..., period:, 1 : n - period + 1].mean((-2, -1))": "all weights of these "
            "queries and keys are averaged, not those on the diagonal",
            "out = d.amax(-1)": "the largest of the weights is taken",
            "out = d.amin(-1)": "the smallest of the weights is taken",
            "out = d.median(-1).values": "the median is taken",
            ("out = d[..., 0]", "out = d[..., 0] / count"): "only the first of these queries is "
            "counted (as where a return inside the loop ends it)",
            "out = d[..., -1]": "only the last query's weight comes back",
            "out = d.mean(0)": "the mean runs over dimension 0, which are heads where there is a "
            "batch",
            "out = d.log().mean(-1).exp()": "the geometric mean is taken",
            "total = (d == w.amax(-1)[..., period:]).to(w.dtype).sum(-1)": "this is the share of "
            "queries whose largest weight is there",
            "return out.round()": "the score is rounded or cut to 0 or 1",
            "return 100 * out": "the score is a percentage",
            "return out - w.mean((-2, -1))": "a mean of all weights is subtracted",
            "out = d": "each query's own weight comes back",
        },
        "a number for each head is asked for, in the dtype of weights": OTHER_RESULT,
    },
    seen={
        **A_NUMBER,
        **NO_TENSOR,
        "a period that fits is refused: ValueError is for period < 1 and period >= n, where n is "
        "weights.shape[-1]": raised("ValueError", says="period"),
        "more indices than dimensions: weights may have any number of leading dimensions, also "
        "none (weights[..., i, j])": says("too many indices"),
        "no query is left to be counted: n is weights.shape[-1], since weights may have any number "
        "of leading dimensions": _counts_none,
        "an index is larger than n - 1, the last: i goes from period to n - "
        "1": lambda got, want, w, *_: w.dim() == 2 and raised(says="out of bounds")(got),
        "a single number comes back for a batch of heads: each keeps its own score, so index the "
        "last two dims": lambda got, want, *_: want.dim() > torch.as_tensor(got).dim() == 0,
        "the batch is not handled: weights may have any number of leading dimensions, also none "
        "(weights[..., i, j], or diagonal with dim1=-2, dim2=-1)": batch_fails(2),
    },
)
"""`check_induction_score(induction_score, weights, period)`, `weights` `(..., n, n)`."""


def _weights(*shape: int, dim: int = -1) -> Tensor:
    return torch.randn(*shape).softmax(dim)


def _causal(*shape: int) -> Tensor:
    later = torch.ones(shape[-2:]).triu(1).bool()
    return torch.randn(*shape).masked_fill(later, -torch.inf).softmax(-1)


def _scored(*cases: tuple[int, ...], of: Callable[..., Tensor] = _weights) -> Callable[[Any], Any]:
    """A case of weights of shapes that a period follows."""
    return lambda f: [check_induction_score(f, of(*shape), period) for *shape, period in cases]


def _some(*batch: int) -> tuple[int, ...]:
    """A shape with drawn n, in which there are several rounds, and its period."""
    period = a_size(2, 5)
    n = a_size(2 * period + 2, 3 * period + 3)
    return (*batch, n, n, period)


def _refuses(f: Any) -> None:
    n = a_size(4, 7)
    for period in (0, -1, n, n + 3, 1 - n):
        check_induction_score.raises(
            f,
            ValueError,
            _weights(2, n, n),
            period,
            says=("period", str(period)),
            why="period must be at least 1 and less than n",
        )


EXERCISE.cases["induction_score"] = {
    "the mean of weights[i, i - period + 1] over i >= period": lambda f: _scored(
        _some(3), _some(2), (2, 12, 12, 4)
    )(f),
    "any number of leading dimensions, also none": lambda f: _scored(
        _some(), _some(2, 3), _some(1), _some(2, 1, 3), (3, 3, 3, 2)
    )(f),
    "any period from 1 to n - 1": lambda f: [
        check_induction_score(f, _weights(2, n, n), period)
        for n in (2, 3, a_size(5, 7))
        for period in range(1, n)
    ],
    "weights that no query gives to later keys": lambda f: _scored(
        _some(4), _some(2, 3), of=_causal
    )(f),
    "many positions": lambda f: _scored((2, 60, 60, a_size(15, 29)))(f),
    "weights of any dtype, in any memory layout": lambda f: [
        check_induction_score(f, _weights(2, 9, 9).double(), a_size(2, 4)),
        check_induction_score(f, _weights(3, 8, 8).half(), a_size(2, 4)),
        check_induction_score(f, _weights(2, 8, 8, dim=-2).mT, a_size(2, 4)),
    ],
    "ValueError unless 1 <= period < n": _refuses,
}
