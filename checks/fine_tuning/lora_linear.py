"""A linear layer with LoRA: what often goes wrong, and hidden cases."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from checks import seen
from checks.check import all_of
from checks.compare import same
from checks.drawn import a_size
from checks.entries import differs, entry
from checks.fine_tuning.exercise import EXERCISE
from checks.onlooking import onlooker
from checks.sampling import a_seed
from checks.seen import Predicate, comes_back, raised, says
from reference.fine_tuning import LoRALinear

PARAMETERS, GRADIENTS, AFTER = "parameters", "gradients", "after steps"
GIVES, CHANGES, HAS = "merged() gives", "merged() changes", "merged has"
SHARES, MERGED = "merged shares", "merged(x)"


class _LoRALinear(nn.Module):
    def __init__(self, linear: nn.Linear, rank: int, alpha: float) -> None:
        super().__init__()
        LoRALinear(linear, rank, alpha)  # refuses bad input
        linear.requires_grad_(True)  # as it was
        d_out, d_in = linear.weight.shape
        dtype = linear.weight.dtype
        self.linear = linear
        linear.weight.requires_grad = False
        b = linear.bias
        if b is not None:
            b.requires_grad = False
        self.A = nn.Parameter(torch.randn(rank, d_in, dtype=dtype) / math.sqrt(d_in))
        self.B = nn.Parameter(torch.zeros(d_out, rank, dtype=dtype))
        self.scale = alpha / rank

    def forward(self, x: Tensor) -> Tensor:
        base = self.linear(x)
        low = x @ self.A.T
        high = low @ self.B.T
        out = base + self.scale * high
        return out

    def merged(self) -> nn.Linear:
        old = self.linear
        change = self.scale * (self.B @ self.A)
        total = old.weight + change
        d_out, d_in = total.shape
        bias = old.bias
        extra = None if bias is None else bias.detach().clone()
        new = nn.Linear(d_in, d_out, extra is not None, dtype=total.dtype)
        new.weight.data = total.detach()
        if extra is not None:
            new.bias.data = extra
        return new


def _run_lora(
    answer: Any, x: Tensor, d_out: int, rank: int, alpha: float, seed: int, bias: bool = True
) -> Any:
    return onlooker(answer).adapt(answer, x, d_out, rank, alpha, seed, bias)


def _parameter(name: str, is_so: Callable[[str, str], bool]) -> Predicate:
    """What is said of a parameter is not what is right, and it is so."""

    def when(got: Any, expected: Any, *_: Any, **__: Any) -> bool:
        one, right = got[PARAMETERS][name], expected[PARAMETERS][name]
        return one != right and is_so(one, right)

    return when


def _slope(name: str) -> Predicate:
    return lambda got, right, *_, **__: not same(got[GRADIENTS][name], right[GRADIENTS][name])


def _no_slope(name: str) -> Predicate:
    return lambda got, right, *_, **__: _slope(name)(got, right) and not got[GRADIENTS][name].any()


def _same_for_each_row(one: Tensor, right: Tensor, *_: Any, **__: Any) -> bool:
    """Results differ by one vector, whatever x is, as only a bias does."""
    if one.shape != right.shape or one.dtype != right.dtype or len(one) < 2:
        return False
    gap = (one - right).flatten(0, -2)
    return differs(one, right) and torch.allclose(gap, gap[:1], rtol=0.02, atol=1e-3)


def _other_shape(one: str, right: str) -> bool:
    return one.partition("),")[0] != right.partition("),")[0]


def _other_dtype(one: str, right: str) -> bool:
    return one.split(", ")[-2:][0] != right.split(", ")[-2:][0]


_FREEZE = "freeze the layer: weight and bias, where there is one, get requires_grad = False"
_SAME = "keep the very layer that is given: self.linear = linear"
_A = "draw A at random, (rank, d_in), anew in each layer: nn.Parameter(torch.randn(…))"
_B = "let B start at 0, (d_out, rank): nn.Parameter(torch.zeros(…))"
_DTYPE = "make A and B in the dtype of linear.weight (torch.zeros(…, dtype=…))"
_FORWARD = "forward gives linear(x) + alpha / rank * x @ A.T @ B.T"
_SCALE = "the change counts alpha / rank times"
_SLOPES = "let gradients reach A, B and x: nothing in forward is detached or within torch.no_grad()"
_MERGED = "merged gives a layer of weight linear.weight + alpha / rank * B @ A, with linear's bias"
_BIAS = "give the new layer a bias where linear has one, with its numbers, and else none"
_COPY = "let the new layer have memory of its own: copy, as by copy_ or clone"
_LEAVE = "merged leaves the adapter and its layer as they are"
_TRUE, _FALSE = "requires_grad = True", "requires_grad = False"

_check = EXERCISE.check(
    "LoRALinear",
    arguments=("x", "d_out", "rank", "alpha", "seed", "bias"),
    reference=LoRALinear,
    text=[_LoRALinear],
    procedure=_run_lora,
    expects="the layer itself as .linear, frozen; parameters A and B; linear(x) + alpha / rank * x "
    "@ A.T @ B.T; gradients for A, B and x; and merged() gives a new nn.Linear of the same results "
    "(here: of a layer of the test's own, whose numbers and A and B are then set)",
    wrong={
        "": {"super().__init__() -> pass": "super().__init__() is missing: call it first"},
        _SCALE: {
            "self.scale = alpha": "alpha is not divided by rank",
            "self.scale = alpha * rank": "alpha is multiplied by rank",
            "self.scale = rank / alpha": "rank is divided by alpha",
            "self.scale = alpha / math.sqrt(rank)": "alpha is divided by the root of rank",
            "self.scale = alpha // rank": "// rounds alpha / rank down",
            "self.scale = 1 / rank": "alpha is ignored",
            "self.scale = 1": "alpha and rank are ignored",
            "out = base + high": "forward doesn't scale the change",
            "self.alpha = alpha; self.scale = alpha / rank; out = base + self.alpha * high": (
                "alpha is not divided by rank in forward"
            ),
            "self.alpha = alpha; self.scale = alpha / rank; change = self.alpha * (self.B @ "
            "self.A)": "alpha is not divided by rank in merged",
            "out = self.scale * (base + high)": "the layer's own result is scaled, too",
            "out = base + self.scale ** 2 * high": "the change is scaled twice",
        },
        _FREEZE: {
            f"linear.weight.requires_grad = False -> pass; b.{_FALSE} -> pass": "the layer is not "
            "frozen",
            f"linear.weight.{_FALSE} -> pass": "the weight is not frozen",
            f"b.{_FALSE} -> pass": "the bias is not frozen",
        },
        _SAME: {
            "self.linear = __import__('copy').deepcopy(linear)": "the layer is copied",
        },
        _A: {
            "self.A = nn.Parameter(torch.zeros(rank, d_in, dtype=dtype))": "A starts at 0, so that "
            "B and A would never learn",
            "self.A = nn.Parameter(torch.ones(rank, d_in, dtype=dtype))": "A starts at 1 "
            "everywhere",
            "torch.manual_seed(0); self.A = nn.Parameter(torch.randn(rank, d_in, dtype=dtype))": (
                "A is the same in each layer"
            ),
            "self.A = nn.Parameter(torch.randn(d_in, rank, dtype=dtype))": "A is (d_in, rank)",
            "self.A = torch.randn(rank, d_in, dtype=dtype)": "A is no nn.Parameter",
            "self.A = nn.Linear(d_in, rank, bias=False, dtype=dtype)": "A is a layer, not a "
            "parameter",
            "self.A = nn.Parameter(torch.randn(rank, d_in, dtype=dtype), False)": "A is frozen, "
            "and is to be trained",
        },
        _B: {
            "self.B = nn.Parameter(torch.randn(d_out, rank, dtype=dtype))": "B starts at random",
            "self.B = nn.Parameter(torch.zeros(rank, d_out, dtype=dtype))": "B is (rank, d_out)",
            "self.B = torch.zeros(d_out, rank, dtype=dtype)": "B is no nn.Parameter",
            "self.B = nn.Linear(rank, d_out, bias=False, dtype=dtype)": "B is a layer, not a "
            "parameter",
            "self.B = nn.Parameter(torch.zeros(d_out, rank, dtype=dtype), False)": "B is frozen, "
            "and is to be trained",
        },
        "A is (rank, d_in), at random, and B (d_out, rank), which starts at 0": {
            "self.A = nn.Parameter(torch.zeros(rank, d_in, dtype=dtype)); self.B = nn.Parameter("
            "torch.randn(d_out, rank, dtype=dtype))": "A starts at 0 and B at random",
            "self.A = nn.Parameter(torch.randn(d_out, rank, dtype=dtype)); self.B = nn.Parameter("
            "torch.zeros(rank, d_in, dtype=dtype))": "A and B are exchanged",
            "self.A = nn.Parameter(torch.randn(d_in, rank, dtype=dtype)); self.B = nn.Parameter("
            "torch.zeros(rank, d_out, dtype=dtype))": "A and B are both transposed",
        },
        _DTYPE: {
            "dtype = torch.float32": "A and B are float32, whatever the weight is",
        },
        _FORWARD: {
            "out = self.scale * high": "the layer's own result is missing",
            "out = base": "the change is missing",
            "out = base - self.scale * high": "the change is subtracted",
            "base = x @ self.linear.weight.T": "the layer's bias is forgotten",
            "self.W = linear.weight.detach().clone(); self.linear = linear; base = F.linear(x, "
            "self.W, self.linear.bias)": "the layer's numbers are copied when the adapter is "
            "made: call self.linear(x)",
            "self.BA = self.B @ self.A; self.scale = alpha / rank; high = x @ self.BA.T": "B @ A "
            "is computed once, when the adapter is made",
        },
        _SLOPES: {
            "base = self.linear(x.detach())": "no gradient goes through the layer to x",
            "low = x.detach() @ self.A.T": "no gradient goes through A to x",
            "low = x @ self.A.detach().T": "A gets no gradient (detach)",
            "high = low.detach() @ self.B.T": "A and what is before it get no gradient (detach)",
            "high = low @ self.B.detach().T": "B gets no gradient (detach)",
            "out = (base + self.scale * high).detach()": "nothing gets a gradient",
        },
        _MERGED: {
            "change = self.B @ self.A": "merged forgets alpha / rank",
            "change = self.scale ** 2 * (self.B @ self.A)": "merged scales the change twice",
            "total = old.weight": "merged leaves the change out",
            "total = change": "merged leaves the layer's own weight out",
            "total = old.weight - change": "merged subtracts the change",
            "total = (old.weight + change).float()": "merged converts the weight to float32",
            "return new -> return total": "merged returns the weight, not a layer",
            "return new -> return self": "merged returns the adapter itself",
        },
        _BIAS: {
            "extra = None": "merged loses the bias",
            "extra = torch.zeros(len(total), dtype=total.dtype)": "merged gives a bias of 0",
            "extra = torch.zeros(len(total), dtype=total.dtype) if bias is None else "
            "bias.detach().clone()": "merged adds a bias where there is none",
        },
        _COPY: {
            "extra = bias": "merged shares the bias with linear",
        },
        _LEAVE: {
            "old.weight.data = (old.weight + change).detach(); total = old.weight; return new -> "
            "return old": "merged changes linear itself, and returns it",
            "old.weight.data = (old.weight + change).detach(); total = old.weight.clone()": (
                "merged changes linear, too"
            ),
            "self.B.data.zero_(); bias = old.bias": "merged sets B to 0",
        },
    },
    seen={
        f"the layer is a copy or a new one: {_SAME}": entry("keeps linear", differs),
        **{
            f"{name} is not an nn.Parameter: {_A if name == 'A' else _B}": _parameter(
                name, lambda one, right: "no nn" in one
            )
            for name in "AB"
        },
        **{
            f"{name} has another shape: {_A if name == 'A' else _B}": _parameter(name, _other_shape)
            for name in "AB"
        },
        **{f"{name} has another dtype: {_DTYPE}": _parameter(name, _other_dtype) for name in "AB"},
        **{
            f"{name} can't be trained: leave its requires_grad True": _parameter(
                name, lambda one, right: "frozen" in one
            )
            for name in "AB"
        },
        f"the layer is not frozen: {_FREEZE}": entry(PARAMETERS, differs),
        f"A is not drawn at random: {_A}": entry("A at first", differs),
        f"B doesn't start at 0: {_B}": entry("B at first", differs),
        f"before a step the result is not that of linear: {_FORWARD}": entry(
            "before a step", differs
        ),
        f"with other numbers in linear, A and B the result is another: {_FORWARD}": entry(
            AFTER, differs
        ),
        **{f"{name} gets no gradient: {_SLOPES}": _no_slope(name) for name in ("A", "B")},
        f"other gradients reach x: {_SLOPES}": _slope("x"),
        f"other gradients reach A and B: {_SLOPES}": entry(GRADIENTS, differs),
        f"merged doesn't return an nn.Linear: {_MERGED}": entry(GIVES, differs),
        f"merged changes the adapter or its layer: {_LEAVE}": entry(CHANGES, differs),
        f"the new layer has other parameters than linear: {_BIAS}": entry(HAS, differs),
        f"the new layer has another bias than linear: {_BIAS}": entry(MERGED, _same_for_each_row),
        f"the new layer gives other results: {_MERGED}": entry(MERGED, differs),
        f"the new layer changes with linear: {_COPY}": entry(SHARES, differs),
        "a rank that fits is refused: ValueError is for rank < 1 and rank > min(d_in, d_out)": (
            raised("ValueError", says="rank")
        ),
        "the signature is LoRALinear(linear, rank, alpha)": says("positional argument"),
        "a layer may have no bias, which is None then": says("NoneType"),
        f"two dtypes meet: {_DTYPE}": says("same dtype", "dtype"),
        "two shapes don't fit: A is (rank, d_in) and B (d_out, rank), so it is x @ A.T @ B.T, and "
        "B @ A has the shape of the weight": says("shapes cannot", "must match", "mat1"),
        "in-place changes to a parameter want torch.no_grad(), or its .data": says("in-place"),
        "None comes back": comes_back(type(None)),
        "the result is not finite": seen.not_finite,
    },
)


def check_LoRALinear(  # noqa: N802
    answer: Any, x: Tensor, d_out: int, rank: int, alpha: float, bias: bool = True
) -> Any:
    """An adapter of a random layer, `x` `(..., d_in)`, in the dtype of `x`."""
    near = 0.1 if x.itemsize == 2 else None  # rounded terms cancel
    return _check(answer, x, d_out, rank, alpha, a_seed(), bias, tolerance=near)


def check_rank_refused(answer: Any, d_in: int, d_out: int, rank: int) -> None:
    """Check that a rank which can't be is refused."""
    _check.raises(
        answer,
        ValueError,
        torch.randn(2, d_in),
        d_out,
        rank,
        1.0,
        a_seed(),
        True,
        says=("rank",),
        why=f"rank must be at least 1 and at most min(d_in, d_out) = {min(d_in, d_out)}",
    )


def _adapted(*sizes: tuple[int, ...], dtype: Any = None, **how: bool) -> Callable[[Any], Any]:
    """Cases of leading dimensions, d_in, d_out and rank."""
    return lambda f: [
        check_LoRALinear(
            f, torch.randn(*leading, dtype=dtype), d_out, rank, a_size(1, 5) / 2, **how
        )
        for *leading, d_out, rank in sizes
    ]


def _alphas(f: Any) -> None:
    for rank in (2, 3):
        for alpha in (a_size(1, 3) + 0.5, a_size(4, 9), 1):
            check_LoRALinear(f, torch.randn(3, 5), 4, rank, alpha)


def _refuses(f: Any) -> None:
    d_in, d_out = a_size(3, 5), a_size(6, 8)
    for rank in (0, -1, d_in + 1, d_out, d_out + 1):
        check_rank_refused(f, d_in, d_out, rank)
        check_rank_refused(f, d_out, d_in, rank)


EXERCISE.cases["LoRALinear"] = {
    "linear(x) + alpha / rank * x @ A.T @ B.T, and merged() gives the same results": _adapted(
        (4, 5, 7, 2), (3, 8, 6, 3), (2, 9, 4, 2)
    ),
    "x (..., d_in)": _adapted((6, 4, 2), (2, 3, 5, 6, 3), (2, 1, 3, 4, 7, 2)),
    "alpha / rank": _alphas,
    "a layer without a bias": _adapted((4, 5, 7, 2), (2, 3, 6, 4, 3), bias=False),
    "1 <= rank <= min(d_in, d_out), and sizes that are alike": _adapted(
        (4, 4, 4, 2), (3, 5, 3, 3), (5, 3, 6, 3), (3, 4, 6, 1), (2, 9, 1, 1)
    ),
    "A, drawn at random and different from layer to layer": _adapted((2, 40, 30, 8)),
    "in the weight's dtype": all_of(
        _adapted((4, 5, 7, 2), (2, 3, 6, 4, 2), dtype=torch.float64),
        _adapted((4, 5, 7, 2), (3, 6, 4, 3), dtype=torch.bfloat16),
    ),
    "x in any memory layout": lambda f: check_LoRALinear(
        f, torch.randn(6, 2, 3).permute(2, 1, 0), 4, 2, 3.0
    ),
    "ValueError unless 1 <= rank <= min(d_in, d_out)": _refuses,
}
