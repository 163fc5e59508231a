"""The softmax: what often goes wrong, and hidden cases."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from checks.attention.exercise import EXERCISE
from checks.seen import batch_fails, comes_back, nearly_right, not_finite
from reference import attention


def other_sum(got: Any, expected: Tensor, *args: Any, dim: int = -1) -> bool:
    return got.shape == expected.shape and not (got.sum(dim) - 1).abs().max() < 1e-3


def _sums_elsewhere(got: Any, expected: Tensor, x: Tensor, dim: int = -1) -> bool:
    others = [d for d in range(x.dim()) if d != dim % x.dim() and x.shape[d] > 1]
    return got.shape == x.shape and not all(other_sum(got, expected, dim=d) for d in others)


def _axes_moved(got: Any, expected: Tensor, x: Tensor, **dim: int) -> bool:
    return got.shape != x.shape and sorted(got.shape) == sorted(x.shape)


_check_softmax = EXERCISE.check(
    "softmax",
    reference=attention.softmax,
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
        "the results don't sum to 1 along dim: divide exp(x) by its sum along dim": other_sum,
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
        torch.tensor([[-1e4], [1e4]]) + torch.randn(2, 5),
    ),
    "an input of -inf gets exactly 0": lambda f: [
        _softmax_cases(f, [[0.0, -math.inf, 3.0], [-math.inf, -math.inf, -7.0]]),
        _softmax_cases(f, [[-math.inf, 1.0], [2.0, -math.inf]], dims=[0], tolerance=0.0),
    ],
}
