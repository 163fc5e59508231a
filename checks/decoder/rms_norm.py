"""RMSNorm: what often goes wrong, and hidden cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from checks import modules, seen
from checks.check import all_of
from checks.decoder.exercise import EXERCISE
from checks.seen import batch_fails, comes_back, other_dtype, same_shape, says
from reference.block import RMSNorm


def _mean(x: Tensor) -> Tensor:
    return x.mean(-1, keepdim=True)


def centred(x: Tensor) -> Tensor:
    return x - _mean(x)


class _RMSNorm(nn.Module):
    def __init__(self, d_model: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x: Tensor) -> Tensor:
        z = x.to(torch.promote_types(x.dtype, torch.float32))
        s = z * z
        eps = self.eps
        power = _mean(s)
        rms = torch.sqrt(power + eps)
        u = z / rms
        y = u * self.weight
        return y.to(x.dtype)


def _run_norm(answer: Any, x: Tensor, weight: Tensor | None, eps: float | None = None) -> Any:
    module = answer(x.shape[-1]) if eps is None else answer(x.shape[-1], eps)
    return module(x) if weight is None else modules.run(answer, module, {"weight": weight}, x)


def _lost_in_half(got: Any, expected: Tensor, x: Tensor, *args: Any) -> bool:
    lost = ~got.isfinite() | ((got == 0) & (expected != 0))
    return x.dtype in (torch.float16, torch.bfloat16) and bool(lost.any())


check_RMSNorm = EXERCISE.check(  # noqa: N816
    "RMSNorm",
    arguments=("x", "weight", "eps"),
    reference=RMSNorm,
    text=[_RMSNorm],
    procedure=_run_norm,
    expects="x / sqrt(mean(x²) + eps) * weight, the mean over the features (last dimension), "
    "computed in float32, in the dtype and shape of x; one parameter, weight, of shape (d_model,)",
    wrong={
        **modules.NO_SUPER,
        "divide x by the root of the mean of x², and centre nothing": {
            (
                "u = F.layer_norm(z, z.shape[-1:], None, None, eps)",
                "u = centred(z) / rms",
                "rms = z.std(-1, True, True) + eps; u = centred(z) / rms",
            ): "the mean is subtracted, as in a LayerNorm",
            ("power = z.var(-1, False, True)", "power = z.var(-1, True, True)"): "x is divided by "
            "its standard deviation",
            "rms = z.std(-1, True, True) + eps": "x is divided by its standard deviation",
            "u = z / (z.norm(2, -1, True) + eps)": "the squares are summed (L2 norm)",
            (
                "u = z / (_mean(z.abs()) + eps)",
                "s = z.abs()",
            ): "the absolute value stands for the square",
            "u = z / (z.abs().amax(-1, True) + eps)": "x is divided by its largest |x|",
            "power = _mean(z) ** 2": "the square of the mean is taken",
            "u = z * rms": "x is multiplied by the root mean square",
            "u = rms": "the root mean square itself comes back",
        },
        "take the mean of x² over the features of each position, mean(dim=-1, keepdim=True)": {
            "power = s.sum(-1, True)": "the squares are summed (L2 norm)",
            "power = _mean(s) * math.sqrt(x.shape[-1])": "the sum is divided by √d_model",
            "power = s.sum(-1, True) / (x.shape[-1] - 1)": "the sum is divided by d_model - 1",
            "power = s.mean(-2, True)": "the mean runs over the positions (dim -2)",
            "power = s.mean()": "the mean runs over all of x",
            "power = s.mean(tuple(range(1, x.dim())), True)": "the mean runs over positions too",
            "power = s.mean(0, True)": "the mean runs over the first dimension",
            "power = s.mean(1, True)": "the mean runs over dimension 1",
            "power = s.mean(-1)": "keepdim=True is missing",
        },
        "divide x by its root mean square, and multiply by the weight": {
            "y = u": "the weight is forgotten",
            "y = u + self.weight": "the weight is added instead of multiplied",
            "y = u / self.weight": "x is divided by the weight",
            "y = u * (1 + self.weight)": "the weight is used as 1 + weight",
            "y = u * self.weight ** 2": "the weight is applied twice",
            "y = z + u * self.weight": "x is added (a residual), which belongs to the block",
            "s = (z * self.weight) ** 2": "the weight is applied before the mean square is taken",
        },
        "add eps, as it is, to the mean square inside the root": {
            "rms = power + eps": "the square root is missing",
            "rms = torch.sqrt(power) + eps": "eps is outside the square root",
            "rms = 1 / (power.rsqrt() + eps)": "eps is outside the square root",
            "rms = torch.sqrt(power + eps ** 2)": "eps is squared",
            "power = _mean((z + eps) ** 2) - eps": "eps is added to x before squaring",
            "rms = (power + eps / x.shape[-1]).sqrt()": "eps is added to the sum of squares",
            "rms = torch.sqrt(power - eps)": "eps is subtracted",
            "rms = power.clamp(eps).sqrt()": "eps is taken as a lower bound (max or clamp)",
            "rms = power.sqrt().clamp(eps)": "eps is taken as a lower bound of the root",
            "rms = torch.sqrt(power)": "eps is forgotten, so that a row of zeros gives NaN",
        },
        "write RMSNorm(d_model, eps=1e-6), and keep eps for forward": {
            tuple(
                f"eps = {e}" for e in (1e-6, 1e-5, 1e-8, 1e-3)
            ): "the eps that is given is ignored",
            **{
                f"eps=1e-06 -> eps={e}": f"the default of eps is wrong ({e:g})"
                for e in (1e-5, 1e-8, 1e-12, 1e-3, 1e-7, torch.finfo(torch.float32).eps)
            },
        },
        "convert x to float32 first, and back to the dtype of x after the weight is applied": {
            ("return y", "return y.float()"): "the result is float32 (the weight's dtype)",
            "return y.double()": "the result is float64",
            ("z = x", "z = x.half()"): "in half precision squares overflow or vanish",
        },
        "start it at torch.ones(d_model)": {"torch.ones -> torch.zeros": "weight starts at 0"},
    },
    seen={
        "there is a bias: have no parameter but weight": modules.unasked("bias", "beta"),
        "the parameter has another name: call it weight (self.weight)": modules.renamed,
        "weight is not a parameter: it must be an nn.Parameter assigned in __init__, not a plain "
        "tensor or a buffer": modules.parameters(lambda got: got.missing),
        "weight has the wrong shape: one number for each feature, (d_model,)": modules.misshaped,
        "there are parameters that RMSNorm does not have: its one parameter is weight (eps is a "
        "plain number)": comes_back(modules.OtherParameters),
        "weight does not start at 1, which changes what a new RMSNorm gives: use "
        "torch.ones(d_model)": lambda got, right, x, w, *_: w is None and same_shape(got, right),
        "the result is float32: give it back in the dtype of x": other_dtype(torch.float32),
        "the result has another dtype than x": other_dtype(),
        "numbers overflow or vanish in half precision: convert x to float32 first": _lost_in_half,
        "the result is not finite: add eps to the mean square, and let nothing "
        "overflow": seen.not_finite,
        "the signature is RMSNorm(d_model, eps=1e-6)": says("positional argument"),
        **seen.MATH_OF_A_TENSOR,
        "the batch is not handled: x may have any number of leading dimensions": batch_fails(2),
        "close, but not exact: compute in float32, and add eps to the mean square, inside the "
        "root": seen.nearly_right,
    },
)


def _norm(
    *shapes: tuple[int, ...], size: float = 1.0, eps: float | None = None, dtype: Any = None
) -> Callable[[Any], Any]:
    """A case of x of these shapes, with random weights."""
    return lambda f: [
        check_RMSNorm(f, (size * torch.randn(s)).to(dtype), 1 + 0.5 * torch.randn(s[-1]), eps)
        for s in shapes
    ]


EXERCISE.cases["RMSNorm"] = {
    "x of shape (..., d_model), any leading dimensions": _norm(
        (4, 7), (7,), (2, 3, 8), (2, 1, 4, 6)
    ),
    "eps, which is 1e-6 unless given": all_of(
        _norm((3, 6), eps=0.1),
        _norm((3, 5), size=1e-3),
        _norm((2, 4), size=1e-2, eps=1e-5),
        lambda f: check_RMSNorm(f, torch.zeros(2, 6), torch.ones(6)),
    ),
    "a single position, a single feature, and sizes that are alike": _norm(
        (1, 6), (1, 1, 6), (3, 1), (5, 5, 5)
    ),
    "large numbers, many of them, and a mean far from 0": all_of(
        _norm((3, 64), size=100.0),
        lambda f: check_RMSNorm(f, 3 + torch.rand(4, 9), torch.randn(9)),
    ),
    "x in any memory layout": lambda f: check_RMSNorm(f, torch.randn(2, 8, 5).mT, torch.randn(8)),
    "the dtype of x": all_of(
        *(_norm((3, 8), dtype=t) for t in (torch.float64, torch.float16, torch.bfloat16))
    ),
    "computed in float32": all_of(
        _norm((2, 16), size=500.0, dtype=torch.float16),
        _norm((2, 16), size=1e-4, dtype=torch.float16, eps=1e-12),
    ),
    "weight starts at 1": lambda f: check_RMSNorm(f, torch.randn(2, 6), None),
}
