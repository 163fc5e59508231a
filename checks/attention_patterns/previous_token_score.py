"""The mean weight on the previous token: what often goes wrong, and hidden cases."""

from __future__ import annotations

import torch
from torch import Tensor

from checks.attention_patterns.exercise import EXERCISE
from checks.attention_patterns.weights import EYE, all_kinds, case_of, sparse_weights
from checks.scores import NO_TENSOR, OTHER_RESULT
from checks.seen import batch_fails, raised
from reference import attention


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
            "out = w[..., 1:, :-1].mean((-2, -1))": "all weights but a row and a column are "
            "averaged, not the diagonal of what is left",
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
            tuple(
                f"{read}count = {n} - 1"
                for n in ("w.shape[1]", "len(w)")
                for read in (f"d = w[..., range(1, {n}), range({n} - 1)]; ", "")
            ): "n is read from a dimension counted from the front (len(weights), shape[1]), which "
            "are heads where there is a batch",
            "k = 1": "this is the next token's weight, weights[i, i+1]",
            (
                *("k = 0", "k = 0; count = n - 1"),
                *(f"d = w.diagonal(0, -2, -1)[..., {part}]" for part in ("1:", ":-1")),
            ): "this is the weight on itself (the main diagonal)",
            "k = -2": "this is the weight two tokens back, off by one",
            "k = 2": "this is the weight two tokens ahead",
            "w.diagonal -> w.flip(-1).diagonal": "this is the other diagonal (from the top right)",
            ("d = w[..., 1:, 0]", "out = w[..., 0].mean(-1)"): "this is the first column",
            "out = d.mean(0)": "the mean runs over dimension 0, which are heads where there is "
            "a batch",
            "out = w.diagonal(-1).mean(-1)": "the first two dimensions are used, not the last two",
            "total += w[..., 0, -1]; count = n": "query 0 is counted, with the last token",
            "total += w[..., 0, -1]; count = n - 1": "query 0 is counted, with the last token",
            "total += w[..., 0, 0]; count = n": "query 0 is counted, with its own token",
            (
                "w = w.roll(-1, -1); k = 0",
                "w = w.roll(-1, -1); k = 0; count = n - 1",
            ): "each query looks ahead, the last one to the first token",
            ("d.sum -> d[..., 1:].sum", "out = d[..., 1:].mean(-1)"): "the mean begins at i = 2",
            ("d.sum -> d[..., :-1].sum", "out = d[..., :-1].mean(-1)"): "the last query is missing",
            ("out = w[..., 1, 0]", "out = w[..., -1, -2]"): "a single query's weight comes back",
            ("out = w[..., 1, 0] / count", "out = w[..., -1, -2] / count"): "only one query's "
            "weight is counted (as where a return inside the loop ends it)",
            "w.diagonal -> (w / w.amax(-1, True)).diagonal": "each row is divided by its maximum",
            "d.sum -> d.log().sum": "a logarithm is taken",
            "total = w.tril(-1).sum((-2, -1))": "all earlier tokens count",
            "total = w.tril(-1).sum((-2, -1)); count = n * (n - 1) / 2": "all earlier tokens count",
            "out = w.tril(-1).mean((-2, -1))": "all earlier tokens count",
            "d = w.diagonal(-1, -2, -1) + w.diagonal(1, -2, -1)": "both neighbours count",
            "out = (d + w.diagonal(1, -2, -1)).mean(-1) / 2": "both neighbours count",
            "out = d.mean(-1) + w.diagonal(0, -2, -1).mean(-1)": "the token itself counts too",
        },
        "a number for each head is asked for, in the dtype of weights": OTHER_RESULT,
    },
    seen={
        **NO_TENSOR,
        "an index is larger than n - 1, the last: i goes from 1 to n - 1, as range(1, n) "
        "does": lambda got, want, w: w.dim() == 2 and raised(says="out of bounds")(got),
        "a single number comes back for a batch of heads: each keeps its own score, so index the "
        "last two dims": lambda got, want, w: want.dim() > torch.as_tensor(got).dim() == 0,
        "the batch is not handled: weights may have any number of leading dimensions, also none "
        "(weights[..., i, i - 1], or diagonal with dim1=-2, dim2=-1)": batch_fails(2),
    },
)

EXERCISE.cases["previous_token_score"] = {
    "any number of leading dimensions, also none": case_of(
        check_previous_token_score, (5, 5), (3, 6, 6), (2, 3, 5, 5), (1, 4, 4), (2, 1, 3, 7, 7)
    ),
    "any number of positions": case_of(check_previous_token_score, (2, 2), (4, 4, 4), (2, 40, 40)),
    "weights of any dtype, in any memory layout": all_kinds(check_previous_token_score, 2, 6, 6),
    "all of a query's weight on one key": case_of(
        check_previous_token_score, EYE, EYE[[0, 0, 3, 2, 1, 4]], EYE.roll(-1, 1)
    ),
    "no weight on some keys": lambda f: check_previous_token_score(f, sparse_weights(12)),
}
