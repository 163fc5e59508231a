"""Attention with a mask: what often goes wrong, and hidden cases."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor

from checks.attention import scaled_dot_product_attention as exercise_1
from checks.causal_masking.exercise import EXERCISE
from checks.causal_masking.no_leak import check_no_leak
from checks.compare import Raised, attempt, same
from checks.mistakes import Seen
from checks.seen import comes_back, raised
from reference import attention


def _turned_whole(got: Any, right: Any, Q: Tensor, K: Tensor, *_: Any, **mask: Any) -> bool:
    """The error is that of a product with K turned round as a whole, before any mask comes in."""
    turned = (K.permute(*range(K.dim())[::-1]), K.transpose(0, 1))
    products = (attempt(partial(torch.matmul, Q, one)) for one in turned)
    return any(same(got, one) for one in products if isinstance(one, Raised))


def _hidden_the_wrong_way(got: Any, right: Any, *args: Tensor, mask: Tensor) -> bool:
    """No key that a query may see gets any weight, in all rows that have such a key."""
    left = (got[1].nan_to_num() * (right[1] > 0)).sum(-1)
    return not left[right[1].any(-1)].any()


def _lost_a_little(got: Any, right: Any, *args: Tensor, mask: Tensor) -> bool:
    """Weights are right but for a little that is missing in a row, as masked keys have taken it."""
    sums = got[1].sum(-1, True)[right[1].any(-1)]
    scaled = got[1][right[1].any(-1)] / sums
    return bool((sums > 0.9).all()) and same(scaled, right[1][right[1].any(-1)], 1e-5)


def _keyless_only(got: Any, right: Any, *args: Tensor, mask: Tensor) -> bool:
    """What is wrong is wrong where a query has no key left."""
    has_key = right[1].any(-1)
    return same([g[has_key] for g in got], [r[has_key] for r in right])


_LOW = "masked keys keep or take some weight: a number is not low enough, only -inf gives 0"
# What hint 1 asks for behind it, as learners write it.
_ZEROED = tuple(f"weights[:] = weights{how}" for how in (".masked_fill(~mask, 0.0)", " * mask"))
_ZEROED_WRONG = "weights[:] = weights.masked_fill(mask, 0.0)"
_check_attention = EXERCISE.check(
    "scaled_dot_product_attention",
    reference=attention.scaled_dot_product_attention,
    text=[exercise_1.plain_attention],
    parts=("output", "weights"),
    expects="weights = softmax(Q Kᵀ / √d_k) over the keys where the mask is True (every key "
    "without a mask), exactly 0 where it is False; output = weights @ V; both 0 for a query with "
    "no key left; returned as (output, weights)",
    wrong={
        "its weights and its output are 0": {
            "keyless = math.nan": "a query with no key left gives NaN (a softmax of -inf, or 0/0)",
            "keyless = 1 / K.shape[-2]": "a query with no key left gets uniform weights (by -1e9)",
            "keyless = plain": "a query with no key left is treated as if it had no mask",
            "weights[:] = weights.masked_fill(~mask.any(-1), 0.0)": "whether a query has a "
            "key left is asked without keepdim=True, mask.any(-1, keepdim=True): columns become 0",
            "keyless = torch.eye(*scores.shape[-2:])": "a query with no key left sees itself",
            "keyless = torch.eye(1, K.shape[-2])": "a query with no key left sees the first key",
            "return (output, scores.softmax(-1))": "a query with no key left gives NaN weights",
            "output = scores.softmax(-1) @ V": "a query with no key left gives NaN in the output",
            "output = weights @ V + ~weights.any(-1, True) * V.mean(-2, True)": "a query with no "
            "key left gets the mean of V as its output",
        },
        "mask the keys where the given mask is False": {
            (
                "hide = mask",
                "hide = mask; weights[:] = weights.nan_to_num()",
                *(f"hide = mask; {zeroed}" for zeroed in (*_ZEROED, _ZEROED_WRONG)),
            ): "the convention is inverted, as in nn.MultiheadAttention (~mask fills where it is "
            "False)",
            _ZEROED_WRONG: "the weights of the keys that may be seen are set to 0 (~ is forgotten "
            "in the second mask)",
            "hide = ~mask.mT": "the mask is transposed, though its rows are queries",
            "hide = plain.triu(1) > 0": "a causal mask is applied whatever the mask says",
            "hide = ~mask | (plain.triu(1) > 0)": "a causal mask is applied besides the given one",
            "hide = ~mask | (torch.eye(*scores.shape[-2:]) > 0)": "the diagonal is masked too",
            "hide = ~mask[0] if mask.dim() > 2 else ~mask": "only the first sequence's mask counts",
            "hide = ~mask.squeeze()": "the mask is squeezed, and sequences are taken for queries",
            "hide = ~mask[..., :1, :]": "only the first row of the mask is used, for all queries",
        },
        "": {
            (
                "low = -1e3",
                "low = -1e4",
                "low = -1e4; weights[:] = weights * mask",
                *(f"low = -{n}; {_ZEROED[0]}" for n in (5.0, 10.0, 15.0, 20.0, 30.0, 50.0)),
            ): _LOW
        },
        "divide the scores by √d_k, then put them to -inf where the mask is False (masked_fill)": {
            "low = 0.0": "masked scores are put to 0 (multiplied by the mask), and exp(0) is 1",
            tuple(f"low = 0.0; {zeroed}" for zeroed in _ZEROED): "masked scores are put to 0, and "
            "exp(0) is 1: their weights are zeroed, but went into the sum that divides all others",
            ("low = 1e9", "low = math.inf"): "the sign is wrong (plus infinity or a large number)",
            "scores[:] = scores": "the mask is ignored where it hides a key",
            "scores[:] = scores + mask": "the mask is added to the scores as 0 and 1",
            (
                "scores[:] = scores + ~mask * -math.inf",
                *(f"scores[:] = scores + ~mask * -math.inf; {zeroed}" for zeroed in _ZEROED),
            ): "0 times infinity is NaN",
            "scores[:] = Q @ (K * mask.mT).mT / scale": "keys are zeroed, and still get weight",
            "scores[:] = dot.masked_fill(hide, low)": "masked scores are not scaled",
        },
        "put scores to -inf where the mask is False, then one softmax, whose weights sum to 1": {
            "scores[:] = plain.masked_fill(hide, low)": "the softmax is applied twice",
            "scores[:] = plain * mask": "the softmax is applied twice",
            "weights[:] = weights.softmax(-1)": "the softmax is applied twice",
            "weights[:] = plain * mask": "the weights are masked after the softmax",
            "weights[:] = F.normalize(plain * mask, p=1, dim=-1)": "the softmax takes masked keys "
            "too, and the rest is scaled anew: a large score of a masked key leaves nothing of it",
            "weights[:] = plain.where(mask, -math.inf)": "minus infinity comes after the softmax",
            "weights[:] = plain.where(mask, -1e9)": "a low number comes after the softmax",
        },
        "mask the scores, and return the weights that the output is made with": {
            "return (output, plain)": "the mask reaches the output but not the weights",
            "output = plain @ V": "the output is made with the unmasked weights",
            "weights[:] = plain * mask; return (output, plain)": "values of masked keys are zeroed",
        },
        **exercise_1.WRONG,
    },
    mistakes=[Seen(exercise_1.NO_BATCH, _turned_whole)],
    seen={
        "a tensor of several numbers is asked whether it is true, as `if mask:` does: write `if "
        "mask is not None`, and amax or where for Python's max or if": raised(says="Boolean value"),
        "the mask does not broadcast to (..., n_q, n_k): it may have fewer dimensions, or 1 in "
        "place of n_q; masked_fill does that, an index does not": lambda got, right, *_, mask: (
            raised(says=" match ")(got) or got[1].shape != right[1].shape
        ),
        "a query with no key left does not get weights and output of exactly 0": _keyless_only,
        "keys that may be seen get no weight: masked_fill fills where its argument is True, and so "
        "it needs ~mask, each time that you use it": _hidden_the_wrong_way,
        "NaN or infinity comes back, as from 0 * inf and inf - inf: masked_fill(~mask, -math.inf) "
        "avoids both": lambda got, right, *_, mask: not all(g.isfinite().all() for g in got),
        "masked keys get weight: put their scores to -inf before the softmax, and return the "
        "weights that come of it": lambda got, right, *_, mask: bool(
            (got[1].masked_fill(mask, 0.0) > 1e-2).any()
        ),
        _LOW: lambda got, right, *_, mask: bool((got[1].masked_fill(mask, 0.0) > 1e-6).any()),
        f"{_LOW} (also where the weights are set to 0 afterwards)": _lost_a_little,
        "the weights of the keys that are left don't sum to 1: hide scores before the softmax, "
        "where the mask is False, and leave these weights as they are afterwards": (
            lambda got, right, *_, mask: not same(got[1].sum(-1), right[1].sum(-1))
        ),
        "mask=None is not handled: without a mask no key is hidden": raised(says="NoneType"),
        "a bool mask has no minus: use masked_fill(~mask, -math.inf)": raised(says="bool tensor"),
        **exercise_1.SEEN,
    },
)

_check_exactly_zero = EXERCISE.check(
    "scaled_dot_product_attention",
    arguments=("weights on masked keys, 0 elsewhere",),
    reference=torch.zeros_like,
    expects="no weight on a masked key, exactly",
    seen={_LOW: comes_back(Tensor)},
)


def check_scaled_dot_product_attention(
    answer: Any, Q: Tensor, K: Tensor, V: Tensor, mask: Tensor | None = None, **kwargs: Any
) -> None:
    """Check one call, and that masked keys got exactly 0."""
    if mask is None:
        _check_attention(answer, Q, K, V, **kwargs)
    else:
        _, weights = _check_attention(answer, Q, K, V, mask=mask, **kwargs)
        _check_exactly_zero(lambda left: left, weights.masked_fill(mask, 0.0), tolerance=0.0)


def _case(f: Any, mask: Tensor | None, *batch: int, **sizes: Any) -> Any:
    Q, K, V = exercise_1.attention_inputs(*batch, **sizes)
    return check_scaled_dot_product_attention(f, Q, K, V, mask)


def _some(*shape: int) -> Tensor:
    """Half of the keys, others for each query, and one at least."""
    return torch.rand(*shape).argsort(-1) < (shape[-1] + 1) // 2


def _no_leak(f: Any, n: int) -> Any:
    Q, K, V = torch.randn(3, n, 8, dtype=torch.float64)
    return check_no_leak(f, Q, K, V, _CAUSAL[:n, :n])


def _extreme_scores(f: Any) -> None:
    Q, K, V = exercise_1.large_scores()
    mask = torch.tensor([[True, True, False], [True, False, True]])
    check_scaled_dot_product_attention(f, Q, K, V)
    check_scaled_dot_product_attention(f, Q, K, V, mask)
    # All scores far below -10,000, but close to one another: a masked one must lie lower still.
    Q, K = torch.full((2, 16), 400.0), torch.full((3, 16), -50.0)
    K[:, 0] += torch.tensor([1.0, 0.0, 2.0]) / 128  # scores differ by 0.78, exactly
    check_scaled_dot_product_attention(f, Q, K, V, mask, tolerance=0.03)


def _large_where_masked(f: Any) -> None:
    """Two keys are masked for all queries, with scores as large as float32 has them."""
    for size in (1e3, 1e30):
        Q, K, V = exercise_1.attention_inputs(2)
        mask = torch.ones(1, 6, dtype=torch.bool)
        mask[0, torch.randperm(6)[:2]] = False
        K = torch.where(mask.mT, K, size)
        check_scaled_dot_product_attention(f, Q.abs(), K, V, mask)


_CAUSAL = attention.causal_mask(6)
EXERCISE.cases["scaled_dot_product_attention"] = {
    "as in exercise 1 without a mask": lambda f: [_case(f, None, *b) for b in ((), (2, 3))],
    "a mask for all sequences, (n_q, n_k) or (1, n_k)": lambda f: [
        _case(f, _some(n, 6), *batch) for batch in ((), (3,), (2, 3)) for n in (4, 1)
    ],
    "a mask for each sequence, (..., n_q, n_k) or (..., 1, n_k)": lambda f: [
        *(_case(f, _some(*shape, 6), shape[0]) for shape in ((3, 1), (3, 4), (4, 1))),
        *(_case(f, _some(*shape, 6), 2, 3) for shape in ((3, 1), (2, 1, 4), (2, 1, 1))),
    ],
    "a causal mask, also with padding": lambda f: [
        *(_case(f, _CAUSAL & m, 2, n_q=6, d_k=6, d_v=6) for m in (_CAUSAL, _some(2, 1, 6))),
        _case(f, attention.causal_mask(40), 2, n_q=40, n_k=40, d_k=64, d_v=64),
    ],
    "a mask that allows everything": lambda f: _case(f, _some(4, 6) | True, 2),
    "a single query or key": lambda f: [_case(f, _some(1, n), 2, n_q=1, n_k=n) for n in (1, 6)],
    "float64 inputs": lambda f: [_case(f, m, 2, dtype=torch.float64) for m in (None, _some(4, 6))],
    "inputs in any memory layout": lambda f: _case(f, torch.randn(2, 6, 4).mT > -1, 2, turned=True),
    "weights and output of 0 for a query with no key left": lambda f: [
        _case(f, _some(3, 4, 6) & (torch.arange(4) != 2)[:, None], 3),
        _case(f, attention.padding_mask(torch.tensor([6, 0, 2]), 6), 3),
        _case(f, _CAUSAL & (torch.arange(6) > 1), 2, n_q=6),
        _case(f, _some(4, 6) & False, 2),
        _case(f, _some(1, 6) & False, 2, dtype=torch.float64),
    ],
    "no weight on a masked key, exactly, and finite for large scores": _extreme_scores,
    "a masked key's score, however large, changes nothing for the others": _large_where_masked,
    "no output depends on a later token": lambda f: [_no_leak(f, n) for n in (2, 6)],
}
