"""Exercise 1-attention: points, references and known misconceptions."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from checks.core import Exercise, Mistake, Raised
from helpers import attention

EXERCISE = Exercise("1-attention", written=3)
passed = EXERCISE.passed


def _softmax(x: Tensor, dim: int = -1) -> Tensor:
    return torch.softmax(x, dim)


def _naive_softmax(x: Tensor, dim: int = -1) -> Tensor:
    return x.exp() / x.exp().sum(dim, keepdim=True)


# --- project_qkv ---------------------------------------------------------------------------


def _swapped(i: int, j: int, k: int) -> Any:
    def wrong(x: Tensor, W_q: Tensor, W_k: Tensor, W_v: Tensor) -> tuple[Tensor, ...]:
        right = (x @ W_q, x @ W_k, x @ W_v)
        return right[i], right[j], right[k]

    return wrong


def _map3(f: Any) -> Any:
    return lambda x, W_q, W_k, W_v: tuple(f(x, W) for W in (W_q, W_k, W_v))


def _has_transposed_shape(got: Any, expected: Any, *args: Any) -> bool:
    return isinstance(got, list | tuple) and any(
        isinstance(g, Tensor) and g.dim() >= 2 and g.shape != e.shape and g.mT.shape == e.shape
        for g, e in zip(got, expected, strict=False)
    )


def _stacked(got: Any, expected: Any, *args: Any) -> bool:
    return isinstance(got, Tensor)


def _batches_fail(got: Any, expected: Any, x: Tensor, *args: Any) -> bool:
    if x.dim() == 2:
        return _asks_for_batch(got)
    return isinstance(got, Raised) or got[0].shape != expected[0].shape


def _asks_for_batch(got: Any) -> bool:
    return isinstance(got, Raised) and any(
        words in got.message
        for words in ("unpack", "3D", "Dimension out of range", "number of dimensions")
    )


def _wrong_numbers(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
    return isinstance(got, list | tuple) and all(
        isinstance(g, Tensor) and g.shape == e.shape and g.dtype == e.dtype
        for g, e in zip(got, expected, strict=True)
    )


check_project_qkv = EXERCISE.check(
    "project_qkv",
    visible=1,
    hidden=2,
    arguments=("x", "W_q", "W_k", "W_v"),
    reference=attention.project_qkv,
    parts=("Q", "K", "V"),
    expects="the three products Q = x @ W_q, K = x @ W_k and V = x @ W_v, in this order",
    mistakes=(
        Mistake(
            "the order of the results is mixed up (K and Q swapped): return (Q, K, V)",
            _swapped(1, 0, 2),
        ),
        Mistake(
            "the order of the results is mixed up (V and K swapped): return (Q, K, V)",
            _swapped(0, 2, 1),
        ),
        Mistake(
            "the order of the results is mixed up (V comes first): return (Q, K, V)",
            _swapped(2, 1, 0),
        ),
        Mistake("the order of the results is mixed up: return (Q, K, V)", _swapped(1, 2, 0)),
        Mistake("the order of the results is mixed up: return (Q, K, V)", _swapped(2, 0, 1)),
        Mistake(
            "all three results use W_q: keys need W_k and values need W_v",
            _swapped(0, 0, 0),
        ),
        Mistake("all three results use W_k: each has its own weight matrix", _swapped(1, 1, 1)),
        Mistake("all three results use W_v: each has its own weight matrix", _swapped(2, 2, 2)),
        Mistake("K was projected with W_q (the same matrix as Q): use W_k", _swapped(0, 0, 2)),
        Mistake("V was projected with W_k (the same matrix as K): use W_v", _swapped(0, 1, 1)),
        Mistake("V was projected with W_q (the same matrix as Q): use W_v", _swapped(0, 1, 0)),
        Mistake("Q was projected with W_k (the same matrix as K): use W_q", _swapped(1, 1, 2)),
        Mistake("K was projected with W_v (the same matrix as V): use W_k", _swapped(0, 2, 2)),
        Mistake("Q was projected with W_v (the same matrix as V): use W_q", _swapped(2, 1, 2)),
        Mistake(
            "the weight matrix is transposed (x @ W.T, as in nn.Linear's storage): here W has "
            "shape (d_in, d_out), so x @ W",
            _map3(lambda x, W: x @ W.mT),
        ),
        Mistake(
            "the product is element by element (*): a projection is a matrix product, x @ W",
            _map3(lambda x, W: x * W),
        ),
        Mistake(
            "the factors are in the wrong order (W @ x): with positions as rows it is x @ W",
            _map3(lambda x, W: W @ x),
        ),
        Mistake(
            "the factors are in the wrong order (W.T @ x): with positions as rows it is x @ W",
            _map3(lambda x, W: W.mT @ x),
        ),
        Mistake(
            "x is transposed before the product: its rows are positions already, so x @ W",
            _map3(lambda x, W: x.mT @ W),
        ),
        Mistake(
            "the projections are scaled by the square root of the size: scaling belongs to the "
            "scores in attention, not to the projection",
            _map3(lambda x, W: x @ W / math.sqrt(W.shape[-1])),
        ),
        Mistake(
            "the projections are scaled by the square root of d_model: a projection is not scaled",
            _map3(lambda x, W: x @ W / math.sqrt(x.shape[-1])),
        ),
        Mistake(
            "only Q is scaled by the square root of d_k: scaling belongs to the scores",
            lambda x, W_q, W_k, W_v: (x @ W_q / math.sqrt(W_q.shape[-1]), x @ W_k, x @ W_v),
        ),
        Mistake(
            "V is x itself: the values are projected too, V = x @ W_v",
            lambda x, W_q, W_k, W_v: (x @ W_q, x @ W_k, x),
        ),
        Mistake(
            "the projections build on one another (K from Q, or V from K): each is computed from x",
            lambda x, W_q, W_k, W_v: (x @ W_q, x @ W_q @ W_k, x @ W_q @ W_k @ W_v),
        ),
        Mistake(
            "the projections build on one another (K from Q): each is computed from x",
            lambda x, W_q, W_k, W_v: (x @ W_q, x @ W_q @ W_k, x @ W_v),
        ),
        Mistake(
            "an activation is applied (ReLU): a projection is linear",
            _map3(lambda x, W: torch.relu(x @ W)),
        ),
        Mistake(
            "an activation is applied (tanh): a projection is linear",
            _map3(lambda x, W: torch.tanh(x @ W)),
        ),
        Mistake(
            "a softmax is applied to the projections: it belongs to the attention scores",
            _map3(lambda x, W: torch.softmax(x @ W, -1)),
        ),
        Mistake(
            "the projections are normalised to length 1: a projection is x @ W and no more",
            _map3(lambda x, W: torch.nn.functional.normalize(x @ W, dim=-1)),
        ),
        Mistake(
            "x is added to the projections (a residual): that comes later in the block",
            _map3(lambda x, W: x + x @ W),
        ),
        Mistake(
            "the results are centred by subtracting a mean: a projection is x @ W and no more",
            _map3(lambda x, W: x @ W - (x @ W).mean(-1, keepdim=True)),
        ),
        Mistake(
            "a batch dimension of 1 is squeezed away: keep the leading dimensions of x",
            _map3(lambda x, W: (x @ W).squeeze()),
        ),
        Mistake(
            "only the first sequence of the batch is projected: keep all leading dimensions",
            _map3(lambda x, W: x.reshape(-1, *x.shape[-2:])[0] @ W),
        ),
        Mistake(
            "the batch dimensions are flattened into the positions: keep the leading dimensions "
            "of x",
            _map3(lambda x, W: x.reshape(-1, x.shape[-1]) @ W),
        ),
        Mistake(
            "the batch dimension is summed or averaged away: keep the leading dimensions of x",
            _map3(lambda x, W: (x @ W).mean(0)),
        ),
        Mistake(
            "the batch dimension is summed or averaged away: keep the leading dimensions of x",
            _map3(lambda x, W: (x @ W).sum(0)),
        ),
        Mistake(
            "the result is converted to float32: results keep the dtype of x",
            _map3(lambda x, W: (x @ W).float()),
        ),
        Mistake(
            "the result is converted to float64: results keep the dtype of x",
            _map3(lambda x, W: (x @ W).double()),
        ),
        Mistake(
            "the result is rounded: a projection is x @ W and no more",
            _map3(lambda x, W: (x @ W).round()),
        ),
        Mistake(
            "the results are transposed: positions are rows, features are columns",
            when=_has_transposed_shape,
        ),
        Mistake(
            "a dict comes back: return the tuple (Q, K, V)",
            when=lambda got, expected, *args: isinstance(got, dict),
        ),
        Mistake(
            "the number of results is wrong: return the three of them, the tuple (Q, K, V)",
            when=lambda got, expected, *args: isinstance(got, list | tuple) and len(got) != 3,
        ),
        Mistake(
            "one tensor comes back instead of three: return the tuple (Q, K, V)",
            when=_stacked,
        ),
        Mistake(
            "the batch is not handled: x may have any number of leading dimensions, also none "
            "(use @ on the last two, not .T, torch.mm or a fixed number of dimensions)",
            when=_batches_fail,
        ),
        Mistake(
            "the shapes are right, the numbers are not: each result is x @ W with the matrix that "
            "is given, without a bias and without a new (random) layer",
            when=_wrong_numbers,
        ),
    ),
)


# --- softmax -------------------------------------------------------------------------------


def _overflows(got: Any, expected: Tensor, x: Tensor, dim: int = -1) -> bool:
    return isinstance(got, Tensor) and bool((~got.isfinite()).any()) and bool((x.abs() > 80).any())


def _sums_elsewhere(got: Any, expected: Tensor, x: Tensor, dim: int = -1) -> bool:
    if not isinstance(got, Tensor) or got.shape != x.shape:
        return False
    one = torch.ones((), dtype=got.dtype)
    return any(
        torch.allclose(got.sum(d), one, atol=1e-4)
        for d in range(x.dim())
        if d != dim % x.dim() and x.shape[d] > 1
    )


def _sums_to_one_wrongly(got: Any, expected: Tensor, x: Tensor, dim: int = -1) -> bool:
    return (
        isinstance(got, Tensor)
        and got.shape == x.shape
        and bool(got.isfinite().all())
        and not torch.allclose(got.sum(dim), torch.ones((), dtype=got.dtype), atol=1e-3)
    )


def _nan_for_masked(got: Any, expected: Tensor, x: Tensor, dim: int = -1) -> bool:
    return isinstance(got, Tensor) and bool(got.isnan().any()) and bool(x.isinf().any())


def _not_exactly_zero(got: Any, expected: Tensor, x: Tensor, dim: int = -1) -> bool:
    return (
        isinstance(got, Tensor)
        and got.shape == x.shape
        and bool((x == -math.inf).any())
        and not bool(got.isnan().any())
        and bool((got[x == -math.inf] != 0).any())
    )


def _nearly(got: Any, expected: Tensor, x: Tensor, dim: int = -1) -> bool:
    return (
        isinstance(got, Tensor)
        and got.shape == x.shape
        and bool((got.double() - expected.double()).abs().max() < 0.01)
    )


def _axes_moved(got: Any, expected: Tensor, x: Tensor, dim: int = -1) -> bool:
    return isinstance(got, Tensor) and got.shape != x.shape and sorted(got.shape) == sorted(x.shape)


def _shift(amount: Any) -> Any:
    def wrong(x: Tensor, dim: int = -1) -> Tensor:
        e = (x - amount(x, dim)).exp()
        return e / e.sum(dim, keepdim=True)

    return wrong


_check_softmax = EXERCISE.check(
    "softmax",
    visible=1,
    hidden=3,
    arguments=("x", "dim"),
    reference=attention.softmax,
    expects="exp(x) divided by its sum along dim: positive numbers that sum to 1 along dim, "
    "finite for large inputs, exactly 0 where x is -inf, in the shape and dtype of x",
    mistakes=(
        Mistake(
            "exp overflows for large inputs: subtract the maximum along dim first (not the mean, "
            "the minimum or a constant), which changes nothing else",
            _naive_softmax,
        ),
        Mistake(
            "NaN is replaced by 0 after exp has overflowed: subtract the maximum along dim first",
            lambda x, dim=-1: torch.nan_to_num(_naive_softmax(x, dim), nan=0.0),
        ),
        Mistake(
            "the minimum is subtracted instead of the maximum: exp can still overflow",
            _shift(lambda x, dim: x.amin(dim, keepdim=True)),
        ),
        Mistake(
            "the mean is subtracted instead of the maximum: exp can still overflow",
            _shift(lambda x, dim: x.mean(dim, keepdim=True)),
        ),
        Mistake(
            "x is clamped so that exp does not overflow, which changes the result: subtract the "
            "maximum along dim instead",
            lambda x, dim=-1: _naive_softmax(x.clamp(-50, 50), dim),
        ),
        Mistake(
            "the maximum is taken over all of x, so that rows far below it underflow to 0/0: "
            "subtract the maximum along dim",
            _shift(lambda x, dim: x.max()),
        ),
        Mistake(
            "dim is ignored: the softmax always runs along the last dimension",
            lambda x, dim=-1: torch.softmax(x, -1),
        ),
        Mistake(
            "dim is ignored: the softmax always runs along the first dimension (dim 0)",
            lambda x, dim=-1: torch.softmax(x, 0),
        ),
        Mistake(
            "dim is ignored: the softmax always runs along dimension 1",
            lambda x, dim=-1: torch.softmax(x, 1),
        ),
        Mistake(
            "the sum runs over all elements instead of along dim: sum(dim, keepdim=True)",
            lambda x, dim=-1: torch.softmax(x.flatten(), 0).reshape(x.shape),
        ),
        Mistake(
            "the sum runs over all elements instead of along dim: sum(dim, keepdim=True)",
            lambda x, dim=-1: x.exp() / x.exp().sum(),
        ),
        Mistake(
            "the exponential is missing: x is divided by its sum",
            lambda x, dim=-1: x / x.sum(dim, keepdim=True),
        ),
        Mistake(
            "the exponential is missing: |x| is divided by its sum",
            lambda x, dim=-1: x.abs() / x.abs().sum(dim, keepdim=True),
        ),
        Mistake(
            "the normalisation is missing: exp(x) must be divided by its sum along dim",
            lambda x, dim=-1: x.exp(),
        ),
        Mistake(
            "the normalisation is missing: exp(x - max), which is exp(x) divided by its largest "
            "value instead of its sum, must be divided by its sum along dim",
            lambda x, dim=-1: (x - x.amax(dim, keepdim=True)).exp(),
        ),
        Mistake(
            "exp(x) is divided by its largest value instead of its sum: the results must sum to 1",
            lambda x, dim=-1: x.exp() / x.exp().amax(dim, keepdim=True),
        ),
        Mistake(
            "exp(x) is divided by its mean instead of its sum: the results must sum to 1",
            lambda x, dim=-1: x.exp() / x.exp().mean(dim, keepdim=True),
        ),
        Mistake(
            "the result is the logarithm of the softmax (log_softmax)",
            lambda x, dim=-1: torch.log_softmax(x, dim),
        ),
        Mistake(
            "a sigmoid works on each element alone: softmax normalises along dim",
            lambda x, dim=-1: torch.sigmoid(x),
        ),
        Mistake(
            "the base is 2 instead of e: use torch.exp",
            lambda x, dim=-1: 2**x / (2**x).sum(dim, keepdim=True),
        ),
        Mistake(
            "the base is 2 instead of e: use torch.exp",
            lambda x, dim=-1: torch.softmax(x * math.log(2), dim),
        ),
        Mistake(
            "the base is 10 instead of e: use torch.exp",
            lambda x, dim=-1: torch.softmax(x * math.log(10), dim),
        ),
        Mistake(
            "the sign is flipped: exp(x), not exp(-x)", lambda x, dim=-1: torch.softmax(-x, dim)
        ),
        Mistake(
            "x is squared instead of exponentiated: use torch.exp",
            lambda x, dim=-1: x**2 / (x**2).sum(dim, keepdim=True),
        ),
        Mistake(
            "the largest value is set to 1 and the rest to 0 (argmax): softmax is smooth",
            lambda x, dim=-1: (x == x.amax(dim, keepdim=True)).to(x.dtype),
        ),
        Mistake(
            "the absolute value of x is used: exp takes x with its sign",
            lambda x, dim=-1: torch.softmax(x.abs(), dim),
        ),
        Mistake(
            "negative inputs are cut to 0 (clamp or ReLU): exp takes them as they are",
            lambda x, dim=-1: torch.softmax(x.clamp(min=0), dim),
        ),
        Mistake(
            "x is scaled by the square root of its size: that scaling belongs to attention, not "
            "to softmax",
            lambda x, dim=-1: torch.softmax(x / math.sqrt(x.shape[dim]), dim),
        ),
        Mistake(
            "x is standardised (mean and standard deviation) first: only a shift is harmless",
            lambda x, dim=-1: torch.softmax(
                (x - x.mean(dim, keepdim=True)) / x.std(dim, keepdim=True), dim
            ),
        ),
        Mistake(
            "x is divided by its maximum instead of shifted by it: subtract the maximum",
            lambda x, dim=-1: torch.softmax(x / x.amax(dim, keepdim=True), dim),
        ),
        Mistake(
            "the softmax is applied twice",
            lambda x, dim=-1: torch.softmax(torch.softmax(x, dim), dim),
        ),
        Mistake(
            "one is added to the sum (softmax-plus-one): the results then don't sum to 1",
            lambda x, dim=-1: x.exp() / (1 + x.exp().sum(dim, keepdim=True)),
        ),
        Mistake(
            "the maximum added back or the shift applied on one side only: subtract the maximum "
            "before both the numerator and the sum",
            lambda x, dim=-1: (
                (x - x.amax(dim, keepdim=True)).exp() / x.exp().sum(dim, keepdim=True)
            ),
        ),
        Mistake(
            "the maximum is subtracted from the sum's exponent only: shift numerator and sum alike",
            lambda x, dim=-1: (
                x.exp() / (x - x.amax(dim, keepdim=True)).exp().sum(dim, keepdim=True)
            ),
        ),
        Mistake(
            "a small number is added to the sum or the result (epsilon): the results must sum to "
            "1 and a masked entry must be exactly 0",
            when=_not_exactly_zero,
        ),
        Mistake(
            "the result is converted to float32: it keeps the dtype of x",
            lambda x, dim=-1: torch.softmax(x.float(), dim),
        ),
        Mistake(
            "the result is converted to float64: it keeps the dtype of x",
            lambda x, dim=-1: torch.softmax(x.double(), dim),
        ),
        Mistake(
            "keepdim=True is missing: the sum or maximum loses a dimension and lines up with the "
            "wrong one",
            lambda x, dim=-1: x.exp() / x.exp().sum(dim),
        ),
        Mistake(
            "keepdim=True is missing: the sum or maximum loses a dimension and lines up with the "
            "wrong one",
            lambda x, dim=-1: (
                torch.softmax(x, dim) * 0
                + (x - x.amax(dim)).exp() / (x - x.amax(dim)).exp().sum(dim)
            ),
        ),
        Mistake(
            "keepdim=True is missing: the sum or maximum loses a dimension and lines up with the "
            "wrong one",
            lambda x, dim=-1: (
                (x - x.amax(dim, keepdim=True)).exp()
                / (x - x.amax(dim, keepdim=True)).exp().sum(dim)
            ),
        ),
        Mistake(
            "a row with -inf gives NaN: exp(-inf) is 0 as long as the maximum is finite, and -inf "
            "must not be multiplied or subtracted from itself",
            when=_nan_for_masked,
        ),
        Mistake(
            "exp overflows for large inputs: subtract the maximum along dim first, which changes "
            "nothing else",
            when=_overflows,
        ),
        Mistake(
            "the sum runs along another dimension than dim, so dim is ignored or keepdim=True is "
            "missing",
            when=_sums_elsewhere,
        ),
        Mistake(
            "the result is transposed (its dimensions were moved for the sum and not moved back): "
            "it has the shape of x",
            when=_axes_moved,
        ),
        Mistake(
            "the result is nearly right: it is rounded, or a small number (epsilon) is added to "
            "the sum; neither is needed",
            when=_nearly,
        ),
        Mistake(
            "x may have any number of dimensions, also one: use dim and keepdim=True instead of "
            "a fixed number of dimensions or a loop over rows",
            when=lambda got, expected, x, dim=-1: isinstance(got, Raised),
        ),
        Mistake(
            "a list comes back: make a torch tensor of it",
            when=lambda got, expected, x, dim=-1: isinstance(got, list | tuple),
        ),
        Mistake(
            "the results don't sum to 1 along dim: divide exp(x) by its sum along dim "
            "(the normalisation)",
            when=_sums_to_one_wrongly,
        ),
    ),
)


def check_softmax(answer: Any, x: Tensor, tolerance: float | None = None, **kwargs: Any) -> None:
    """Check one call; the tolerance grows with the rounding of large inputs.

    `exp(x - logsumexp(x))` is a right answer too, and at 10,000 neighbouring float32 numbers are
    0.001 apart.
    """
    largest = x.where(x.isfinite(), 0.0).abs().max().item()
    if tolerance is None and largest > 100:
        tolerance = 2 * torch.finfo(x.dtype).eps * largest
    _check_softmax(answer, x, tolerance=tolerance, **kwargs)


# --- scaled_dot_product_attention -----------------------------------------------------------


def _scores(Q: Tensor, K: Tensor) -> Tensor:
    return Q @ K.mT / math.sqrt(Q.shape[-1])


def _with_scores(scores: Any, weigh: Any = _softmax) -> Any:
    def wrong(Q: Tensor, K: Tensor, V: Tensor) -> tuple[Tensor, Tensor]:
        weights = weigh(scores(Q, K))
        return weights @ V, weights

    return wrong


def _scaled_by(factor: Any) -> Any:
    return _with_scores(lambda Q, K: Q @ K.mT * factor(Q, K))


def _then(change: Any) -> Any:
    def wrong(Q: Tensor, K: Tensor, V: Tensor) -> Any:
        weights = torch.softmax(_scores(Q, K), -1)
        return change(weights @ V, weights, Q, K, V)

    return wrong


def _rows_dont_sum(got: Any, expected: Any, *args: Any) -> bool:
    if not isinstance(got, list | tuple) or len(got) != 2 or not isinstance(got[1], Tensor):
        return False
    weights = got[1]
    return (
        weights.shape == expected[1].shape
        and bool(weights.isfinite().all())
        and not torch.allclose(weights.sum(-1), torch.ones((), dtype=weights.dtype), atol=1e-3)
    )


def _only_output(got: Any, expected: Any, *args: Any) -> bool:
    return isinstance(got, Tensor) and got.shape in (expected[0].shape, expected[1].shape)


def _output_wrong_weights_right(got: Any, expected: Any, *args: Any) -> bool:
    return (
        isinstance(got, list | tuple)
        and len(got) == 2
        and isinstance(got[1], Tensor)
        and got[1].shape == expected[1].shape
        and got[1].dtype == expected[1].dtype
        and torch.allclose(got[1], expected[1], atol=1e-4)
    )


def _attention_overflows(got: Any, expected: Any, Q: Tensor, K: Tensor, V: Tensor) -> bool:
    return (
        isinstance(got, list | tuple)
        and isinstance(got[0], Tensor)
        and bool((~got[0].isfinite()).any())
    )


def _attention_batches_fail(got: Any, expected: Any, Q: Tensor, *args: Any) -> bool:
    if Q.dim() == 2:
        return _asks_for_batch(got)
    return isinstance(got, Raised) or got[0].shape != expected[0].shape


def _lengths_differ(got: Any, expected: Any, Q: Tensor, K: Tensor, V: Tensor) -> bool:
    return isinstance(got, Raised) and (Q.shape[-2] != K.shape[-2] or V.shape[-1] != Q.shape[-1])


check_scaled_dot_product_attention = EXERCISE.check(
    "scaled_dot_product_attention",
    visible=2,
    hidden=4,
    arguments=("Q", "K", "V"),
    reference=attention.scaled_dot_product_attention,
    parts=("output", "weights"),
    expects="weights = softmax(Q Kᵀ / √d_k) over the keys, output = weights @ V, returned as "
    "(output, weights)",
    mistakes=(
        Mistake(
            "the scores are not scaled: divide them by the square root of d_k before the softmax",
            _scaled_by(lambda Q, K: 1.0),
        ),
        Mistake(
            "the scores are divided by d_k instead of the square root of d_k",
            _scaled_by(lambda Q, K: 1 / Q.shape[-1]),
        ),
        Mistake(
            "the scores are multiplied by the square root of d_k: divide by it",
            _scaled_by(lambda Q, K: math.sqrt(Q.shape[-1])),
        ),
        Mistake(
            "the scores are multiplied by d_k: divide by the square root of d_k",
            _scaled_by(lambda Q, K: Q.shape[-1]),
        ),
        Mistake(
            "the scores are divided by the square root of the number of keys (n_k): the scale is "
            "the square root of d_k, the last dimension of Q",
            _scaled_by(lambda Q, K: 1 / math.sqrt(K.shape[-2])),
        ),
        Mistake(
            "the scores are divided by the square root of the number of queries (n_q): the scale "
            "is the square root of d_k, the last dimension of Q",
            _scaled_by(lambda Q, K: 1 / math.sqrt(Q.shape[-2])),
        ),
        Mistake(
            "the scores are divided by the square root of the first (batch) dimension: the scale "
            "is the square root of d_k, the last dimension of Q",
            _scaled_by(lambda Q, K: 1 / math.sqrt(Q.shape[0])),
        ),
        Mistake(
            "the scale uses d_v, the size of the values: it is the square root of d_k, the size "
            "of queries and keys",
            lambda Q, K, V: _scaled_by(lambda Q, K: 1 / math.sqrt(V.shape[-1]))(Q, K, V),
        ),
        Mistake(
            "the scale is the fourth root of d_k (applied twice or to one side only): divide by "
            "the square root of d_k once",
            _scaled_by(lambda Q, K: Q.shape[-1] ** -0.25),
        ),
        Mistake(
            "the scale is a fixed number (√64 = 8): it is the square root of d_k of these inputs",
            _scaled_by(lambda Q, K: 1 / 8),
        ),
        Mistake(
            "the scale is a fixed number (√512): it is the square root of d_k of these inputs",
            _scaled_by(lambda Q, K: 1 / math.sqrt(512)),
        ),
        Mistake(
            "the scaling comes after the softmax: divide the scores before it",
            _with_scores(
                lambda Q, K: torch.softmax(Q @ K.mT, -1) / math.sqrt(Q.shape[-1]), lambda w: w
            ),
        ),
        Mistake(
            "the softmax runs over dimension 1: it runs over the keys, the last one (dim=-1)",
            _with_scores(_scores, lambda s: torch.softmax(s, 1)),
        ),
        Mistake(
            "the softmax runs over the queries (dim=-2, or dim=0 without a batch) instead of the "
            "keys (dim=-1)",
            _with_scores(_scores, lambda s: torch.softmax(s, -2)),
        ),
        Mistake(
            "the softmax runs over the first dimension (dim=0): it runs over the keys (dim=-1)",
            _with_scores(_scores, lambda s: torch.softmax(s, 0)),
        ),
        Mistake(
            "the softmax runs over all scores at once: each query's weights sum to 1 (dim=-1)",
            _with_scores(_scores, lambda s: torch.softmax(s.flatten(), 0).reshape(s.shape)),
        ),
        Mistake(
            "the softmax is missing: the weights are the scores",
            _with_scores(_scores, lambda s: s),
        ),
        Mistake(
            "the softmax is missing: the output uses the raw scores",
            lambda Q, K, V: (_scores(Q, K) @ V, torch.softmax(_scores(Q, K), -1)),
        ),
        Mistake(
            "the scores and not the softmax's weights are returned as the second result",
            lambda Q, K, V: (torch.softmax(_scores(Q, K), -1) @ V, _scores(Q, K)),
        ),
        Mistake(
            "the softmax is applied twice",
            _with_scores(_scores, lambda s: torch.softmax(torch.softmax(s, -1), -1)),
        ),
        Mistake(
            "the scores are normalised without exp (divided by their sum): use the softmax",
            _with_scores(_scores, lambda s: s / s.sum(-1, keepdim=True)),
        ),
        Mistake(
            "a sigmoid replaces the softmax: the weights of a query must sum to 1",
            _with_scores(_scores, torch.sigmoid),
        ),
        Mistake(
            "the weights are log-probabilities (log_softmax): use the softmax",
            _with_scores(_scores, lambda s: torch.log_softmax(s, -1)),
        ),
        Mistake(
            "each query takes only its best key (argmax): use the softmax",
            _with_scores(
                _scores,
                lambda s: torch.nn.functional.one_hot(s.argmax(-1), s.shape[-1]).to(s.dtype),
            ),
        ),
        Mistake(
            "the sign of the scores is flipped",
            _with_scores(lambda Q, K: -_scores(Q, K)),
        ),
        Mistake(
            "queries and keys are swapped (K Qᵀ): the scores are Q Kᵀ, a row for each query",
            _with_scores(lambda Q, K: _scores(K, Q)),
        ),
        Mistake(
            "queries and keys are swapped (K Qᵀ) and the softmax runs over the queries",
            _with_scores(lambda Q, K: _scores(K, Q).mT, lambda s: torch.softmax(s, -2)),
        ),
        Mistake(
            "the scores are Q Qᵀ: queries are compared with keys, Q Kᵀ",
            _with_scores(lambda Q, K: _scores(Q, Q)),
        ),
        Mistake(
            "the scores are K Kᵀ: queries are compared with keys, Q Kᵀ",
            _with_scores(lambda Q, K: _scores(K, K)),
        ),
        Mistake(
            "the scores are Q Vᵀ: queries are compared with keys, Q Kᵀ",
            lambda Q, K, V: _with_scores(lambda Q, K: _scores(Q, V))(Q, K, V),
        ),
        Mistake(
            "K is not transposed: the scores are Q Kᵀ",
            _with_scores(lambda Q, K: Q @ K / math.sqrt(Q.shape[-1])),
        ),
        Mistake(
            "K is reshaped (view) instead of transposed: use K.transpose(-2, -1)",
            _with_scores(
                lambda Q, K: (
                    Q @ K.reshape(*K.shape[:-2], K.shape[-1], K.shape[-2]) / math.sqrt(Q.shape[-1])
                )
            ),
        ),
        Mistake(
            "Q is transposed instead of K: the scores are Q Kᵀ",
            _with_scores(lambda Q, K: Q.mT @ K / math.sqrt(Q.shape[-1])),
        ),
        Mistake(
            "the vectors are normalised first (cosine similarity): the scores are plain dot "
            "products divided by the square root of d_k",
            _with_scores(
                lambda Q, K: (
                    torch.nn.functional.normalize(Q, dim=-1)
                    @ torch.nn.functional.normalize(K, dim=-1).mT
                )
            ),
        ),
        Mistake(
            "the scores are negative distances, not dot products",
            _with_scores(lambda Q, K: -torch.cdist(Q, K)),
        ),
        Mistake(
            "a causal mask is applied: here every query may attend to every key",
            _with_scores(
                lambda Q, K: _scores(Q, K).masked_fill(
                    torch.ones(Q.shape[-2], K.shape[-2], dtype=torch.bool).triu(1), -math.inf
                )
            ),
        ),
        Mistake(
            "the output uses K instead of V: it is weights @ V",
            _then(lambda output, weights, Q, K, V: (weights @ K, weights)),
        ),
        Mistake(
            "the output uses Q instead of V: it is weights @ V",
            _then(lambda output, weights, Q, K, V: (weights @ Q, weights)),
        ),
        Mistake(
            "the weights are transposed before they meet V: the output is weights @ V",
            _then(lambda output, weights, Q, K, V: (weights.mT @ V, weights)),
        ),
        Mistake(
            "the transposed weights come back: rows are queries, columns are keys",
            _then(lambda output, weights, Q, K, V: (output, weights.mT)),
        ),
        Mistake(
            "the results are swapped: return (output, weights), the output first",
            _then(lambda output, weights, Q, K, V: (weights, output)),
        ),
        Mistake(
            "the output is scaled too: only the scores are divided by the square root of d_k",
            _then(lambda output, weights, Q, K, V: (output / math.sqrt(Q.shape[-1]), weights)),
        ),
        Mistake(
            "a residual is added (output + Q): attention itself returns weights @ V",
            _then(lambda output, weights, Q, K, V: (output + Q, weights)),
        ),
        Mistake(
            "a residual is added (output + V): attention itself returns weights @ V",
            _then(lambda output, weights, Q, K, V: (output + V, weights)),
        ),
        Mistake(
            "dropout is applied to the weights: the contract asks for plain attention",
            when=lambda got, expected, *args: (
                bool((got[1] == 0).any()) and not bool((expected[1] == 0).any())
            ),
        ),
        Mistake(
            "the result is converted to float32: results keep the dtype of Q, K and V",
            _then(lambda output, weights, Q, K, V: (output.float(), weights.float())),
        ),
        Mistake(
            "the result is converted to float64: results keep the dtype of Q, K and V",
            _then(lambda output, weights, Q, K, V: (output.double(), weights.double())),
        ),
        Mistake(
            "the scores are not scaled in the weights that come back: return the weights that the "
            "output was made with",
            lambda Q, K, V: (
                torch.softmax(_scores(Q, K), -1) @ V,
                torch.softmax(Q @ K.mT, -1),
            ),
        ),
        Mistake(
            "only one result comes back: return the tuple (output, weights)",
            when=_only_output,
        ),
        Mistake(
            "the weights are right but the output is not weights @ V",
            when=_output_wrong_weights_right,
        ),
        Mistake(
            "exp overflows for large scores: subtract the row's maximum before exp, as in your "
            "softmax",
            when=_attention_overflows,
        ),
        Mistake(
            "the batch is not handled: Q, K and V may have any number of leading dimensions, also "
            "none (K.transpose(-2, -1) swaps the last two, K.T does not)",
            when=_attention_batches_fail,
        ),
        Mistake(
            "queries and keys may differ in number (n_q and n_k) and values in size (d_v): take "
            "no size of one for another",
            when=_lengths_differ,
        ),
        Mistake(
            "the weights of a query don't sum to 1 over the keys: the softmax runs along dim=-1 "
            "and nothing changes the weights after it",
            when=_rows_dont_sum,
        ),
    ),
)
