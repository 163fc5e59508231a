"""Exercise 1-attention: points, references, known misconceptions and hidden cases."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from checks.check import Exercise
from checks.compare import same
from checks.seen import (
    any_part,
    batch_fails,
    comes_back,
    nearly_right,
    not_finite,
    other_count,
    other_shape,
    part,
    raised,
    same_shape,
    transposed_shape,
)
from reference import attention

EXERCISE = Exercise(
    "1-attention",
    {"project_qkv": (1, 2), "softmax": (1, 3), "scaled_dot_product_attention": (2, 4)},
    written=3,
)
passed, waiting, hidden_tests = EXERCISE.passed, EXERCISE.waiting, EXERCISE.hidden_tests


# --- project_qkv ---------------------------------------------------------------------------


def _project(x: Tensor, W_q: Tensor, W_k: Tensor, W_v: Tensor) -> tuple[Tensor, ...]:
    W = (W_q, W_k, W_v)
    Q, K, V = (x @ w for w in W)
    return (Q, K, V)


check_project_qkv = EXERCISE.check(
    "project_qkv",
    reference=attention.project_qkv,
    text=[_project],
    parts=("Q", "K", "V"),
    expects="the three products Q = x @ W_q, K = x @ W_k and V = x @ W_v, in this order",
    wrong={
        "return (Q, K, V)": {
            "return (K, Q, V)": "the order of the results is mixed up (K and Q swapped)",
            "return (Q, V, K)": "the order of the results is mixed up (V and K swapped)",
            "return (V, K, Q)": "the order of the results is mixed up (V comes first)",
            ("return (K, V, Q)", "return (V, Q, K)"): "the order of the results is mixed up",
        },
        "each result has its own weight matrix, W_q, W_k and W_v": {
            "W = (W_q, W_q, W_q)": "all three results use W_q",
            "W = (W_k, W_k, W_k)": "all three results use W_k",
            "W = (W_v, W_v, W_v)": "all three results use W_v",
            "W = (W_q, W_q, W_v)": "K was projected with W_q (the same matrix as Q)",
            "W = (W_q, W_k, W_k)": "V was projected with W_k (the same matrix as K)",
            "W = (W_q, W_k, W_q)": "V was projected with W_q (the same matrix as Q)",
            "W = (W_k, W_k, W_v)": "Q was projected with W_k (the same matrix as K)",
            "W = (W_q, W_v, W_v)": "K was projected with W_v (the same matrix as V)",
            "W = (W_v, W_k, W_v)": "Q was projected with W_v (the same matrix as V)",
        },
        "a projection is x @ W, where rows of x are positions and W has shape (d_in, d_out)": {
            "x @ w -> x @ w.mT": "the weight matrix is transposed (x @ W.T), as in nn.Linear",
            "x @ w -> x * w": "the product is element by element (*), not a matrix product",
            "x @ w -> w @ x": "the factors are in the wrong order (W @ x)",
            "x @ w -> w.mT @ x": "the factors are in the wrong order (W.T @ x)",
            "x @ w -> x.mT @ w": "x is transposed before the product",
        },
        "a projection is x @ W and no more": {
            "x @ w -> x @ w / w.shape[-1] ** 0.5": "all are scaled by the square root of d_k",
            "x @ w -> x @ w / x.shape[-1] ** 0.5": "all are scaled by the square root of d_model",
            "x @ w -> torch.relu(x @ w)": "an activation is applied (ReLU)",
            "x @ w -> torch.tanh(x @ w)": "an activation is applied (tanh)",
            "x @ w -> torch.softmax(x @ w, -1)": "a softmax is applied, as if these were scores",
            "x @ w -> F.normalize(x @ w, dim=-1)": "the results are normalised to length 1",
            "x @ w -> x + x @ w": "x is added to the results (a residual)",
            "x @ w -> x @ w - (x @ w).mean(-1, True)": "the results are centred around 0",
            "x @ w -> (x @ w).round()": "the results are rounded",
        },
        "each is computed from x with its own matrix, and not scaled": {
            "return (Q / Q.shape[-1] ** 0.5, K, V)": "only Q is scaled by the square root of d_k",
            "return (Q, K, x)": "V is x itself, though the values are projected too",
            "return (Q, Q @ W_k, Q @ W_k @ W_v)": "they build on one another (K on Q, V on K)",
            "return (Q, Q @ W_k, V)": "they build on one another (K on Q)",
        },
        "keep the leading dimensions of x": {
            "x @ w -> (x @ w).squeeze()": "a batch dimension of 1 is squeezed away",
            "x @ w -> x.reshape(-1, *x.shape[-2:])[0] @ w": "only the first sequence is projected",
            "x @ w -> x.reshape(-1, x.shape[-1]) @ w": "the batch is flattened into the positions",
            "x @ w -> x.mean(0) @ w": "the batch is averaged",
            "x @ w -> x.sum(0) @ w": "the batch is summed",
        },
        "the results keep the dtype of x": {
            "x @ w -> (x @ w).float()": "they are converted to float32",
            "x @ w -> (x @ w).double()": "they are converted to float64",
        },
    },
    seen={
        "the results are transposed: rows are positions": any_part(transposed_shape),
        "a dict comes back: return the tuple (Q, K, V)": comes_back(dict),
        "the number of results is wrong: return the three of them, (Q, K, V)": other_count,
        "one tensor comes back instead of three: return the tuple (Q, K, V)": comes_back(Tensor),
        "the batch is not handled: x may have any number of leading dimensions, also none (use @ "
        "on the last two, not .T, torch.mm or a fixed number of dimensions)": batch_fails(2),
        "a result has the wrong size: Q and K are (..., n, d_k), V is (..., n, d_v)": (
            any_part(other_shape)
        ),
        "the numbers are not right: each result is x @ W with the matrix that is given, without "
        "a bias and without a new (random) layer": any_part(same_shape),
    },
)


def _qkv_cases(f: Any, *batches: Any, dtype: Any = None, **sizes: int) -> None:
    """Random inputs for each batch, or for none."""
    n, d_model, d_k, d_v = ({"n": 5, "d_model": 8, "d_k": 6, "d_v": 3} | sizes).values()
    for batch in batches or [()]:
        shapes = (*batch, n, d_model), (d_model, d_k), (d_model, d_k), (d_model, d_v)
        check_project_qkv(f, *(torch.randn(shape, dtype=dtype) for shape in shapes))


EXERCISE.cases["project_qkv"] = {
    "x of shape (n, d_model), without a batch": lambda f: _qkv_cases(f),
    "any number of leading dimensions": lambda f: _qkv_cases(f, (3,), (2, 3), (1,), (2, 1, 3)),
    "a single position": lambda f: _qkv_cases(f, (), (1,), n=1),
    "sizes that are alike": lambda f: _qkv_cases(f, (4,), n=8, d_k=8, d_v=8),
    "the dtype of x": lambda f: _qkv_cases(f, (2,), dtype=torch.float64),
    "x in any memory layout": lambda f: check_project_qkv(
        f, torch.randn(2, 8, 5).mT, *torch.randn(3, 6, 8).mT
    ),
    "many positions": lambda f: _qkv_cases(f, n=70, d_model=33),
}


# --- softmax -------------------------------------------------------------------------------


def _softmax(x: Tensor, dim: int = -1) -> Tensor:
    top = x.amax(dim, True)
    e = torch.exp(x - top)
    total = e.sum(dim, True)
    return e / total


def _other_sum(got: Any, expected: Tensor, *args: Any, dim: int = -1) -> bool:
    return got.shape == expected.shape and not (got.sum(dim) - 1).abs().max() < 1e-3


def _sums_elsewhere(got: Any, expected: Tensor, x: Tensor, dim: int = -1) -> bool:
    others = [d for d in range(x.dim()) if d != dim % x.dim() and x.shape[d] > 1]
    return got.shape == x.shape and not all(_other_sum(got, expected, dim=d) for d in others)


def _axes_moved(got: Any, expected: Tensor, x: Tensor, **dim: int) -> bool:
    return got.shape != x.shape and sorted(got.shape) == sorted(x.shape)


_check_softmax = EXERCISE.check(
    "softmax",
    reference=attention.softmax,
    text=[_softmax],
    expects="exp(x) divided by its sum along dim: positive numbers that sum to 1 along dim, "
    "finite for large inputs, exactly 0 where x is -inf, in the shape and dtype of x",
    wrong={
        "subtract the maximum along dim, which changes nothing else": {
            "top = 0": "exp overflows for large inputs",
            "amax -> amin": "the minimum is subtracted, so that exp can still overflow",
            "amax -> mean": "the mean is subtracted, so that exp can still overflow",
            "e = torch.exp(x.clamp(-50, 50))": "x is clamped, which changes the result",
            "top = x.max()": "the maximum is taken over all of x, and rows far below it give 0/0",
            "e = torch.exp(x / top)": "x is divided by its maximum",
            "x.amax -> x.abs().amax": "the largest |x| is subtracted, which may leave 0/0",
            "x - top -> x - top.clamp(0)": "no maximum below 0 is subtracted, which may leave 0/0",
            "top = 0; return (e / total).nan_to_num(0)": "NaN is replaced by 0 after an overflow",
        },
        "use the dim that is given": {
            "return torch.softmax(x, -1)": "dim is ignored, and the last dimension taken",
            "return torch.softmax(x, 0)": "dim is ignored, and the first dimension taken",
            "return torch.softmax(x, 1)": "dim is ignored, and dimension 1 taken",
        },
        "dim is -1, the last dimension, unless given": {
            "dim=-1 -> dim=0": "the default of dim is 0",
            "dim=-1 -> dim=1": "the default of dim is 1",
        },
        "exp(x) is divided by its sum along dim, sum(dim, keepdim=True)": {
            "total = e.sum()": "the sum runs over all elements instead of along dim",
            "top = 0; total = e.sum()": "the sum runs over all elements instead of along dim",
            "e = x": "the exponential is missing and x is divided by its sum",
            "e = x.abs()": "the exponential is missing and |x| is divided by its sum",
            "top = 0; total = 1": "the normalisation is missing",
            "total = 1": "the normalisation is missing: exp(x - max) is exp(x) divided by its "
            "largest value instead of its sum",
            "total = e.mean(dim, True)": "exp(x) is divided by its mean",
            "top = 0; return e / (1 + total)": "one is added to the sum (softmax-plus-one)",
            "total = x.exp().sum(dim, True)": "the shift is not in both the numerator and the sum",
            "return x.exp() / total": "the shift is not in both the numerator and the sum",
            "return (x == top).to(x.dtype)": "the largest value gets 1 and the rest 0 (argmax)",
            "return torch.softmax(e / total, dim)": "the softmax is applied twice",
            "return torch.sigmoid(x)": "a sigmoid works on each element alone",
            "return torch.log_softmax(x, dim)": "this is the softmax's logarithm (log_softmax)",
            "return total / e": "the fraction is upside down (sum over exp)",
        },
        "use torch.exp(x), of x as it is given": {
            "e = 2.0 ** (x - top)": "the base is 2 instead of e",
            "e = 10.0 ** (x - top)": "the base is 10 instead of e",
            "e = torch.exp(-x)": "the sign is flipped (exp(-x))",
            "e = x ** 2": "x is squared instead of exponentiated",
            "e = torch.exp(x.abs())": "the absolute value of x is used",
            "e = torch.exp(x.clamp(min=0))": "negative inputs are cut to 0 (clamp or ReLU)",
            "e = torch.exp(x / x.shape[dim] ** 0.5)": "x is scaled by the square root of its size",
            "e = torch.exp((x - top) / x.std(dim, True, True))": "x is standardised first",
        },
        "it keeps the shape and the dtype of x": {
            "return (e / total).float()": "the result is converted to float32",
            "return (e / total).double()": "the result is converted to float64",
            "return (e / total).squeeze()": "a dimension of size 1 is squeezed away",
        },
        "keep the dimension, or it lines up with the wrong one": {
            ("total = e.sum(dim)", "top = 0; total = e.sum(dim)"): "the sum lacks keepdim=True",
            "top = x.amax(dim); total = e.sum(dim)": "maximum and sum lack keepdim=True",
        },
    },
    seen={
        "a masked entry is not exactly 0: add no small number "
        "(epsilon)": lambda got, right, x, **dim: (got[x.isneginf()] > 0).any().item(),
        "a row with -inf gives NaN: exp(-inf) is 0, but -inf times 0 and -inf minus -inf are "
        "NaN": lambda got, right, x, **dim: (got.isnan().any() & x.isinf().any()).item(),
        "exp overflows for large inputs: subtract the maximum along dim "
        "first": lambda got, right, x, **dim: not_finite(got, right) and bool(x.abs().max() > 80),
        "it sums to 1 along another dimension: use dim, and keepdim=True": _sums_elsewhere,
        "the result is transposed: move dimensions back that you have moved": _axes_moved,
        "the result is nearly right: it is rounded, or a small number (epsilon) is added; neither "
        "is needed": nearly_right,
        "x may have any number of dimensions, also one: use dim and keepdim=True": batch_fails(2),
        "a list comes back: make a torch tensor of it": comes_back(list, tuple),
        "the results don't sum to 1 along dim: divide exp(x) by its sum along dim": _other_sum,
    },
)


def check_softmax(answer: Any, x: Tensor, tolerance: float | None = None, **kwargs: Any) -> Any:
    """Check one call; the tolerance grows with the rounding of large inputs.

    `exp(x - logsumexp(x))` is a right answer too, and at 10,000 neighbouring float32 numbers are
    0.001 apart.
    """
    largest = x.where(x.isfinite(), 0.0).abs().max().item()
    if tolerance is None and largest > 100:
        tolerance = 2 * torch.finfo(x.dtype).eps * largest
    return _check_softmax(answer, x, tolerance=tolerance, **kwargs)


def _softmax_cases(f: Any, *inputs: Any, dims: Iterable[int] = (), **kwargs: Any) -> Any:
    """Each input, or a random one of its shape, along each of `dims` or with the dim left out."""
    for given, dim in itertools.product(inputs, [{"dim": d} for d in dims] or [{}]):
        x = torch.randn(given) if isinstance(given, tuple) else torch.as_tensor(given)
        check_softmax(f, x, **dim, **kwargs)


EXERCISE.cases["softmax"] = {
    "x of any shape": lambda f: _softmax_cases(f, (7,), (3, 5), (2, 3, 4), (2, 1, 3, 4)),
    "sums to 1 along dim": lambda f: _softmax_cases(f, (3, 4, 5), dims=range(-3, 3)),
    "dim among many leading dimensions": lambda f: _softmax_cases(f, (2, 3, 4, 5), dims=[1]),
    "sizes that are alike": lambda f: _softmax_cases(f, (4, 4), dims=(0, 1)),
    "a dimension of size 1": lambda f: _softmax_cases(f, (3, 1), dims=(0, 1)),
    "the dtype of x": lambda f: _softmax_cases(
        f, torch.randn(3, 5).double(), torch.randn(3, 5).half()
    ),
    "x in any memory layout": lambda f: _softmax_cases(f, torch.randn(5, 3).mT, dims=(0, 1)),
    "many numbers in a row": lambda f: _softmax_cases(f, (2, 500)),
    "finite for inputs of ±1e4": lambda f: _softmax_cases(
        f,
        1e4 * torch.sign(torch.randn(3, 6)),
        [1e4, 1e4, -1e4],
        [-1e4, -1e4 + 1.0],
        # Rows far apart: a maximum over the whole tensor leaves 0/0 in the first.
        [[-1e4, -1e4 + 1.0], [1e4, 1e4 - 2.0]],
    ),
    "an input of -inf gets exactly 0": lambda f: [
        _softmax_cases(f, [[0.0, -math.inf, 3.0], [-math.inf, -math.inf, -7.0]]),
        _softmax_cases(f, [[-math.inf, 1.0], [2.0, -math.inf]], dims=[0], tolerance=0.0),
    ],
}


# --- scaled_dot_product_attention -----------------------------------------------------------


def _attention(Q: Tensor, K: Tensor, V: Tensor) -> tuple[Tensor, Tensor]:
    scale = math.sqrt(Q.shape[-1])
    dot = Q @ K.mT
    scores = dot / scale
    weights = scores.softmax(-1)
    output = weights @ V
    return (output, weights)


def _lengths_differ(got: Any, expected: Any, Q: Tensor, K: Tensor, V: Tensor, **mask: Any) -> bool:
    differ = Q.shape[-2] != K.shape[-2] or V.shape[-1] != Q.shape[-1]
    return differ and raised(says="size")(got)


# Exercise 4 makes these edits in its own text too, which has the same lines.
check_scaled_dot_product_attention = EXERCISE.check(
    "scaled_dot_product_attention",
    reference=attention.scaled_dot_product_attention,
    text=[_attention],
    parts=("output", "weights"),
    expects="weights = softmax(Q Kᵀ / √d_k) over the keys, output = weights @ V, returned as "
    "(output, weights)",
    wrong={
        "divide scores by the square root of d_k, the last dimension of Q, before the softmax": {
            "scores = dot": "the scores are not scaled",
            "scale = Q.shape[-1]": "the scores are divided by d_k instead of the square root",
            "scores = dot * scale": "the scores are multiplied by the square root of d_k",
            "scores = dot * Q.shape[-1]": "the scores are multiplied by d_k",
            "scale = math.sqrt(K.shape[-2])": "the scale uses n_k, the number of keys",
            "scale = math.sqrt(Q.shape[-2])": "the scale uses n_q, the number of queries",
            "scale = math.sqrt(Q.shape[0])": "the scale uses the first (batch) dimension",
            "scale = math.sqrt(V.shape[-1])": "the scale uses d_v, the size of the values",
            "scale = Q.shape[-1] ** 0.25": "the scale is the fourth root of d_k",
            ("scale = math.sqrt(64)", "scale = math.sqrt(512)"): "the scale is a fixed number",
            "weights = (scores * scale).softmax(-1) / scale": "the scaling comes after the softmax",
        },
        "the weights are softmax(scores, dim=-1), over the keys (the last dimension)": {
            "weights = scores.softmax(1)": "the softmax runs over dimension 1",
            "weights = scores.softmax(-2)": "the softmax runs over the queries (dim=-2)",
            "weights = scores.softmax(0)": "the softmax runs over the first dimension (0)",
            "weights = scores.exp() / scores.exp().sum()": "the softmax runs over all scores",
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
            "dot = Q @ Q.mT": "the scores are Q Qᵀ",
            "dot = K @ K.mT": "the scores are K Kᵀ",
            "dot = Q @ V.mT": "the scores are Q Vᵀ",
            "dot = Q @ K": "K is not transposed",
            "dot = Q @ K.reshape(K.mT.shape)": "K is reshaped (view) instead of transposed",
            "dot = Q.mT @ K": "Q is transposed instead of K",
            "scores = F.normalize(Q, 2, -1) @ F.normalize(K, 2, -1).mT": "the scores are cosines",
            "scores = -torch.cdist(Q, K)": "the scores are negative distances",
            "scores = dot / scale + torch.ones_like(dot).tril().log()": "a causal mask is applied",
        },
        "the output is weights @ V": {
            "output = weights @ K": "the output uses K instead of V",
            "output = weights @ Q": "the output uses Q instead of V",
            "output = weights.mT @ V": "the weights are transposed before they meet V",
            "output = scores @ V": "the softmax is missing, and the raw scores are used",
            "output = weights @ V / scale": "the output is scaled too",
            ("output = weights @ V + Q", "output = weights @ V + V"): "a residual is added",
            "output = weights @ V + (Q if Q.shape[-1] == V.shape[-1] else 0)": "a residual is added"
            " where the sizes allow it",
        },
        "return (output, weights), with a row of weights for each query": {
            "return (output, scores)": "the scores and not the softmax's weights are returned",
            "return (output, weights.mT)": "the weights come back transposed",
            "return (weights, output)": "the results are swapped",
            "return (output, dot.softmax(-1))": "the weights are of unscaled scores",
        },
        "the results keep the dtype of Q, K and V": {
            "return (output.float(), weights.float())": "they are converted to float32",
            "return (output.double(), weights.double())": "they are converted to float64",
        },
    },
    seen={
        "some weights are 0, as after dropout: plain attention is asked "
        "for": lambda got, right, *_, **mask: bool(right[1].all()) and not got[1].all(),
        "only one result comes back: return the tuple (output, weights)": comes_back(Tensor),
        "the number of results is wrong: return the two of them, (output, weights)": other_count,
        "the weights are right but the output is not weights "
        "@ V": lambda got, expected, *_, **mask: same(got[1], expected[1]),
        "exp overflows for large scores: subtract each row's maximum first": part(0, not_finite),
        "the batch is not handled: Q, K and V may have any number of leading dimensions, also none "
        "(K.transpose(-2, -1) swaps the last two, K.T does not)": batch_fails(2),
        "queries and keys may differ in number (n_q and n_k) and values in size (d_v): take no "
        "size of one for another": _lengths_differ,
        "the weights of a query don't sum to 1 over the keys: the softmax runs along dim=-1 and "
        "nothing changes the weights after it": part(1, _other_sum),
    },
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
    "the dtype of Q, K and V": lambda f: _attention_cases(f, (2,), dtype=torch.float64),
    "Q, K and V in any memory layout": lambda f: _attention_cases(f, (2,), turned=True),
    "finite for large scores": lambda f: [
        check_scaled_dot_product_attention(f, *large_scores(sign)) for sign in (1.0, -1.0)
    ],
}
