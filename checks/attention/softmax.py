"""The softmax: what often goes wrong, and hidden cases."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from checks.attention.exercise import EXERCISE
from checks.seen import (
    SINGLE_NUMBERS,
    Predicate,
    batch_fails,
    comes_back,
    nearly_right,
    not_finite,
    raised,
    says,
)
from reference import attention


def other_sum(got: Any, expected: Tensor, *args: Any, dim: int = -1) -> bool:
    return got.shape == expected.shape and not (got.sum(dim) - 1).abs().max() < 1e-3


def math_of_tensors(usual: int) -> dict[str, Predicate]:
    """That a whole tensor is given to what takes one number; more dimensions than usual may be
    what a loop has not reckoned with."""
    one = says("only one element tensors", "cannot be converted to Scalar")
    return {
        "math.exp, float and the like take a single number, and a tensor has several: use torch's "
        "own (torch.exp), which take each": lambda got, right, x, *_, **__: (
            x.dim() <= usual and one(got)
        )
    }


def _sums_elsewhere(got: Any, expected: Tensor, x: Tensor, dim: int = -1) -> bool:
    others = [d for d in range(x.dim()) if d != dim % x.dim() and x.shape[d] > 1]
    return got.shape == x.shape and not all(other_sum(got, expected, dim=d) for d in others)


def _axes_moved(got: Any, expected: Tensor, x: Tensor, **dim: int) -> bool:
    return got.shape != x.shape and sorted(got.shape) == sorted(x.shape)


def _pair_as_tensor(got: Any, *args: Any, **kwargs: Any) -> bool:
    """What `max(dim)` gives was used as a tensor; an attribute of the pair may be misspelt, too."""
    if not raised(says="torch.return_types")(got):
        return False
    attribute = re.search(r"no attribute '(\w+)'", got.message)
    return attribute is None or hasattr(Tensor, attribute[1])


_check_softmax = EXERCISE.check(
    "softmax",
    reference=attention.softmax,
    expects="exp(x) divided by its sum along dim: positive numbers that sum to 1 along dim, "
    "finite for large inputs, exactly 0 where x is -inf, in the shape and dtype of x",
    wrong={
        "subtract the maximum along dim, which changes nothing else": {
            ("top = 0", "top = 0; return torch.exp(x - total.log())"): "exp overflows for large "
            "inputs",
            (
                "amax -> amin",
                "amax -> mean",
                "amax -> sum",
            ): "the minimum, mean or sum is subtracted, so that exp can still "
            "overflow, and a row with -inf gives NaN",
            "top = x.argmax(dim, True)": "the maximum's index is subtracted, and not its value",
            tuple(f"top = {c}" for c in (100, 500, 1000, 10000)): "a fixed "
            "number is subtracted, which is too little for some inputs and too much for others",
            "e = torch.exp(x.clamp(-50, 50))": "x is clamped, which changes the result",
            "top = x.max()": "the maximum is taken over all of x, and rows far below it give 0/0",
            "e = torch.exp(x / top)": "x is divided by its maximum",
            "x - top -> x + top": "the maximum is added",
            "x.amax -> x.abs().amax": "the largest |x| is subtracted, which may leave 0/0",
            "x - top -> x - top.clamp(0)": "no maximum below 0 is subtracted, which may leave 0/0",
            tuple(
                f"top = 0; return (e / total).nan_to_num({k})" for k in (0, 1)
            ): "NaN is replaced by 0 or 1 after an overflow",
            (
                "e = torch.exp(x) - top",
                "e = torch.exp(x) - torch.exp(top)",
                "return torch.exp(x) / total - top",
                "return (torch.exp(x) - top) / torch.exp(x).sum(dim, True)",
            ): "the maximum is subtracted after exp, and not from x",
        },
        "use the dim that is given": {
            "return torch.softmax(x, -1)": "dim is ignored, and the last dimension taken",
            "return torch.softmax(x, 0)": "dim is ignored, and the first dimension taken",
            "return torch.softmax(x, 1)": "dim is ignored, and dimension 1 taken",
            tuple(f"top = x.amax({d}, True)" for d in (-1, 0, 1)): "dim is ignored where the "
            "maximum is taken, which must be of the same numbers as the sum",
            tuple(f"total = e.sum({d}, True)" for d in (-1, 0, 1)): "dim is ignored in the sum",
            "return torch.stack([r.flatten().softmax(0).view(r.shape) for r in x])": "each row "
            "(for row in x) is divided by its own sum, whatever dim is",
        },
        "dim is -1, the last dimension, unless given": {
            "dim=-1 -> dim=0": "the default of dim is 0",
            "dim=-1 -> dim=1": "the default of dim is 1",
        },
        "exp(x) is divided by its sum along dim, sum(dim, keepdim=True)": {
            "total = e.sum()": "the sum runs over all elements instead of along dim",
            "top = 0; total = e.sum()": "the sum runs over all elements instead of along dim",
            (
                "total = x.sum(dim, True)",
                "top = 0; total = x.sum(dim, True)",
            ): "exp(x) is divided by the sum of x, and not of exp(x)",
            (
                "total = e.norm(2, dim, True)",
                "top = 0; total = e.norm(2, dim, True)",
            ): "exp(x) is divided by its length (norm), as vectors are",
            "e = x": "the exponential is missing and x is divided by its sum",
            ("e = x.abs()", "e = x; total = x.abs().sum(dim, True)"): "the exponential is missing "
            "and |x| is used",
            "low = x.amin(dim, True); return (x - low) / (top - low)": "the exponential is missing "
            "and x is stretched from 0 to 1",
            "top = 0; total = 1": "the normalisation is missing",
            "total = 1": "the normalisation is missing: exp(x - max) is exp(x) divided by its "
            "largest value instead of its sum",
            "total = e.mean(dim, True)": "exp(x) is divided by its mean",
            (
                "return torch.exp(x) / torch.exp(x.sum(dim, True))",
                "return torch.exp(x) / torch.exp(x.sum())",
                "total = torch.exp((x - top).sum(dim, True))",
            ): "exp(x) is divided by exp of the sum of x, and not by the sum of exp(x)",
            "top = 0; return e / (1 + total)": "one is added to the sum (softmax-plus-one)",
            "total = x.exp().sum(dim, True)": "the shift is not in both the numerator and the sum",
            "return x.exp() / total": "the shift is not in both the numerator and the sum",
            "return (x == top).to(x.dtype)": "the largest value gets 1 and the rest 0 (argmax)",
            "return torch.softmax(e / total, dim)": "the softmax is applied twice",
            "return torch.sigmoid(x)": "a sigmoid works on each element alone",
            "return torch.log_softmax(x, dim)": "this is the softmax's logarithm (log_softmax)",
            (
                "return torch.exp((x - top) / (x - top).sum(dim, True))",
                "return torch.exp(x / x.sum(dim, True))",
            ): "x is divided by its sum before exp, and not exp(x) by its own",
            ("return e * total", "top = 0; return e * total"): "exp(x) is multiplied by its sum",
            "return total / e": "the fraction is upside down (sum over exp)",
        },
        "use torch.exp(x), of x as it is given": {
            "e = 2.0 ** (x - top)": "the base is 2 instead of e",
            "e = 10.0 ** (x - top)": "the base is 10 instead of e",
            "e = torch.exp(-x)": "the sign is flipped (exp(-x))",
            "e = x ** 2": "x is squared instead of exponentiated",
            "e = torch.exp(x.abs())": "the absolute value of x is used",
            "e = torch.exp(x.where(x.isfinite(), 0) - top)": "-inf is replaced by 0 (nan_to_num)",
            "e = torch.exp(x - top) * (x != 0)": "inputs of 0 are left out (masked)",
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
            "top = x.amax(dim)": "the maximum lacks keepdim=True",
            "top = x.amax(dim); total = e.sum(dim)": "maximum and sum lack keepdim=True",
        },
    },
    seen={
        "max and min with a dim give a pair, (values, indices): take its .values, or use "
        "amax": _pair_as_tensor,
        "an entry of -inf does not get exactly 0: exp(-inf) is 0, so leave -inf as it is, "
        "and add no small number (epsilon)": lambda got, right, x, **dim: (
            (got[x.isneginf()] > 0).any().item()
        ),
        "a row with -inf gives NaN: exp(-inf) is 0, but -inf times 0 and -inf minus -inf are "
        "NaN": lambda got, right, x, **dim: (got.isnan().any() & x.isinf().any()).item(),
        "exp overflows for large inputs: subtract the maximum along dim "
        "first": lambda got, right, x, **dim: not_finite(got, right) and bool(x.abs().max() > 80),
        "it sums to 1 along another dimension: use dim, and keepdim=True": _sums_elsewhere,
        "the result is transposed: move dimensions back that you have moved": _axes_moved,
        "the result is nearly right: something is rounded (as e to 2.718), or a small number "
        "(epsilon) is added; neither is needed": nearly_right,
        **SINGLE_NUMBERS,
        **math_of_tensors(1),
        "sizes don't fit, as where the maximum or the sum has lost its dimension, or has it in "
        "another place (unsqueeze(-1) puts it last, whatever dim is): keep it with "
        "keepdim=True": raised(says="must match the size of tensor"),
        "Python's numbers and lists are used for a tensor's, in one dimension: x may have "
        "several": raised("TypeError", says="list"),
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
        [60.0, 59.0, -60.0],
        # Rows far apart: a maximum over the whole tensor leaves 0/0 in the first.
        [[-1e4, -1e4 + 1.0], [1e4, 1e4 - 2.0]],
        torch.tensor([[-1e4], [1e4]]) + torch.randn(2, 5),
    ),
    "an input of -inf gets exactly 0": lambda f: [
        _softmax_cases(
            f, [[0.0, -math.inf, *torch.randn(2).tolist()], [-math.inf, -math.inf, -7.0, 0.0]]
        ),
        _softmax_cases(f, [[-math.inf, 1.0], [2.0, -math.inf]], dims=[0], tolerance=0.0),
    ],
}
