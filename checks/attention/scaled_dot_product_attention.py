"""Attention without a mask: what often goes wrong, hidden cases, and inputs for exercise 4."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from checks.attention.exercise import EXERCISE
from checks.attention.softmax import math_of_tensors, other_sum
from checks.compare import same
from checks.mistakes import Wrong
from checks.seen import (
    SINGLE_NUMBERS,
    Predicate,
    any_part,
    batch_fails,
    comes_back,
    nearly_right,
    not_finite,
    other_count,
    part,
    raised,
)
from reference import attention
from reference.attention import softmax


def plain_attention(Q: Tensor, K: Tensor, V: Tensor, mask: Tensor | None = None) -> Any:
    """A step a line, and exercise 4's mask too: what edits of either replace must stand once."""
    scale = math.sqrt(Q.shape[-1])
    dot = Q @ K.mT
    scores = dot / scale
    plain = scores.softmax(-1)
    if mask is not None:
        hide = ~mask
        low = -math.inf
        scores[:] = scores.masked_fill(hide, low)
    weights = softmax(scores, -1)
    if mask is not None:
        keyless = 0 * plain
        weights[:] = weights.where(mask.any(-1, True), keyless)
    output = weights @ V
    return (output, weights)


def _lengths_differ(got: Any, expected: Any, Q: Tensor, K: Tensor, V: Tensor, **mask: Any) -> bool:
    differ = Q.shape[-2] != K.shape[-2] or V.shape[-1] != Q.shape[-1]
    return differ and raised(says="size")(got)


FIXED = tuple(
    f"scale = {number}"
    for number in (
        *(2, 3, 4, 5, 8, 10, 16, 32, 64, 128, 256, 512),
        *(f"math.sqrt({d})" for d in (2, 3, 5, 6, 8, 10, 12, 32, 128, 512)),
    )
)
WRONG: Wrong = {
    "divide scores by the square root of d_k, the last dimension of Q, before the softmax": {
        "scores = dot": "the scores are not scaled",
        "scale = Q.shape[-1]": "the scores are divided by d_k instead of the square root",
        (
            "scores = dot // scale",
            "scores = dot // Q.shape[-1]",
        ): "the scores are divided by //, which rounds down",
        "scores = dot * scale": "the scores are multiplied by the square root of d_k",
        "scores = dot * Q.shape[-1]": "the scores are multiplied by d_k",
        ("scale = math.sqrt(K.shape[-2])", "scale = K.shape[-2]"): "the scale uses n_k, the number "
        "of keys",
        ("scale = math.sqrt(Q.shape[-2])", "scale = Q.shape[-2]"): "the scale uses n_q, the number "
        "of queries",
        "scale = math.sqrt(Q.shape[0])": "the scale uses the first (batch) dimension",
        (
            "scale = math.sqrt(Q.shape[1])",
            "scale = math.sqrt(K.shape[1])",
        ): "the scale uses dimension 1, which is d_k only where there is no batch",
        "scale = math.sqrt(V.shape[-1])": "the scale uses d_v, the size of the values",
        ("scores = (dot / Q.shape[-1]).sqrt()", "scores = dot.sqrt()"): "the square root is taken "
        "of the scores, and not of d_k",
        "scale = Q.shape[-1] ** 0.25": "the scale is the fourth root of d_k",
        ("scale = int(math.sqrt(Q.shape[-1]))", "scale = round(math.sqrt(Q.shape[-1]))"): "the "
        "square root is rounded to a whole number",
        ("scale = Q.shape[-1] * 2", "scale = Q.shape[-1] / 2"): "d_k is halved, as d_k ** 1 / 2 "
        "does (0.5 or brackets are missing)",
        tuple(
            f"scale = {size}"
            for size in ("Q.shape[-1] ** 2", "Q.shape[-1] ** 1.5", "math.log(Q.shape[-1])")
        ): "the scale is another function of d_k, or is applied several times",
        ("scale = math.sqrt(2 * Q.shape[-1])", "scale = 2 * math.sqrt(Q.shape[-1])"): "the scale "
        "has a factor of 2",
        FIXED: "the scale is a fixed number",
        (
            "weights = dot.softmax(-1) / scale",
            "weights = dot.softmax(-1); output = weights @ V / scale",
            "weights = dot.softmax(-1); return (output, weights / scale)",
        ): "the scaling comes after the softmax",
    },
    "the weights are softmax(scores, dim=-1), over the keys (the last dimension)": {
        "weights = scores.softmax(1)": "the softmax runs over dimension 1",
        "weights = scores.softmax(-2)": "the softmax runs over the queries (dim=-2)",
        "weights = scores.softmax(0)": "the softmax runs over the first dimension (0)",
        "weights = scores.exp() / scores.exp().sum()": "the softmax runs over all scores",
        "weights = scores.exp() / scores.exp().sum(-1)": "the sum lacks keepdim=True",
        "weights = scores": "the softmax is missing",
        "weights = scores.softmax(-1).softmax(-1)": "the softmax is applied twice",
        "weights = scores / scores.sum(-1, True)": "the scores are divided by their sum",
        "weights = scores.sigmoid()": "a sigmoid replaces the softmax",
        "weights = scores.log_softmax(-1)": "they are log-probabilities (log_softmax)",
        "weights = F.one_hot(scores.argmax(-1), K.shape[-2]).to(Q)": "only the argmax counts",
        "weights = (-scores).softmax(-1)": "the sign of the scores is flipped",
    },
    "compare each query (row) with each key (column), by Q Kᵀ / √d_k": {
        "dot = K @ Q.mT": "queries and keys are swapped (K Qᵀ)",
        (
            "dot = Q * K",
            "dot = (Q * K).sum(-1)",
        ): "queries and keys are multiplied number by number (*), which is no matrix product (@)",
        "dot = Q @ Q.mT": "the scores are Q Qᵀ",
        "dot = K @ K.mT": "the scores are K Kᵀ",
        "dot = Q @ V.mT": "the scores are Q Vᵀ",
        "dot = Q @ K": "K is not transposed",
        "dot = Q @ K.reshape(K.mT.shape)": "K is reshaped (view) instead of transposed",
        "dot = Q @ K[..., : Q.shape[-2], :].mT": "only as many keys as there are queries count",
        "dot = Q.mT @ K": "Q is transposed instead of K",
        "scores = F.normalize(Q, 2, -1) @ F.normalize(K, 2, -1).mT": "the scores are cosines",
        (
            "scores = Q @ F.normalize(K, 2, -1).mT / scale",
            "scores = Q @ F.normalize(K, 2, -1).mT",
        ): "the keys are normalised to length 1",
        "scores = F.normalize(Q, 2, -1) @ K.mT / scale": "the queries are normalised to length 1",
        "scores = -torch.cdist(Q, K)": "the scores are negative distances",
        "scores = dot / scale + torch.ones_like(dot).tril().log()": "a causal mask is applied",
    },
    "the output is weights @ V": {
        "output = weights @ K": "the output uses K instead of V",
        "output = weights @ Q": "the output uses Q instead of V",
        "output = weights.mT @ V": "the weights are transposed before they meet V",
        "output = weights * V": "the product is element by element (*), not a matrix product",
        "output = weights @ V.mT": "V is transposed",
        "output = weights @ V / K.shape[-2]": "a mean over the keys replaces the weighted sum",
        "output = V @ weights": "the factors are in the wrong order (V @ weights)",
        "output = (weights @ V).sum(-2)": "the queries' outputs are added up",
        "output = (weights @ V).mean(-2)": "the queries' outputs are averaged",
        "output = scores @ V": "the softmax is missing, and the raw scores are used",
        "output = weights @ V / scale": "the output is scaled too",
        "output = weights @ V / weights.sum()": "the output is divided by the sum of all weights",
        ("output = weights @ V + Q", "output = weights @ V + V"): "a residual is added",
        "output = weights @ V + (Q if Q.shape[-1] == V.shape[-1] else 0)": "a residual is added"
        " where the sizes allow it",
    },
    "return (output, weights), with a row of weights for each query": {
        "return (output, scores)": "the scores and not the softmax's weights are returned",
        "return (output, weights.mT)": "the weights come back transposed",
        "return (weights, output)": "the results are swapped",
        "return (output[..., -1, :], weights[..., -1, :])": "only the last query's results come "
        "back (of a loop the last step alone is kept)",
        "return (output[..., 0, :], weights[..., 0, :])": "only the first query's results come "
        "back (as where a return inside the loop ends it)",
        (
            "return (output.squeeze(), weights.squeeze())",
            "return (output.squeeze(), weights)",
            "return (output, weights.squeeze())",
        ): "a dimension of size 1 is squeezed away",
        "return (output, dot.softmax(-1))": "the weights are of unscaled scores",
    },
    "the results keep the dtype of Q, K and V": {
        "return (output.float(), weights.float())": "they are converted to float32",
        "return (output.double(), weights.double())": "they are converted to float64",
    },
}
"""Exercise 4 has these too."""
NO_BATCH = (
    "the batch is not handled: Q, K and V may have any number of leading dimensions, also none "
    "(K.transpose(-2, -1) swaps the last two, K.T does not)"
)
SEEN: dict[str, Predicate] = {
    **SINGLE_NUMBERS,
    "torch.sqrt and the like take tensors, and a size as Q.shape[-1] is a plain number: use "
    "math.sqrt": raised("TypeError", says="must be Tensor, not"),
    **math_of_tensors(2),
    "some weights are 0, as after dropout: plain attention is asked "
    "for": lambda got, right, *_, **mask: bool(right[1].all()) and not got[1].all(),
    "only one result comes back: return the tuple (output, weights)": comes_back(Tensor),
    "the number of results is wrong: return the two of them, (output, weights)": other_count,
    "a list comes back as output or weights: make a tensor of it (torch.stack)": any_part(
        comes_back(list, tuple)
    ),
    "the weights are right but the output is not weights @ V": (
        lambda got, expected, Q, K, V, **mask: (
            same(got[1], expected[1]) and not same(got[0], got[1] @ V)
        )
    ),
    "exp overflows for large scores: subtract each row's maximum first": part(0, not_finite),
    NO_BATCH: batch_fails(2),
    "queries and keys may differ in number (n_q and n_k) and values in size (d_v): take no size of "
    "one for another, as a transpose, or one letter for both in einsum, may do": _lengths_differ,
    "the weights of a query don't sum to 1 over the keys: they are the softmax of the scores along "
    "dim=-1, and nothing changes them after it": part(1, other_sum),
    "the results are nearly right, as where something is rounded or a small number (epsilon) "
    "added: neither is needed": lambda got, right, *_, **mask: all(map(nearly_right, got, right)),
}

_ZEROS: Wrong = {
    "every score counts, whatever it is": {
        "scores = (dot / scale).masked_fill(dot == 0, -math.inf)": "scores of 0 are masked",
    },
}

check_scaled_dot_product_attention = EXERCISE.check(
    "scaled_dot_product_attention",
    reference=attention.scaled_dot_product_attention,
    text=[plain_attention],
    parts=("output", "weights"),
    expects="weights = softmax(Q Kᵀ / √d_k) over the keys, output = weights @ V, returned as "
    "(output, weights)",
    wrong={**WRONG, **_ZEROS},
    seen=SEEN,
)


def attention_inputs(*batch: int, dtype: Any = None, turned: bool = False, **sizes: int) -> Any:
    """Random Q, K and V; where `turned`, they lie in memory by columns."""
    n_q, n_k, d_k, d_v = ({"n_q": 4, "n_k": 6, "d_k": 8, "d_v": 5} | sizes).values()
    for n, d in ((n_q, d_k), (n_k, d_k), (n_k, d_v)):
        x = torch.randn(*batch, n, d, dtype=dtype)
        yield x.mT.contiguous().mT if turned else x


def _attention_cases(f: Any, *batches: tuple[int, ...], **sizes: Any) -> Any:
    """Random inputs for each batch, or for none."""
    for batch in batches or [()]:
        check_scaled_dot_product_attention(f, *attention_inputs(*batch, **sizes))


def large_scores(sign: float = 1.0) -> tuple[Tensor, Tensor, Tensor]:
    """Q, K and V with scores of about 10,000, where exp alone overflows: weights of 0 and 1."""
    # Rounding grows with the scores, so keys are multiples of each other and the winner is clear.
    K = torch.tensor([[100.0] * 4, [50.0] * 4, [-100.0] * 4])
    return torch.full((2, 4), sign * 100.0), K, torch.randn(3, 2)


EXERCISE.cases["scaled_dot_product_attention"] = {
    "Q, K and V without a batch": lambda f: _attention_cases(f),
    "any number of batch dimensions": lambda f: _attention_cases(f, (2,), (3, 2), (2, 1, 3), (1,)),
    "a single query or key, d_k or d_v of 1": lambda f: [
        _attention_cases(f, **{size: 1}) for size in ("n_q", "n_k", "d_k", "d_v")
    ],
    "sizes that are alike": lambda f: [
        _attention_cases(f, (2,), n_q=n, n_k=n, d_k=d, d_v=d) for n, d in ((5, 5), (10, 512))
    ],
    "more keys than queries, and values of another size": lambda f: [
        _attention_cases(f, (2,), d_k=64, n_q=3, n_k=7),
        _attention_cases(f, n_q=3, n_k=200),
    ],
    "scores of 0": lambda f: check_scaled_dot_product_attention(
        f, torch.eye(4), torch.eye(4), torch.randn(4, 3)
    ),
    "the dtype of Q, K and V": lambda f: _attention_cases(f, (2,), dtype=torch.float64),
    "Q, K and V in any memory layout": lambda f: _attention_cases(f, (2,), turned=True),
    "finite for large scores": lambda f: [
        check_scaled_dot_product_attention(f, *large_scores(sign)) for sign in (1.0, -1.0)
    ],
}
