"""The rank of a token: what often goes wrong, and hidden cases."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from checks.drawn import a_size
from checks.inside.exercise import EXERCISE
from checks.onlooking import A_NUMBER, tensor_of
from checks.scores import NO_TENSOR
from checks.seen import (
    SINGLE_NUMBERS,
    batch_fails,
    other_dtype,
    other_shape,
    says,
)
from reference.inside import rank_of


def _rank(logits: Tensor, ids: Tensor) -> Tensor:
    L = logits
    at = ids[..., None]
    own = L.gather(-1, at)
    larger = own < L
    out = larger.sum(-1)
    return out


def _places_among_equals(got: Any, want: Tensor, logits: Tensor, ids: Tensor) -> bool:
    """Ranks that are too large by less than there are equals: topk and sort don't keep their order.

    Shapes: `got` and `want` `(...)`, `logits` `(..., vocab_size)`, `ids` `(...)`.
    """
    if not isinstance(got, Tensor) or got.shape != want.shape:
        return False
    equals = (logits == logits.gather(-1, ids[..., None])).sum(-1)
    return bool(((want <= got) & (got < want + equals)).all())


_COUNT = "count the tokens of the same row whose logit is larger than that of ids"
_ZERO = "0 is the first choice, as no logit is larger than the largest"
_EQUAL = "equals don't count, so compare with >"

check_rank_of = EXERCISE.check(
    "rank_of",
    reference=rank_of,
    text=[_rank],
    procedure=tensor_of,
    expects="how many tokens have a larger logit than ids, of the shape of ids, int64: 0 is the "
    "first choice, and equals don't count",
    wrong={
        _ZERO: {
            "return out + 1": "the ranks start at 1",
            "return out - 1": "1 is subtracted",
        },
        _EQUAL: {
            "larger = L >= own": "tokens with the same logit count, the token itself among them",
            "larger = L >= own; return out - 1": "other tokens with the same logit count",
            (
                "larger = (L > own) | (L == own) & (torch.arange(L.shape[-1]) < at)",
                "out = (-L).argsort(-1, stable=True).argsort(-1).gather(-1, at)[..., 0]",
            ): "equals in front of the token count (as places in a sorted row do)",
            "larger = (L > own) | (L == own) & (torch.arange(L.shape[-1]) > at)": "equals behind "
            "the token count (as places in a row that was sorted upwards do)",
            "L = logits.softmax(-1)": "probabilities are compared, of which the smallest are all 0",
            "rows = zip(L.reshape(-1, L.shape[-1]), own.flatten()); out = torch.stack([(r.unique() "
            "> one).sum() for r, one in rows]).reshape(ids.shape)": "equal logits count as one",
        },
        _COUNT: {
            "larger = L < own": "the smaller logits are counted, so that 0 is the last choice",
            "larger = L <= own": "the logits that are not larger are counted",
            "larger = L.abs() > own.abs()": "absolute values are compared",
            "out = L.argsort(-1, descending=True).gather(-1, at)[..., 0]": "this is the token at "
            "place ids of the sorted row, and not the place of the token (argsort once more, or "
            "count)",
            "out = L.argsort(-1).gather(-1, at)[..., 0]": "this is the token at place "
            "ids of the row sorted upwards",
            "out = L.argmax(-1)": "the first choice itself comes back",
            "return (out > 0).long()": "1 comes back for every token but the first choice",
            "return (out == 0).long()": "1 comes back for the first choice, 0 for others",
            "out = larger.sum(0)": "the sum runs over dimension 0",
            "out = larger.sum()": "the sum runs over all rows at once",
            "out = larger.sum(-1, True)": "a dimension of size 1 is kept (keepdim=True)",
            "out = larger": "which tokens have a larger logit comes back, not how many",
            "own = L[..., :1]": "the first token's logit is compared with",
            "own = ids[..., None]": "logits are compared with the ids themselves, not with their "
            "logits",
            "own = L.mean(-1, True)": "logits are compared with their mean",
            "own = L[ids]": "logits[ids] takes whole rows, not one entry of each row",
            "return L.amax(-1) - own[..., 0]": "how far the logit is below the largest comes back, "
            "not how many tokens are ahead",
            "larger = (torch.arange(L.shape[-1]) > at)": "ids are compared, not their logits",
            "own = L.reshape(-1, L.shape[-1])[..., ids.flatten()[0]].reshape(at.shape)": "the "
            "first of ids is looked up in every row",
        },
        "give int64, as counts of booleans have it (.sum of booleans)": {
            "return out.int()": "the result is int32",
            "return out.float()": "the result is float32",
            "return out.to(L.dtype)": "the result has the dtype of logits",
            "return out / L.shape[-1]": "a share of the vocabulary comes back",
        },
    },
    seen={
        **A_NUMBER,
        **NO_TENSOR,
        **SINGLE_NUMBERS,
        "gather wants an index with as many dimensions as logits: ids[..., None]": says(
            "same number of dimensions"
        ),
        "two shapes don't line up: look up one logit for each row, and keep it as (..., 1) until "
        "it is compared with its row (logits.gather(-1, ids[..., None]))": says(
            "must match the size"
        ),
        "more indices than dimensions: logits and ids may have any number of leading dimensions, "
        "also none (logits.gather(-1, ids[..., None]))": says("too many indices"),
        f"other tokens with the same logit count, in some order (as in a sorted row): {_EQUAL}": (
            _places_among_equals
        ),
        "a single number comes back for a batch: each row has its own rank": lambda got, want, *_: (
            want.dim() > torch.as_tensor(got).dim() == 0
        ),
        "the batch is not handled: logits and ids may have any number of leading dimensions, also "
        "none (logits.gather(-1, ids[..., None]))": batch_fails(2),
        "the shape is not that of ids": other_shape,
        "the result is not int64": other_dtype(),
    },
)
"""`check_rank_of(rank_of, logits, ids)`, `logits` `(..., vocab_size)`, `ids` `(...)`."""


def _ids(logits: Tensor) -> Tensor:
    return torch.randint(logits.shape[-1], logits.shape[:-1])


def _ranked(*shapes: tuple[int, ...]) -> Callable[[Any], Any]:
    def case(f: Any) -> None:
        for shape in shapes:
            logits = 3 * torch.randn(shape)
            check_rank_of(f, logits, _ids(logits))

    return case


def _equals(f: Any) -> None:
    for shape in ((9, 12), (2, 4, 7)):
        logits = torch.randint(-2, 3, shape).float()
        check_rank_of(f, logits, _ids(logits))
    check_rank_of(f, torch.zeros(3, 6), torch.randint(6, (3,)))


def _first_and_last(f: Any) -> None:
    logits = torch.randn(4, a_size(6, 11))
    for ids in (logits.argmax(-1), logits.argmin(-1)):
        check_rank_of(f, logits, ids)


def _extreme(f: Any) -> None:
    n = a_size(9, 14)
    logits = torch.stack([100.0 * (torch.randperm(n) - n // 2) for _ in range(6)])
    check_rank_of(f, logits, _ids(logits))
    check_rank_of(f, 10 * logits, _ids(logits))
    hidden = logits.masked_fill(torch.rand(logits.shape) < 0.3, -math.inf)
    hidden[:, 0] = -math.inf
    check_rank_of(f, hidden, _ids(logits))
    check_rank_of(f, hidden, torch.zeros(6, dtype=torch.long))


def _kinds(f: Any) -> None:
    logits = torch.randn(5, 9)
    check_rank_of(f, logits.double(), _ids(logits))
    check_rank_of(f, logits.half(), _ids(logits))
    turned = torch.randn(8, 6).mT
    check_rank_of(f, turned, _ids(turned))
    check_rank_of(f, torch.randn(2, 3, 7), torch.randint(7, (3, 2)).mT)


EXERCISE.cases["rank_of"] = {
    "how many tokens have a larger logit than ids": _ranked((5, 9), (8, 20), (3, 300)),
    "any number of leading dimensions, also none": _ranked(
        (11,), (15,), (2, 3, 8), (2, 1, 3, 6), (1, 7)
    ),
    "0 is the first choice": _first_and_last,
    "equals don't count": _equals,
    "sizes that are alike, a single token": _ranked((6, 6), (4, 4, 4), (3, 1), (1,)),
    "logits far from each other, and some of -inf": _extreme,
    "logits of any dtype, in any memory layout, and int64 ranks": _kinds,
}
