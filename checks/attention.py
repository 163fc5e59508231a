"""Exercise 1-attention: points, references, known misconceptions and hidden cases."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from checks.check import Exercise
from checks.mistakes import Edit, Seen, instead_of
from checks.seen import (
    any_part,
    batch_fails,
    comes_back,
    nearly_right,
    not_finite,
    other_count,
    part,
    raised,
    same_shape,
    transposed_shape,
)
from helpers import attention

EXERCISE = Exercise("1-attention", written=3)
passed, hidden_tests = EXERCISE.passed, EXERCISE.hidden_tests


# --- project_qkv ---------------------------------------------------------------------------


def _project(x: Tensor, W_q: Tensor, W_k: Tensor, W_v: Tensor) -> tuple[Tensor, ...]:
    Q, K, V = (x @ W for W in (W_q, W_k, W_v))
    return (Q, K, V)


def _all_right_shapes(got: Any, expected: Any, *args: Any) -> bool:
    return all(same_shape(g, e) for g, e in zip(got, expected, strict=True))


check_project_qkv = EXERCISE.check(
    "project_qkv",
    visible=1,
    hidden=2,
    arguments=("x", "W_q", "W_k", "W_v"),
    reference=attention.project_qkv,
    text=[_project],
    parts=("Q", "K", "V"),
    expects="the three products Q = x @ W_q, K = x @ W_k and V = x @ W_v, in this order",
    mistakes=(
        *instead_of(
            "return (Q, K, V)",
            right="return (Q, K, V)",
            wrong={
                "return (K, Q, V)": "the order of the results is mixed up (K and Q swapped)",
                "return (Q, V, K)": "the order of the results is mixed up (V and K swapped)",
                "return (V, K, Q)": "the order of the results is mixed up (V comes first)",
                ("return (K, V, Q)", "return (V, Q, K)"): "the order of the results is mixed up",
            },
        ),
        *instead_of(
            "(W_q, W_k, W_v))",
            right="each result has its own weight matrix, W_q, W_k and W_v",
            wrong={
                "(W_q, W_q, W_q))": "all three results use W_q",
                "(W_k, W_k, W_k))": "all three results use W_k",
                "(W_v, W_v, W_v))": "all three results use W_v",
                "(W_q, W_q, W_v))": "K was projected with W_q (the same matrix as Q)",
                "(W_q, W_k, W_k))": "V was projected with W_k (the same matrix as K)",
                "(W_q, W_k, W_q))": "V was projected with W_q (the same matrix as Q)",
                "(W_k, W_k, W_v))": "Q was projected with W_k (the same matrix as K)",
                "(W_q, W_v, W_v))": "K was projected with W_v (the same matrix as V)",
                "(W_v, W_k, W_v))": "Q was projected with W_v (the same matrix as V)",
            },
        ),
        *instead_of(
            "x @ W for",
            right="a projection is x @ W and no more",
            wrong={
                "x @ W.mT for": "the weight matrix is transposed (x @ W.T, as in nn.Linear's "
                "storage), but here W has shape (d_in, d_out)",
                "x * W for": "the product is element by element (*), not a matrix product",
                "W @ x for": "the factors are in the wrong order (W @ x) for positions as rows",
                "W.mT @ x for": "the factors are in the wrong order (W.T @ x) for positions as "
                "rows",
                "x.mT @ W for": "x is transposed before the product, though its rows are "
                "positions already",
                "x @ W / math.sqrt(W.shape[-1]) for": "the projections are scaled by the square "
                "root of d_k, which belongs to the scores in attention",
                "x @ W / math.sqrt(x.shape[-1]) for": "the projections are scaled by the square "
                "root of d_model",
                "torch.relu(x @ W) for": "an activation is applied (ReLU)",
                "torch.tanh(x @ W) for": "an activation is applied (tanh)",
                "torch.softmax(x @ W, -1) for": "a softmax is applied, which belongs to the scores",
                "F.normalize(x @ W, dim=-1) for": "the projections are normalised to length 1",
                "x + x @ W for": "x is added to the projections (a residual)",
                "x @ W - (x @ W).mean(-1, keepdim=True) for": "the results are centred by "
                "subtracting a mean",
                "(x @ W).round() for": "the result is rounded",
            },
        ),
        *instead_of(
            "x @ W for",
            right="keep the leading dimensions of x",
            wrong={
                "(x @ W).squeeze() for": "a batch dimension of 1 is squeezed away",
                "x.reshape(-1, *x.shape[-2:])[0] @ W for": "only the first sequence of the batch "
                "is projected",
                "x.reshape(-1, x.shape[-1]) @ W for": "the batch dimensions are flattened into "
                "the positions",
                ("(x @ W).mean(0) for", "(x @ W).sum(0) for"): "the batch dimension is summed or "
                "averaged away",
            },
        ),
        *instead_of(
            "x @ W for",
            right="results keep the dtype of x",
            wrong={
                "(x @ W).float() for": "the result is converted to float32",
                "(x @ W).double() for": "the result is converted to float64",
            },
        ),
        *instead_of(
            "return (Q, K, V)",
            right="each is computed from x with its own matrix, and not scaled",
            wrong={
                "return (Q / math.sqrt(Q.shape[-1]), K, V)": "only Q is scaled by the square root "
                "of d_k",
                "return (Q, K, x)": "V is x itself, though the values are projected too",
                "return (Q, Q @ W_k, Q @ W_k @ W_v)": "the projections build on one another "
                "(K from Q, and V from K)",
                "return (Q, Q @ W_k, V)": "the projections build on one another (K from Q)",
            },
        ),
        Seen(
            "the results are transposed: positions are rows, features are columns",
            any_part(transposed_shape),
        ),
        Seen("a dict comes back: return the tuple (Q, K, V)", comes_back(dict)),
        Seen(
            "the number of results is wrong: return the three of them, the tuple (Q, K, V)",
            other_count,
        ),
        Seen(
            "one tensor comes back instead of three: return the tuple (Q, K, V)", comes_back(Tensor)
        ),
        Seen(
            "the batch is not handled: x may have any number of leading dimensions, also none "
            "(use @ on the last two, not .T, torch.mm or a fixed number of dimensions)",
            batch_fails(2),
        ),
        Seen(
            "the shapes are right, the numbers are not: each result is x @ W with the matrix that "
            "is given, without a bias and without a new (random) layer",
            _all_right_shapes,
        ),
    ),
)


def _qkv_case(f: Any, *batch: int, dtype: torch.dtype = torch.float32, **sizes: Any) -> Any:
    n, d_model, d_k, d_v = ({"n": 5, "d_model": 8, "d_k": 6, "d_v": 3} | sizes).values()
    x = torch.randn(*batch, n, d_model, dtype=dtype)
    W_q, W_k, W_v = (torch.randn(d_model, d, dtype=dtype) for d in (d_k, d_k, d_v))
    return check_project_qkv(f, x, W_q, W_k, W_v)


EXERCISE.contract(
    "project_qkv",
    {
        "x of shape (n, d_model), without a batch": lambda f: _qkv_case(f),
        "any number of leading dimensions": lambda f: [
            _qkv_case(f, *b) for b in ((3,), (2, 3), (1,), (2, 1, 3))
        ],
        "a single position": lambda f: [_qkv_case(f, n=1), _qkv_case(f, 1, n=1)],
        "sizes that are alike": lambda f: _qkv_case(f, 4, n=8, d_k=8, d_v=8),
        "the dtype of x": lambda f: _qkv_case(f, 2, dtype=torch.float64),
        "x in any memory layout": lambda f: [
            check_project_qkv(f, torch.randn(2, 8, 5).mT, *torch.randn(3, 6, 8).mT)
        ],
        "many positions": lambda f: _qkv_case(f, n=70, d_model=33),
    },
)


# --- softmax -------------------------------------------------------------------------------


def _softmax(x: Tensor, dim: int = -1) -> Tensor:
    top = x.amax(dim=dim, keepdim=True)
    e = torch.exp(x - top)
    total = e.sum(dim=dim, keepdim=True)
    return e / total


def _overflows(got: Any, expected: Tensor, x: Tensor, dim: int = -1) -> bool:
    return not_finite(got, expected) and bool((x.abs() > 80).any())


def _sums_elsewhere(got: Any, expected: Tensor, x: Tensor, dim: int = -1) -> bool:
    one = torch.ones((), dtype=got.dtype)
    return got.shape == x.shape and any(
        torch.allclose(got.sum(d), one, atol=1e-4)
        for d in range(x.dim())
        if d != dim % x.dim() and x.shape[d] > 1
    )


def _sums_to_one_wrongly(got: Any, expected: Tensor, x: Tensor, dim: int = -1) -> bool:
    one = torch.ones((), dtype=got.dtype)
    finite = got.shape == x.shape and bool(got.isfinite().all())
    return finite and not torch.allclose(got.sum(dim), one, atol=1e-3)


def _nan_for_masked(got: Any, expected: Tensor, x: Tensor, dim: int = -1) -> bool:
    return bool(got.isnan().any()) and bool(x.isinf().any())


def _not_exactly_zero(got: Any, expected: Tensor, x: Tensor, dim: int = -1) -> bool:
    masked = x == -math.inf
    return got.shape == x.shape and bool((~got.isnan() & (got != 0))[masked].any())


def _axes_moved(got: Any, expected: Tensor, x: Tensor, dim: int = -1) -> bool:
    return got.shape != x.shape and sorted(got.shape) == sorted(x.shape)


_check_softmax = EXERCISE.check(
    "softmax",
    visible=1,
    hidden=3,
    arguments=("x", "dim"),
    reference=attention.softmax,
    text=[_softmax],
    expects="exp(x) divided by its sum along dim: positive numbers that sum to 1 along dim, "
    "finite for large inputs, exactly 0 where x is -inf, in the shape and dtype of x",
    mistakes=(
        *instead_of(
            "x - top",
            right="subtract the maximum along dim, which changes nothing else",
            wrong={
                "x": "exp overflows for large inputs",
                "x - x.amin(dim, keepdim=True)": "the minimum is subtracted instead of the "
                "maximum, so that exp can still overflow",
                "x - x.mean(dim, keepdim=True)": "the mean is subtracted instead of the maximum, "
                "so that exp can still overflow",
                "x.clamp(-50, 50)": "x is clamped so that exp does not overflow, which changes "
                "the result",
                "x - x.max()": "the maximum is taken over all of x, so that rows far below it "
                "underflow to 0/0",
                "x / top": "x is divided by its maximum instead of shifted by it",
                "x - x.abs().amax(dim, keepdim=True)": "the largest absolute value is subtracted, "
                "below which everything may underflow to 0/0",
                "x - top.clamp(min=0)": "the maximum is subtracted only where it is above 0, so "
                "that very negative inputs underflow to 0/0",
            },
        ),
        Edit(
            "NaN is replaced by 0 after exp has overflowed: subtract the maximum along dim first",
            *("x - top", "x", "e / total", "torch.nan_to_num(e / total, nan=0.0)"),
        ),
        *instead_of(
            "e / total",
            right="use the dim that is given",
            wrong={
                "torch.softmax(x, -1)": "dim is ignored and the softmax always runs along the last "
                "dimension",
                "torch.softmax(x, 0)": "dim is ignored and the softmax always runs along the first "
                "dimension (dim 0)",
                "torch.softmax(x, 1)": "dim is ignored and the softmax always runs along "
                "dimension 1",
            },
        ),
        *instead_of(
            "e / total",
            right="exp(x) is divided by its sum along dim, sum(dim, keepdim=True)",
            wrong={
                (
                    "torch.softmax(x.flatten(), 0).reshape(x.shape)",
                    "x.exp() / x.exp().sum()",
                    "e / e.sum()",
                ): "the sum runs over all elements instead of along dim",
                "x / x.sum(dim, keepdim=True)": "the exponential is missing and x is divided by "
                "its sum",
                "x.abs() / x.abs().sum(dim, keepdim=True)": "the exponential is missing and |x| is "
                "divided by its sum",
                "x.exp()": "the normalisation is missing",
                "e": "the normalisation is missing: this is exp(x - max), which is exp(x) divided "
                "by its largest value instead of its sum",
                "e / e.mean(dim, keepdim=True)": "exp(x) is divided by its mean instead of its sum",
                "x.exp() / (1 + x.exp().sum(dim, keepdim=True))": "one is added to the sum "
                "(softmax-plus-one)",
                (
                    "e / x.exp().sum(dim, keepdim=True)",
                    "x.exp() / total",
                ): "the shift is applied on one side only, though it belongs to both the numerator "
                "and the sum",
                "(x == top).to(x.dtype)": "the largest value is set to 1 and the rest to 0 "
                "(argmax)",
                "torch.softmax(e / total, dim)": "the softmax is applied twice",
                "torch.sigmoid(x)": "a sigmoid works on each element alone",
                "torch.log_softmax(x, dim)": "the result is the logarithm of the softmax "
                "(log_softmax)",
                "total / e": "the fraction is upside down (sum over exp)",
            },
        ),
        *instead_of(
            "torch.exp(x - top)",
            right="use torch.exp(x), of x as it is given",
            wrong={
                "2.0 ** (x - top)": "the base is 2 instead of e",
                "10.0 ** (x - top)": "the base is 10 instead of e",
                "torch.exp(-x)": "the sign is flipped (exp(-x))",
                "x ** 2": "x is squared instead of exponentiated",
                "torch.exp(x.abs())": "the absolute value of x is used",
                "torch.exp(x.clamp(min=0))": "negative inputs are cut to 0 (clamp or ReLU)",
                "torch.exp(x / math.sqrt(x.shape[dim]))": "x is scaled by the square root of its "
                "size, which belongs to attention",
                "torch.exp((x - x.mean(dim, keepdim=True)) / x.std(dim, keepdim=True))": "x is "
                "standardised (mean and standard deviation) first, though only a shift is harmless",
            },
        ),
        Seen(
            "a small number is added to the sum or the result (epsilon): the results must sum to "
            "1 and a masked entry must be exactly 0",
            _not_exactly_zero,
        ),
        *instead_of(
            "e / total",
            right="it keeps the shape and the dtype of x",
            wrong={
                "(e / total).float()": "the result is converted to float32",
                "(e / total).double()": "the result is converted to float64",
                "(e / total).squeeze()": "a dimension of size 1 is squeezed away",
            },
        ),
        *instead_of(
            "e / total",
            right="keep the dimension, or it lines up with the wrong one (keepdim=True)",
            wrong={
                ("e / e.sum(dim)", "x.exp() / x.exp().sum(dim)"): "keepdim=True is missing in the "
                "sum",
                "(x - x.amax(dim)).exp() / (x - x.amax(dim)).exp().sum(dim)": "keepdim=True is "
                "missing in maximum and sum",
            },
        ),
        Seen(
            "a row with -inf gives NaN: exp(-inf) is 0 as long as the maximum is finite, and -inf "
            "must not be multiplied or subtracted from itself",
            _nan_for_masked,
        ),
        Seen(
            "exp overflows for large inputs: subtract the maximum along dim first, which changes "
            "nothing else",
            _overflows,
        ),
        Seen(
            "the sum runs along another dimension than dim, so dim is ignored or keepdim=True is "
            "missing",
            _sums_elsewhere,
        ),
        Seen(
            "the result is transposed (its dimensions were moved for the sum and not moved back): "
            "it has the shape of x",
            _axes_moved,
        ),
        Seen(
            "the result is nearly right: it is rounded, or a small number (epsilon) is added to "
            "the sum; neither is needed",
            nearly_right,
        ),
        Seen(
            "x may have any number of dimensions, also one: use dim and keepdim=True instead of "
            "a fixed number of dimensions or a loop over rows",
            batch_fails(2),
        ),
        Seen("a list comes back: make a torch tensor of it", comes_back(list, tuple)),
        Seen(
            "the results don't sum to 1 along dim: divide exp(x) by its sum along dim "
            "(the normalisation)",
            _sums_to_one_wrongly,
        ),
    ),
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


def _rows(*rows: list[float]) -> Tensor:
    return torch.tensor(rows)


EXERCISE.contract(
    "softmax",
    {
        "x of any shape": lambda f: [
            check_softmax(f, torch.randn(*shape))
            for shape in ((7,), (3, 5), (2, 3, 4), (2, 1, 3, 4))
        ],
        "sums to 1 along dim": lambda f: [
            check_softmax(f, torch.randn(3, 4, 5), dim=d) for d in range(-3, 3)
        ],
        "any number of leading dimensions, dim among them": lambda f: check_softmax(
            f, torch.randn(2, 3, 4, 5), dim=1
        ),
        "sizes that are alike": lambda f: [
            check_softmax(f, torch.randn(4, 4), dim=d) for d in (0, 1)
        ],
        "a dimension of size 1": lambda f: [
            check_softmax(f, torch.randn(3, 1), dim=d) for d in (0, 1)
        ],
        "the dtype of x": lambda f: [
            check_softmax(f, torch.randn(3, 5, dtype=t)) for t in (torch.float64, torch.float16)
        ],
        "x in any memory layout": lambda f: [
            check_softmax(f, torch.randn(5, 3).mT, dim=d) for d in (0, 1)
        ],
        "many numbers in a row": lambda f: check_softmax(f, torch.randn(2, 500)),
        "finite for inputs of ±1e4": lambda f: [
            check_softmax(f, x)
            for x in (
                1e4 * torch.sign(torch.randn(3, 6)),
                torch.tensor([1e4, 1e4, -1e4]),
                torch.tensor([-1e4, -1e4 + 1.0]),
                # Rows far apart: a maximum over the whole tensor leaves 0/0 in the first.
                _rows([-1e4, -1e4 + 1.0], [1e4, 1e4 - 2.0]),
            )
        ],
        "an input of -inf gets exactly 0": lambda f: [
            check_softmax(f, _rows([0.0, -math.inf, 3.0], [-math.inf, -math.inf, -7.0])),
            check_softmax(f, _rows([-math.inf, 1.0], [2.0, -math.inf]), dim=0, tolerance=0.0),
        ],
    },
)


# --- scaled_dot_product_attention -----------------------------------------------------------


def _attention(Q: Tensor, K: Tensor, V: Tensor) -> tuple[Tensor, Tensor]:
    scores = Q @ K.mT / math.sqrt(Q.shape[-1])
    weights = torch.softmax(scores, -1)
    output = weights @ V
    return (output, weights)


def _rows_dont_sum(got: Any, expected: Any, *args: Any) -> bool:
    weights = got[1]
    one = torch.ones((), dtype=weights.dtype)
    finite = weights.shape == expected[1].shape and bool(weights.isfinite().all())
    return finite and not torch.allclose(weights.sum(-1), one, atol=1e-3)


def _only_output(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
    return isinstance(got, Tensor) and got.shape in (expected[0].shape, expected[1].shape)


def _weights_right(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
    return same_shape(got[1], expected[1]) and torch.allclose(got[1], expected[1], atol=1e-4)


def _drops_out(got: Any, expected: Any, *args: Any) -> bool:
    return bool((got[1] == 0).any()) and not bool((expected[1] == 0).any())


def _lengths_differ(got: Any, expected: Any, Q: Tensor, K: Tensor, V: Tensor) -> bool:
    differ = Q.shape[-2] != K.shape[-2] or V.shape[-1] != Q.shape[-1]
    return differ and raised(says="size")(got)


check_scaled_dot_product_attention = EXERCISE.check(
    "scaled_dot_product_attention",
    visible=2,
    hidden=4,
    arguments=("Q", "K", "V"),
    reference=attention.scaled_dot_product_attention,
    text=[_attention],
    parts=("output", "weights"),
    expects="weights = softmax(Q Kᵀ / √d_k) over the keys, output = weights @ V, returned as "
    "(output, weights)",
    mistakes=(
        *instead_of(
            "/ math.sqrt(Q.shape[-1])",
            right="divide the scores by the square root of d_k, the last dimension of Q, before "
            "the softmax",
            wrong={
                "": "the scores are not scaled",
                "/ Q.shape[-1]": "the scores are divided by d_k instead of the square root of d_k",
                "* math.sqrt(Q.shape[-1])": "the scores are multiplied by the square root of d_k",
                "* Q.shape[-1]": "the scores are multiplied by d_k",
                "/ math.sqrt(K.shape[-2])": "the scores are divided by the square root of the "
                "number of keys (n_k)",
                "/ math.sqrt(Q.shape[-2])": "the scores are divided by the square root of the "
                "number of queries (n_q)",
                "/ math.sqrt(Q.shape[0])": "the scores are divided by the square root of the first "
                "(batch) dimension",
                "/ math.sqrt(V.shape[-1])": "the scale uses d_v, the size of the values",
                "* Q.shape[-1] ** -0.25": "the scale is the fourth root of d_k (applied twice or "
                "to one side only)",
                "/ 8": "the scale is a fixed number (√64 = 8)",
                "/ math.sqrt(512)": "the scale is a fixed number (√512)",
            },
        ),
        Edit(
            "the scaling comes after the softmax: divide the scores before it",
            *(
                "/ math.sqrt(Q.shape[-1])",
                "",
                "(scores, -1)",
                "(scores, -1) / math.sqrt(Q.shape[-1])",
            ),
        ),
        *instead_of(
            "torch.softmax(scores, -1)",
            right="the softmax runs over the keys, the last dimension (dim=-1)",
            wrong={
                "torch.softmax(scores, 1)": "the softmax runs over dimension 1",
                "torch.softmax(scores, -2)": "the softmax runs over the queries (dim=-2, or dim=0 "
                "without a batch)",
                "torch.softmax(scores, 0)": "the softmax runs over the first dimension (dim=0)",
                "torch.softmax(scores.flatten(), 0).reshape(scores.shape)": "the softmax runs over "
                "all scores at once",
            },
        ),
        *instead_of(
            "torch.softmax(scores, -1)",
            right="the weights are softmax(scores, dim=-1), which sum to 1 for each query",
            wrong={
                "scores": "the softmax is missing, so that the weights are the scores",
                "torch.softmax(torch.softmax(scores, -1), -1)": "the softmax is applied twice",
                "scores / scores.sum(-1, keepdim=True)": "the scores are normalised without exp "
                "(divided by their sum)",
                "torch.sigmoid(scores)": "a sigmoid replaces the softmax",
                "torch.log_softmax(scores, -1)": "the weights are log-probabilities (log_softmax)",
                "F.one_hot(scores.argmax(-1), K.shape[-2]).to(Q.dtype)": "each query takes only "
                "its best key (argmax)",
                "torch.softmax(-scores, -1)": "the sign of the scores is flipped",
            },
        ),
        *instead_of(
            "Q @ K.mT",
            right="queries are compared with keys, Q Kᵀ, and a row of scores belongs to a query",
            wrong={
                "K @ Q.mT": "queries and keys are swapped (K Qᵀ)",
                "Q @ Q.mT": "the scores are Q Qᵀ",
                "K @ K.mT": "the scores are K Kᵀ",
                "Q @ V.mT": "the scores are Q Vᵀ",
                "Q @ K": "K is not transposed",
                "Q @ K.reshape(*K.shape[:-2], K.shape[-1], K.shape[-2])": "K is reshaped (view) "
                "instead of transposed",
                "Q.mT @ K": "Q is transposed instead of K",
            },
        ),
        *instead_of(
            "Q @ K.mT / math.sqrt(Q.shape[-1])",
            right="the scores are plain dot products divided by the square root of d_k",
            wrong={
                "F.normalize(Q, dim=-1) @ F.normalize(K, dim=-1).mT": "the vectors are normalised "
                "first (cosine similarity)",
                "-torch.cdist(Q, K)": "the scores are negative distances",
                "(Q @ K.mT / math.sqrt(Q.shape[-1])).masked_fill(torch.ones(Q.shape[-2], "
                "K.shape[-2], dtype=torch.bool).triu(1), -math.inf)": "a causal mask is applied, "
                "though here every query may attend to every key",
            },
        ),
        *instead_of(
            "output = weights @ V",
            right="the output is weights @ V",
            wrong={
                "output = weights @ K": "the output uses K instead of V",
                "output = weights @ Q": "the output uses Q instead of V",
                "output = weights.mT @ V": "the weights are transposed before they meet V",
                "output = scores @ V": "the softmax is missing in the output, which uses the raw "
                "scores",
                "output = weights @ V / math.sqrt(Q.shape[-1])": "the output is scaled too",
                (
                    "output = weights @ V + Q",
                    "output = weights @ V + (Q if Q.shape[-1] == V.shape[-1] else 0)",
                ): "a residual is added (output + Q)",
                "output = weights @ V + V": "a residual is added (output + V)",
            },
        ),
        *instead_of(
            "return (output, weights)",
            right="return (output, weights)",
            wrong={
                "return (output, scores)": "the scores and not the softmax's weights are returned "
                "as the second result",
                "return (output, weights.mT)": "the transposed weights come back, though rows are "
                "queries and columns are keys",
                "return (weights, output)": "the results are swapped, and the output comes first",
                "return (output, torch.softmax(Q @ K.mT, -1))": "the scores are not scaled in the "
                "weights that come back, unlike those that the output was made with",
                "return (output.float(), weights.float())": "the result is converted to float32, "
                "though results keep the dtype of Q, K and V",
                "return (output.double(), weights.double())": "the result is converted to float64, "
                "though results keep the dtype of Q, K and V",
            },
        ),
        Seen("dropout is applied to the weights: plain attention is asked for", _drops_out),
        Seen("only one result comes back: return the tuple (output, weights)", _only_output),
        Seen("the weights are right but the output is not weights @ V", _weights_right),
        Seen(
            "exp overflows for large scores: subtract the row's maximum before exp, as in your "
            "softmax",
            part(0, not_finite),
        ),
        Seen(
            "the batch is not handled: Q, K and V may have any number of leading dimensions, also "
            "none (K.transpose(-2, -1) swaps the last two, K.T does not)",
            batch_fails(2),
        ),
        Seen(
            "queries and keys may differ in number (n_q and n_k) and values in size (d_v): take "
            "no size of one for another",
            _lengths_differ,
        ),
        Seen(
            "the weights of a query don't sum to 1 over the keys: the softmax runs along dim=-1 "
            "and nothing changes the weights after it",
            _rows_dont_sum,
        ),
    ),
)


def attention_inputs(
    *batch: int, dtype: torch.dtype = torch.float32, **sizes: int
) -> Iterator[Tensor]:
    """Random Q, K and V."""
    n_q, n_k, d_k, d_v = ({"n_q": 4, "n_k": 6, "d_k": 8, "d_v": 5} | sizes).values()
    for n, d in ((n_q, d_k), (n_k, d_k), (n_k, d_v)):
        yield torch.randn(*batch, n, d, dtype=dtype)


def _attention_case(f: Any, *batch: int, **sizes: Any) -> Any:
    return check_scaled_dot_product_attention(f, *attention_inputs(*batch, **sizes))


def _large_scores(f: Any) -> None:
    # Scores of about 10,000, where exp alone overflows: weights of 0 and 1 are expected. Rounding
    # grows with the scores, so keys are multiples of each other here and the winner is clear.
    Q = torch.full((2, 4), 100.0)
    K = torch.tensor([[100.0] * 4, [50.0] * 4, [-100.0] * 4])
    for sign in (1, -1):
        check_scaled_dot_product_attention(f, sign * Q, K, torch.randn(3, 2))


EXERCISE.contract(
    "scaled_dot_product_attention",
    {
        "Q, K and V without a batch": lambda f: _attention_case(f),
        "any number of leading dimensions": lambda f: [
            _attention_case(f, *batch) for batch in ((2,), (3, 2), (2, 1, 3), (1,))
        ],
        "a single query or key, d_k or d_v of 1": lambda f: [
            _attention_case(f, **{size: 1}) for size in ("n_q", "n_k", "d_k", "d_v")
        ],
        "sizes that are alike": lambda f: [
            _attention_case(f, 2, n_q=5, n_k=5, d_k=5, d_v=5),
            _attention_case(f, 2, n_q=10, n_k=10, d_k=512, d_v=512),
        ],
        "more keys than queries, and values of another size": lambda f: [
            _attention_case(f, 2, d_k=64, n_q=3, n_k=7),
            _attention_case(f, n_q=3, n_k=200),
        ],
        "the dtype of Q, K and V": lambda f: _attention_case(f, 2, dtype=torch.float64),
        "Q, K and V in any memory layout": lambda f: check_scaled_dot_product_attention(
            f, *(torch.randn(2, 4, n).mT for n in (3, 5, 5))
        ),
        "finite for large scores": _large_scores,
    },
)
