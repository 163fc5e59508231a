"""Exercise 7-decoder: points, references, known misconceptions and hidden cases."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from checks.check import Exercise
from checks.compare import Raised
from checks.mistakes import Edit, Seen, instead_of
from checks.seen import (
    Predicate,
    batch_fails,
    comes_back,
    nearly_right,
    not_finite,
    other_dtype,
    raised,
    same_shape,
)
from helpers import transformer_block
from helpers.attention import causal_mask
from helpers.positional_encoding import sinusoidal_encoding
from helpers.transformer_block import DecoderBlock, RMSNorm, sample_next
from helpers.weights import austen_files

EXERCISE = Exercise("7-decoder")
passed, hidden_tests = EXERCISE.passed, EXERCISE.hidden_tests

State = Mapping[str, Tensor]


# --- modules: load parameters, run, compare ------------------------------------------------


@dataclass(frozen=True)
class Parameters:
    """Parameters by name, and what to call them in a message."""

    state: State
    called: str = "random ones"

    def __repr__(self) -> str:
        return self.called


@dataclass(frozen=True)
class OtherParameters:
    """The parameters of a module where they are not those that the contract names."""

    missing: tuple[str, ...]
    unasked: tuple[str, ...]
    misshaped: tuple[str, ...]

    def __repr__(self) -> str:
        said = {
            "without the parameters": self.missing,
            "with parameters that it should not have:": self.unasked,
            "with parameters of another shape:": self.misshaped,
        }
        return "a module " + "; ".join(
            f"{words} {', '.join(names[:4])}" + " …" * (len(names) > 4)
            for words, names in said.items()
            if names
        )


def _run_module(module: Any, state: State, x: Tensor, training: bool = False) -> Any:
    """`module(x)` with the parameters of `state`, or an `OtherParameters`. More buffers of the
    module's own are let be."""
    own, buffers = module.state_dict(), {name for name, _ in module.named_buffers()}
    shapes = {name: tuple(value.shape) for name, value in own.items() if name not in buffers}
    missing = tuple(name for name in state if name not in shapes)
    unasked = tuple(name for name in shapes if name not in state)
    misshaped = tuple(
        f"{name} {shapes[name]} instead of {tuple(value.shape)}"
        for name, value in state.items()
        if name in shapes and shapes[name] != tuple(value.shape)
    )
    if missing or unasked or misshaped:
        return OtherParameters(missing, unasked, misshaped)
    module.load_state_dict(dict(state), strict=False)
    module.train(training)
    return module(x)


def _random(module: nn.Module) -> Parameters:
    """Parameters for `module` for which every part of it matters: none is 0 or near 1, and
    activations keep an ordinary size."""
    return Parameters(
        {
            name: 1.0 + 0.5 * torch.randn(value.shape)
            if value.dim() == 1
            else torch.randn(value.shape) / math.sqrt(value.shape[-1])
            for name, value in module.state_dict().items()
        }
    )


def _parameters(is_so: Callable[[OtherParameters], bool]) -> Predicate:
    return lambda got, *args, **kwargs: isinstance(got, OtherParameters) and is_so(got)


def _unasked(*ends: str) -> Predicate:
    return _parameters(lambda got: any(name.endswith(ends) for name in got.unasked))


def _says(*words: str) -> Predicate:
    """An exception whose message holds one of the words."""
    return lambda got, *args, **kwargs: any(word in got.message for word in words)


NO_SUPER = "super().__init__() is not called before the first layer is assigned: it must be the "
"first line of __init__"
DROPOUT = Seen(
    "in training mode the result is another: nothing here is dropped out (dropout) or drawn at "
    "random, in training neither",
    # What is wrong in both modes has been found before, in eval mode.
    lambda got, *args, training=False, **kwargs: training and isinstance(got, Tensor),
)
BIASED = Seen(
    "a layer has a bias: all nn.Linear layers are bias-free (bias=False), and an RMSNorm has none",
    _unasked("bias"),
)
OTHER_NAMES = Seen(
    "the parameters are not those that are asked for: their names come from the attributes that "
    "you assign in __init__, so name each as asked (and register nothing else)",
    comes_back(OtherParameters),
)
SEVERAL_CAME = Seen("more than a tensor comes back: return it alone", comes_back(list, tuple))


# --- RMSNorm -------------------------------------------------------------------------------


def _mean(x: Tensor) -> Tensor:
    return x.mean(-1, keepdim=True)


class _RMSNorm(nn.Module):
    def __init__(self, d_model: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x: Tensor) -> Tensor:
        z = x.to(torch.promote_types(x.dtype, torch.float32))
        power = _mean(z.square())
        rms = torch.sqrt(power + self.eps)
        y = z / rms
        y = y * self.weight
        return y.to(x.dtype)


def _run_norm(answer: Any, x: Tensor, weight: Tensor, eps: float | None = None) -> Any:
    module = answer(x.shape[-1]) if eps is None else answer(x.shape[-1], eps)
    return _run_module(module, {"weight": weight}, x)


def _lost_in_half(got: Any, expected: Tensor, x: Tensor, *args: Any) -> bool:
    lost = ~got.isfinite() | ((got == 0) & (expected != 0))
    return x.dtype in (torch.float16, torch.bfloat16) and bool(lost.any())


check_RMSNorm = EXERCISE.check(  # noqa: N816
    "RMSNorm", visible=1, hidden=2, arguments=("x", "weight", "eps"),
    reference=transformer_block.RMSNorm, text=[_RMSNorm], procedure=_run_norm,
    expects="x / sqrt(mean(x²) + eps) * weight, the mean over the features (last dimension), "
        "computed in float32, in the dtype and shape of x; one parameter, weight, of shape "
        "(d_model,)",
    mistakes=(
        Edit(NO_SUPER, "super().__init__()", "pass"),
        *instead_of("z / rms", right="divide x by the root of the mean of x², and centre nothing",
        wrong={
            ("F.layer_norm(z, z.shape[-1:], None, None, self.eps)", "(z - _mean(z)) / rms",
             "(z - _mean(z)) / (z.std(-1, keepdim=True) + self.eps)"):
                "the mean is subtracted, as in a LayerNorm",
            ("z / (z.var(-1, keepdim=True, correction=0) + self.eps).sqrt()",
             "z / (z.var(-1, keepdim=True) + self.eps).sqrt()",
             "z / (z.std(-1, keepdim=True) + self.eps)"):
                "x is divided by its standard deviation (in which the mean is subtracted, as in a "
                "LayerNorm)",
            "z / (z.norm(dim=-1, keepdim=True) + self.eps)": "the squares are summed instead of "
                "averaged (L2 norm)",
            "z / (_mean(z.abs()) + self.eps)": "the absolute value stands for the square (mean of "
                "|x|)",
            "z / (z.abs().amax(-1, keepdim=True) + self.eps)": "x is divided by its largest "
                "absolute value",
            "z / torch.sqrt(_mean(z).square() + self.eps)": "the square of the mean is taken",
            "z * rms": "x is multiplied by the root mean square",
            "rms": "the root mean square itself comes back",
        }),
        *instead_of("_mean(z.square())", right="the mean of x² runs over the features of each "
            "position, mean(dim=-1, keepdim=True)", wrong={
            "z.square().sum(-1, keepdim=True)": "the squares are summed instead of averaged (an L2 "
                "norm)",
            "_mean(z.square()) * math.sqrt(x.shape[-1])": "the sum of squares is divided by the "
                "square root of d_model",
            "z.square().sum(-1, keepdim=True) / (x.shape[-1] - 1)": "the sum of squares is divided "
                "by d_model - 1",
            "z.square().mean(-2, keepdim=True)": "the mean runs over the positions (dim -2)",
            "z.square().mean()": "the mean runs over all of x",
            "z.square().mean(0, keepdim=True)": "the mean runs over the first dimension",
            "z.square().mean(1, keepdim=True)": "the mean runs over dimension 1",
            "z.square().mean(-1)": "keepdim=True is missing",
        }),
        *instead_of("y * self.weight", right="the result is x over its root mean square, times the "
            "weight", wrong={
            "y": "the weight is forgotten",
            "y + self.weight": "the weight is added instead of multiplied",
            "y / self.weight": "x is divided by the weight",
            "y * (1 + self.weight)": "the weight is used as 1 + weight",
            "y * self.weight ** 2": "the weight is applied twice",
            "z + y * self.weight": "x is added to the result (a residual), which belongs to the "
                "block",
            "z * self.weight / torch.sqrt(_mean((z * self.weight).square()) + self.eps)":
                "the weight is applied before the mean square is taken",
        }),
        *instead_of("torch.sqrt(power + self.eps)", right="eps is added, as it is, to the mean "
            "square inside the root", wrong={
            "(power + self.eps)": "the square root is missing",
            ("(torch.sqrt(power) + self.eps)", "1 / (torch.rsqrt(power) + self.eps)"):
            "eps is outside the square root",
            "torch.sqrt(power + self.eps ** 2)": "eps is squared",
            "torch.sqrt(_mean((z + self.eps).square()))": "eps is added to x before squaring",
            "torch.sqrt(power + self.eps / x.shape[-1])": "eps is added to the sum of squares "
                "before the division by d_model",
            "torch.sqrt(power - self.eps)": "eps is subtracted",
            ("torch.sqrt(power.clamp(min=self.eps))", "torch.sqrt(power).clamp(min=self.eps)"):
                "eps is taken as a lower bound (max or clamp)",
            "torch.sqrt(power)": "eps is forgotten, so that a row of zeros gives NaN",
        }),
        *(Edit("the eps that is given is ignored: RMSNorm(d_model, eps=1e-6) keeps eps for forward",
               "self.eps = eps", f"self.eps = {e}") for e in (1e-6, 1e-5, 1e-8, 1e-3)),
        *(Edit(f"the default of eps is wrong ({e:g}): RMSNorm(d_model, eps=1e-6)", "eps=1e-06",
        f"eps={e}")
          for e in (1e-5, 1e-8, 1e-12, 1e-3, 1e-7, torch.finfo(torch.float32).eps)),
        *instead_of("y.to(x.dtype)", right="return to the dtype of x after the weight is applied",
        wrong={
            ("y", "y.float()"): "the result is float32 (the weight's dtype)",
            "y.double()": "the result is float64",
        }),
        *instead_of("x.to(torch.promote_types(x.dtype, torch.float32))", right="convert x to "
            "float32 first, and back at the end", wrong={
            ("x", "x.half()"): "it is computed in half precision, where squares overflow or vanish",
        }),
        Seen("there is a bias: RMSNorm has no bias, its one parameter is weight", _unasked("bias",
             "beta")),
        Seen("the parameter has another name: call it weight (self.weight = nn.Parameter(…))",
             _parameters(lambda got: bool(got.missing and got.unasked))),
        Seen("weight is not a parameter: it must be an nn.Parameter assigned in __init__, not a "
            "plain tensor or a buffer",
             _parameters(lambda got: bool(got.missing))),
        Seen("weight has the wrong shape: one number for each feature, (d_model,)",
             _parameters(lambda got: bool(got.misshaped))),
        Seen("there are parameters that RMSNorm does not have: its one parameter is weight (eps is "
            "a plain number)",
             comes_back(OtherParameters)),
        Seen("the result is float32: give it back in the dtype of x", other_dtype(torch.float32)),
        Seen("the result has another dtype than x", other_dtype()),
        Seen("numbers overflow or vanish in half precision: convert x to float32 first",
             _lost_in_half),
        Seen("the result is not finite: eps is added to the mean square, and nothing overflows",
             not_finite),
        Seen("the signature is RMSNorm(d_model, eps=1e-6)", raised("TypeError", says="positional "
            "argument")),
        Seen("the batch is not handled: x may have any number of leading dimensions",
             batch_fails(2)),
        Seen("close, but not exact: compute in float32, and add eps to the mean square, inside the "
            "root", nearly_right),
    ),
)  # fmt: skip


def _norm_case(f: Any, *shape: int, size: float = 1.0, **kwargs: Any) -> Any:
    x = (size * torch.randn(*shape)).to(kwargs.get("dtype", torch.float32))
    return check_RMSNorm(f, x, 1 + 0.5 * torch.randn(shape[-1]), kwargs.get("eps"))


EXERCISE.contract("RMSNorm", {
    "x of shape (..., d_model), any leading dimensions": lambda f: [
        _norm_case(f, *shape) for shape in ((4, 7), (7,), (2, 3, 8), (2, 1, 4, 6))
    ],
    "eps, which is 1e-6 unless given": lambda f: [
        _norm_case(f, 3, 6, eps=0.1),
        _norm_case(f, 3, 5, size=1e-3),
        _norm_case(f, 2, 4, size=1e-2, eps=1e-5),
        check_RMSNorm(f, torch.zeros(2, 6), torch.ones(6)),
    ],
    "a single position, a single feature, and sizes that are alike": lambda f: [
        _norm_case(f, *shape) for shape in ((1, 6), (1, 1, 6), (3, 1), (5, 5, 5))
    ],
    "large numbers, many of them, and a mean far from 0": lambda f: [
        _norm_case(f, 3, 64, size=100.0),
        check_RMSNorm(f, 3 + torch.rand(4, 9), torch.randn(9)),
    ],
    "x in any memory layout": lambda f: check_RMSNorm(f, torch.randn(2, 8, 5).mT, torch.randn(8)),
    "the dtype of x": lambda f: [
        _norm_case(f, 3, 8, dtype=t) for t in (torch.float64, torch.float16, torch.bfloat16)
    ],
    "computed in float32": lambda f: [
        _norm_case(f, 2, 16, size=500.0, dtype=torch.float16),
        _norm_case(f, 2, 16, size=1e-4, dtype=torch.float16, eps=1e-12),
    ],
})  # fmt: skip


# --- SwiGLU --------------------------------------------------------------------------------


class _SwiGLU(nn.Module):
    def __init__(self, d_model: int, d_ff: int) -> None:
        super().__init__()
        self.W_gate = nn.Linear(d_model, d_ff, bias=False)
        self.W_up = nn.Linear(d_model, d_ff, bias=False)
        self.W_down = nn.Linear(d_ff, d_model, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        gate, up, down = (self.W_gate, self.W_up, self.W_down)
        product = F.silu(gate(x)) * up(x)
        return down(product)


def _run_swiglu(
    answer: Any, x: Tensor, d_ff: int, parameters: Parameters, training: bool = False
) -> Any:
    module = answer(x.shape[-1], d_ff)
    module.to(x.dtype)
    return _run_module(module, parameters.state, x, training)


_check_swiglu = EXERCISE.check(
    "SwiGLU", visible=1, hidden=2, arguments=("x", "d_ff", "parameters"),
    reference=transformer_block.SwiGLU, text=[_SwiGLU], procedure=_run_swiglu,
    expects="W_down(silu(W_gate(x)) * W_up(x)), with nn.Linear layers W_gate and W_up from d_model "
        "to d_ff and W_down back, without bias; the shape of x",
    mistakes=(
        Edit(NO_SUPER, "super().__init__()", "pass"),
        *instead_of("F.silu(gate(x)) * up(x)", right="it is silu(W_gate(x)) * W_up(x)", wrong={
            "gate(x) * F.silu(up(x))": "the activation is on W_up instead of W_gate (gate and up "
                "are swapped)",
            "gate(x) * F.gelu(up(x))": "a GELU is on W_up, so gate and up are swapped too",
            "gate(x) * F.relu(up(x))": "a ReLU is on W_up, so gate and up are swapped too",
            "gate(x) * torch.sigmoid(up(x))": "a sigmoid is on W_up, so gate and up are swapped "
                "too",
            "torch.sigmoid(gate(x)) * F.silu(up(x))": "silu is on W_up and a sigmoid on the gate",
            "gate(x) * up(x)": "the activation is missing",
            "F.silu(gate(x)) * F.silu(up(x))": "silu is applied to both W_gate(x) and W_up(x)",
            "F.silu(gate(x) * up(x))": "silu is applied to the product",
            "gate(F.silu(x)) * up(x)": "silu is applied to x before the layers",
            "F.silu(gate(x)) + up(x)": "gate and up are added instead of multiplied",
            "F.silu(gate(x)) - up(x)": "gate and up are subtracted",
            "F.silu(gate(x))": "W_up is not used (an ordinary feed-forward)",
            "F.silu(up(x))": "W_gate is not used (an ordinary feed-forward)",
            "F.silu(gate(x)) * gate(x)": "W_gate is used twice",
            "F.silu(up(x)) * up(x)": "W_up is used twice, or W_gate and W_up are one and the same "
                "layer",
            "F.silu(gate(x * torch.rsqrt(_mean(x * x) + 1e-06))) * up(x * torch.rsqrt(_mean(x * x) "
            "+ 1e-06))":
                "x is normalised first, which belongs to the block",
        }),
        *instead_of("F.silu", right="SwiGLU uses silu(W_gate(x)), and silu(z) is z * sigmoid(z)",
        wrong={
            "F.gelu": "the activation is a GELU",
            "(lambda z: F.gelu(z, approximate='tanh'))": "the activation is a GELU (tanh form)",
            "(lambda z: z * torch.sigmoid(1.702 * z))": "the activation is a GELU approximation, z "
                "* sigmoid(1.702 z)",
            "F.relu": "the activation is a ReLU",
            "torch.sigmoid": "the activation is a sigmoid (the plain GLU)",
            **{f"F.{name}": f"the activation is a {name}" for name in
               ("tanh", "mish", "softplus", "leaky_relu", "elu", "hardswish")},
            "(lambda z: torch.softmax(z, -1))": "the activation is a softmax",
            "(lambda z: F.relu(z) ** 2)": "the activation is the square of a ReLU",
            "(lambda z: z * torch.sigmoid(-z))": "the sign in the silu is flipped",
            "(lambda z: F.silu(F.silu(z)))": "silu is applied twice",
        }),
        *instead_of("return down(product)", right="a feed-forward returns W_down(silu(W_gate(x)) * "
            "W_up(x))", wrong={
            "return down(F.silu(gate(x))) * x": "W_up is not used, and x itself is scaled by the "
                "gate",
            "return down(F.silu(gate(x))) * down(up(x))": "W_down is applied to the factors, and "
                "the product comes after it",
            "return F.silu(down(product))": "silu is applied to the result of W_down too",
            "return F.silu(down(gate(x) * up(x)))": "silu is applied to the result of W_down "
                "instead",
            "return product": "W_down is not used, which goes back to d_model",
            "return x + down(product)": "x is added to the result (a residual), which belongs to "
                "the block",
            "return x * down(product)": "x is multiplied by the result",
            "return down(product).float()": "the result is float32 whatever the dtype of x",
        }),
        DROPOUT,
        BIASED,
        Seen("a layer has the wrong size or is transposed: W_gate and W_up go from d_model to "
            "d_ff, W_down from d_ff to d_model",
             _parameters(lambda got: bool(got.misshaped))),
        Seen("a layer is missing: SwiGLU has three, W_gate, W_up and W_down",
             _parameters(lambda got: bool(got.missing and not got.unasked))),
        OTHER_NAMES,
        Seen("the result has another dtype than x: keep that of x", other_dtype()),
        Seen("x and a layer have not the same dtype: keep that of x", raised("RuntimeError",
             says="dtype")),
        Seen("the layers don't fit together: W_gate and W_up go from d_model to d_ff, W_down back",
             _says("shapes cannot be multiplied", "must match the size")),
        Seen("the batch is not handled: x may have any number of leading dimensions",
             batch_fails(2)),
    ),
)  # fmt: skip


def check_SwiGLU(answer: Any, x: Tensor, d_ff: int) -> None:  # noqa: N802
    """Compare `SwiGLU(d_model, d_ff)`, with random parameters, on `x` `(..., d_model)`."""
    parameters = _random(transformer_block.SwiGLU(x.shape[-1], d_ff))
    _check_swiglu(answer, x, d_ff, parameters)
    _check_swiglu(answer, x, d_ff, parameters, training=True)


def _swiglu_cases(f: Any, *cases: tuple[Tensor, int]) -> None:
    for x, d_ff in cases:
        check_SwiGLU(f, x, d_ff)


EXERCISE.contract("SwiGLU", {
    "x of shape (..., d_model), any leading dimensions": lambda f: _swiglu_cases(
        f, (torch.randn(5, 8), 3), (torch.randn(8), 5), (torch.randn(2, 3, 4, 5), 9)
    ),
    "sizes that are alike": lambda f: check_SwiGLU(f, torch.randn(6, 6), 6),
    "a single position, and sizes of 1": lambda f: _swiglu_cases(
        f, (torch.randn(1, 4), 12), (torch.randn(7, 2), 1), (torch.randn(3, 1), 4)
    ),
    "large numbers": lambda f: check_SwiGLU(f, 3 * torch.randn(2, 1, 16), 40),
    "x in any memory layout": lambda f: check_SwiGLU(f, torch.randn(2, 4, 5).mT, 7),
    "the dtype of x": lambda f: check_SwiGLU(f, torch.randn(2, 3, 4, dtype=torch.float64), 5),
})  # fmt: skip


# --- DecoderBlock --------------------------------------------------------------------------


def _split(x: Tensor, n_heads: int) -> Tensor:
    return x.unflatten(-1, (n_heads, -1)).transpose(-3, -2)


def _merge(x: Tensor) -> Tensor:
    return x.transpose(-3, -2).flatten(-2)


def _rope(x: Tensor, first: int = 0) -> Tensor:
    n, d = x.shape[-2:]
    positions = first + torch.arange(n)
    angles = positions[:, None] * 10000.0 ** (-torch.arange(0, d, 2) / d)
    cos, sin = angles.cos(), angles.sin()
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)


class _Attention(nn.Module):
    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, d_model, bias=False)
        self.W_v = nn.Linear(d_model, d_model, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        heads, n = self.n_heads, x.shape[-2]
        W = (self.W_q, self.W_k, self.W_v)
        q, k, v = (_split(layer(x), heads) for layer in W)
        Q, K = (_rope(q), _rope(k))
        scores = Q @ K.mT / math.sqrt(Q.shape[-1])
        hidden = scores.masked_fill(~causal_mask(n), -math.inf)
        weights = torch.softmax(hidden, -1)
        found = weights @ v
        return self.W_o(_merge(found))


class _Block(nn.Module):
    def __init__(self, d_model: int, n_heads: int, d_ff: int) -> None:
        super().__init__()
        self.attention_norm = RMSNorm(d_model)
        self.attention = _Attention(d_model, n_heads)
        self.feed_forward_norm = RMSNorm(d_model)
        self.feed_forward = _SwiGLU(d_model, d_ff)

    def forward(self, x: Tensor) -> Tensor:
        n1, attend = (self.attention_norm, self.attention)
        n2, feed = (self.feed_forward_norm, self.feed_forward)
        y = x + attend(n1(x))
        z = y + feed(n2(y))
        return z


def _sinusoids(x: Tensor) -> Tensor:
    return sinusoidal_encoding(x.shape[-2], x.shape[-1])


def _centred(x: Tensor) -> Tensor:
    return x - _mean(x)


def _run_block(
    answer: Any, x: Tensor, n_heads: int, d_ff: int, parameters: Parameters, training: bool = False
) -> Any:
    return _run_module(answer(x.shape[-1], n_heads, d_ff), parameters.state, x, training)


def _right_at(position: int) -> Predicate:
    def when(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
        several = same_shape(got, expected) and got.shape[-2] > 1
        return several and torch.allclose(
            got[..., position, :], expected[..., position, :], atol=1e-4
        )

    return when


PRE_NORM = "x = x + attention(attention_norm(x)), then x + feed_forward(feed_forward_norm(x))"
EARLIER = "a position attends to itself and earlier ones, j <= i, and other scores become -inf "
"before the softmax"
APPLY_ROPE = "apply_rope turns queries and keys, after the split into heads, where positions are "
"the dimension before the last, (..., n_heads, n, d_head)"
PAIRS = "RoPE's pairs (2i, 2i+1) turn by 10000**(-2i/d_head) times the position, as in apply_rope"
HEADS = "(..., n, n_heads, d_head) must become (..., n_heads, n, d_head), and back for merging"
RESHAPED = (
    *("x.unflatten(-1, (n_heads, -1)).transpose(-3, -2)",),
    "x.reshape(*x.shape[:-2], n_heads, x.shape[-2], -1)",
)
FLATTENED = ("x.transpose(-3, -2).flatten(-2)", "x.reshape(*x.shape[:-3], x.shape[-2], -1)")

_check_decoder_block = EXERCISE.check(
    "DecoderBlock", visible=2, hidden=4, arguments=("x", "n_heads", "d_ff", "parameters"),
    reference=transformer_block.DecoderBlock, procedure=_run_block,
    text=[_split, _merge, _rope, _SwiGLU, _Attention, _Block],
    expects=f"{PRE_NORM}: pre-norm; the attention is causal, its queries and keys are rotated by "
        "apply_rope; the result has the shape of x",
    mistakes=(
        Edit(NO_SUPER, "d_ff):\n        super().__init__()\n        self.a", "d_ff):\n        "
            "self.a"),
        *instead_of("y = x + attend(n1(x))", right=PRE_NORM, wrong={
            "y = attend(n1(x))": "the residual around the attention is missing",
            "y = n1(x) + attend(n1(x))": "the residual around the attention adds the normalised x",
            "y = n1(x + attend(x))": "the attention is post-norm",
            "y = x + attend(x)": "attention_norm is not used",
            "y = x + attend(n2(x))": "the same norm serves both halves (feed_forward_norm, or one "
                "module under two names)",
            "y = x": "the attention is missing",
        }),
        *instead_of("z = y + feed(n2(y))", right=PRE_NORM, wrong={
            "z = feed(n2(y))": "the residual around the feed-forward is missing",
            "z = n2(y) + feed(n2(y))": "the residual around the feed-forward adds the normalised x",
            "z = n2(y + feed(y))": "the feed-forward is post-norm",
            "z = y + feed(y)": "feed_forward_norm is not used",
            "z = y + feed(n1(y))": "the same norm is used twice (attention_norm)",
            "z = y": "the feed-forward is missing",
            "z = x + feed(n2(y))": "the second residual adds the block's input instead of the "
                "running x",
            "z = y - x + feed(n2(y))": "the second residual adds the attention's output without x",
            "z = x + y + feed(n2(y))": "the block's input is added once more at the end",
            "z = y + feed(n2(x))": "attention and feed-forward run side by side on the same x",
            "z = x + feed(n2(y - x))": "the feed-forward works on the attention's output alone",
        }),
        *instead_of("return z", right=PRE_NORM, wrong={
            "y = attend(n1(x)); return feed(n2(y))": "both residuals are missing",
            "y = n1(x) + attend(n1(x)); return n2(y) + feed(n2(y))": "the residuals add the "
                "normalised x, though the norm is on the branch only",
            "y = n1(x + attend(x)); return n2(y + feed(y))": "the norms come after the sum "
                "(post-norm)",
            "y = x + n1(attend(x)); return y + n2(feed(y))": "the norm comes after the sublayer, "
                "before the sum",
            "y = x + attend(x); return y + feed(y)": "both norms are missing in forward",
            "y = x + attend(n2(x)); return y + feed(n1(y))": "the two norms are swapped",
            "y = x + attend(n1(_centred(x))); return y + feed(n2(_centred(y)))": "the norms are "
                "LayerNorms (the mean is subtracted), not RMSNorm",
            "y = x + attend(n2(n1(x))); return y + feed(y)": "both norms are applied before the "
                "attention",
            ("return n2(z)", "return n1(z)"): "the result is normalised once more at the end",
            **{f"y = x + {s} * attend(n1(x)); return y + {s} * feed(n2(y))": "what attention and "
                "feed-forward give is halved or scaled"
               for s in (0.5, 0.5**0.5)},
            **{f"y = {s} * (x + attend(n1(x))); return {s} * (y + feed(n2(y)))": "the sums are "
                "scaled or halved"
               for s in (0.5, 0.5**0.5)},
            ("return z / 2", "return z / math.sqrt(2)"): "the block's result is scaled or halved",
            "y = x + feed(n2(x)); return y + attend(n1(y))": "the feed-forward comes before the "
                "attention",
        }),
        Edit("only the queries are made from the normalised x, keys and values are not: "
            f"{PRE_NORM}",
             "def forward(self, x):\n        heads", "def forward(self, x, raw):\n        heads",
             "layer(x), heads) for layer in W",
             "layer(t), heads) for layer, t in zip(W, (x, raw, raw))", "attend(n1(x))",
             "attend(n1(x), x)"),
        *instead_of("scores.masked_fill(~causal_mask(n), -math.inf)", right=EARLIER, wrong={
            "scores": "there is no causal mask",
            "scores.masked_fill(~causal_mask(n).mT, -math.inf)": "the mask is the wrong way round "
                "(transposed, upper triangle)",
            "scores.masked_fill(torch.ones(n, n).triu(2).bool(), -math.inf)": "the mask lets a "
                "position see one later (off by one)",
            "scores.masked_fill(~torch.eye(n).bool(), -math.inf)": "a position sees only itself",
            "scores.masked_fill(~causal_mask(n), 0.0)": "masked scores are set to 0 instead of "
                "-inf, and exp(0) is 1",
            **{f"scores.masked_fill({mask}, {blocked})": what for blocked in ("-math.inf",
            -1e9) for mask, what in (
                ("causal_mask(n)", "the mask is inverted"),
                ("~causal_mask(n).tril(-1)", "the mask leaves out the position itself (off by one, "
                    "j < i)"))},
        }),
        *instead_of("weights @ v", right=EARLIER, wrong={
            "torch.softmax(scores, -1).tril() @ v": "the mask comes after the softmax, so that the "
                "weights no longer sum to 1",
            "torch.softmax(scores.masked_fill(causal_mask(n), -math.inf), -1).nan_to_num() @ v":
                "the mask is inverted",
            "torch.softmax(scores.masked_fill(~causal_mask(n).tril(-1), -math.inf), "
            "-1).nan_to_num() @ v":
                "the mask leaves out the position itself (off by one, j < i)",
        }),
        *instead_of("Q, K = (_rope(q), _rope(k))", right=APPLY_ROPE, wrong={
            "Q, K = (q, k)": "RoPE is missing, or without effect because it takes heads for "
                "positions",
            "Q, K, v = (_rope(q), _rope(k), _rope(v))": "RoPE is applied to the values too",
            "Q, K = (_rope(q), k)": "RoPE is applied to the queries only",
            "Q, K = (q, _rope(k))": "RoPE is applied to the keys only",
            "Q, K, v = (q, _rope(k), _rope(v))": "RoPE is applied to keys and values instead of "
                "queries and keys",
            "Q, K = (_split(_rope(layer(x)), heads) for layer in W[:2])": "RoPE is applied before "
                "the split into heads, with the angles of d_model",
            "Q, K = (_split(layer(_rope(x)), heads) for layer in W[:2])": "RoPE is applied to x "
                "before the projection",
            "Q, K, v = (_split(layer(_rope(x)), heads) for layer in W)": "RoPE is applied to all "
                "of the attention's input",
            "Q, K, v = (_split(layer(x + _sinusoids(x)), heads) for layer in W)": "sinusoidal "
                "positions replace RoPE",
            ("Q, K = (_rope(q, 1), _rope(k))", "Q, K = (_rope(q), _rope(k, 1))"): "RoPE's "
                "positions are off by one between queries and keys",
        }),
        *(Edit(f"{what}: {APPLY_ROPE}", "Q, K = (_rope(q), _rope(k))", "Q, K = (q, k)", old,
        new) for what, old, new in (
            ("RoPE is applied to what the attention gives", "_merge(found)",
            "_merge(_rope(found))"),
            ("RoPE is applied to what the attention gives", "_merge(found)",
            "_rope(_merge(found))"),
            ("there is neither a causal mask nor RoPE", "-math.inf", "scores"),
            ("sinusoidal positions replace RoPE", "y = x", "x = x + _sinusoids(x); y = x"))),
        Edit("sinusoidal positions are added to x: this model has RoPE on queries and keys",
             "y = x", "x = x + _sinusoids(x); y = x"),
        *instead_of("first + torch.arange(n)", right="RoPE's positions are 0 to n-1, as in "
            "apply_rope", wrong={
            "2 * torch.arange(n)": "RoPE is applied twice",
            "-torch.arange(n)": "RoPE turns the wrong way (the sign of the sine is flipped, or its "
                "positions run backwards)",
        }),
        *instead_of("10000.0 ** (-torch.arange(0, d, 2) / d)", right=PAIRS, wrong={
            "10000.0 ** (-torch.arange(d // 2) / d)": "RoPE's angles fall with i/d_head instead of "
                "2i/d_head",
            "10000.0 ** (torch.arange(0, d, 2) / d)": "the sign in RoPE's exponent is wrong",
            "torch.ones(d // 2)": "all pairs turn by the same angle",
            **{f"{b} ** (-torch.arange(0, d, 2) / d)": f"RoPE's base is {b:g}" for b in (100.0,
            1000.0, 1e5, 5e5, 1e6)},
        }),
        *instead_of("return torch.stack((even * cos - odd * sin, even * sin + odd * cos), "
            "-1).flatten(-2)", right=PAIRS, wrong={
            "even, odd = x.chunk(2, -1); return torch.cat((even * cos - odd * sin, even * sin + "
            "odd * cos), -1)":
                "RoPE is in the half-split layout",
            "return x * cos.repeat(1, 2) + torch.stack((-odd, even), -1).flatten(-2) * "
            "sin.repeat(1, 2)":
                "RoPE mixes the half-split angles with interleaved pairs",
        }),
        *instead_of("/ math.sqrt(Q.shape[-1])", right="the scores are divided by the square root "
            "of d_head", wrong={
            "": "the scores are not scaled",
            "/ Q.shape[-1]": "the scores are divided by d_head itself",
            "/ math.sqrt(x.shape[-1])": "the scores are divided by the square root of d_model",
            "/ math.sqrt(heads)": "the scores are divided by the square root of n_heads",
            "/ math.sqrt(n)": "the scores are divided by the square root of n",
            "* math.sqrt(Q.shape[-1])": "the scores are multiplied by the square root of d_head",
        }),
        *instead_of("self.n_heads = n_heads", right="there are n_heads heads of d_model / n_heads "
            "features", wrong={
            "self.n_heads = 1": "n_heads is ignored (a single head of d_model features)",
            **{f"self.n_heads = {n}": f"n_heads is ignored ({n} is hard-coded)" for n in (2, 4, 8)},
            "self.n_heads = d_model // n_heads": "d_head and n_heads are mixed up",
        }),
        Edit(f"the heads are split without a transpose: {HEADS}", *RESHAPED),
        Edit(f"the heads are split and merged without a transpose: {HEADS}", *RESHAPED, *FLATTENED),
        Edit(f"the heads are merged without a transpose: {HEADS}", *FLATTENED),
        Edit("head h takes every n_heads-th feature: it takes h*d_head to (h+1)*d_head - 1",
             RESHAPED[0], "x.unflatten(-1, (-1, n_heads)).movedim(-1, -3)"),
        *instead_of("return self.W_o(_merge(found))", right="the merged heads go through W_o once",
        wrong={
            "return _merge(found)": "W_o is not used",
            "return self.W_o(self.W_o(_merge(found)))": "W_o is used twice",
        }),
        *(Edit(f"{one} and {two} are one and the same layer: each is an nn.Linear of its own",
               f"self.{two} = nn.Linear(d_model, d_model, bias=False)", f"self.{two} = self.{one}")
          for one, two in (("W_q", "W_k"), ("W_k", "W_v"), ("W_q", "W_v"), ("W_v", "W_o"))),
        *instead_of("W = (self.W_q, self.W_k, self.W_v)", right="queries come from W_q, keys from "
            "W_k, values from W_v", wrong={
            "W = (self.W_k, self.W_q, self.W_v)": "W_q and W_k are swapped",
            "W = (self.W_q, self.W_v, self.W_k)": "W_k and W_v are swapped",
            "W = (self.W_v, self.W_k, self.W_q)": "W_q and W_v are swapped",
            "W = (self.W_q, self.W_q, self.W_v)": "the keys are made with W_q",
            "W = (self.W_q, self.W_k, self.W_k)": "the values are made with W_k",
            "W = (self.W_q, self.W_k, self.W_q)": "the values are made with W_q",
        }),
        *instead_of("torch.softmax(hidden, -1)", right="the weights are the softmax over the keys, "
            "dim=-1", wrong={
            "torch.softmax(hidden, -2)": "the softmax runs over the queries (dim -2)",
            "scores.tril()": "the softmax is missing",
        }),
        *instead_of("F.silu", right="SwiGLU uses silu, W_down(silu(W_gate(x)) * W_up(x))", wrong={
            "F.gelu": "the feed-forward's activation is a GELU",
            "F.relu": "the feed-forward's activation is a ReLU",
            "": "the feed-forward's activation is missing",
        }),
        Edit("the batch is flattened into the positions: positions of one sequence must not see "
            "another",
             "attend(n1(x))", "attend(n1(x).flatten(0, -2)).reshape(x.shape)"),
        DROPOUT,
        BIASED,
        Seen("a layer has the wrong size: W_q, W_k, W_v and W_o go from d_model to d_model "
            "(n_heads heads of d_model / n_heads features), the feed-forward to d_ff and back",
             _parameters(lambda got: bool(got.misshaped))),
        OTHER_NAMES,
        SEVERAL_CAME,
        Seen("a tuple is added or normalised: where the attention gives (output, weights), take "
            "the output",
             _says("'tuple'", "(tuple", "not tuple")),
        Seen("the result is not finite: every row of the mask needs a key (the position itself is "
            "always allowed), and -inf must not be multiplied", not_finite),
        Seen("the last position is right and others are not: look at the causal mask",
             _right_at(-1)),
        Seen("position 0 is right and others are not: look at the causal mask and at RoPE "
            "(apply_rope on queries and keys, after the split into heads)", _right_at(0)),
        Seen("the sizes don't fit together: see the shapes of queries, keys and values before and "
            "after the split into heads, and of the mask",
             _says("size of tensor", "shapes cannot be multiplied", "shape '[")),
    ),
)  # fmt: skip


def check_DecoderBlock(answer: Any, x: Tensor, n_heads: int, d_ff: int) -> None:  # noqa: N802
    """Compare `DecoderBlock(d_model, n_heads, d_ff)`, with random parameters, on `x`.

    To 3e-5: right answers that add in another order are up to 3e-6 apart.
    """
    parameters = _random(transformer_block.DecoderBlock(x.shape[-1], n_heads, d_ff))
    for training in ({}, {"training": True}):
        _check_decoder_block(answer, x, n_heads, d_ff, parameters, tolerance=3e-5, **training)


def _block_cases(f: Any, *cases: tuple[int, int, int, int, int]) -> None:
    for batch, n, d_model, n_heads, d_ff in cases:
        check_DecoderBlock(f, torch.randn(batch, n, d_model), n_heads, d_ff)


EXERCISE.contract("DecoderBlock", {
    "x of shape (batch, n, d_model)": lambda f: _block_cases(f, (3, 4, 16, 4, 12)),
    "a single position": lambda f: _block_cases(f, (2, 1, 8, 2, 6)),
    "a single head, and heads of two features": lambda f: _block_cases(f, (1, 6, 8, 1, 24), (2, 3,
    12, 6, 5)),
    "sizes that are alike": lambda f: _block_cases(f, (4, 8, 8, 2, 8), (2, 4, 16, 4, 16)),
    "many positions": lambda f: _block_cases(f, (1, 40, 24, 3, 30)),
    "large numbers": lambda f: check_DecoderBlock(f, 3 * torch.randn(2, 6, 12), 2, 9),
    "x in any memory layout": lambda f: check_DecoderBlock(f, torch.randn(2, 12, 5).mT, 3, 7),
})  # fmt: skip


# --- DecoderLM -----------------------------------------------------------------------------


class _LM(nn.Module):
    def __init__(self, config: Any) -> None:
        super().__init__()
        sizes = (config.d_model, config.n_heads, config.d_ff)
        self.embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.blocks = nn.ModuleList([DecoderBlock(*sizes) for _ in range(config.n_layers)])
        self.norm = RMSNorm(config.d_model)
        self.output = nn.Linear(config.d_model, config.vocab_size, bias=False)

    def forward(self, tokens: Tensor) -> Tensor:
        e = self.embedding(tokens)
        x = e
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        logits = self.output(x)
        return logits


def _run_lm(
    answer: Any, config: Any, tokens: Tensor, parameters: Parameters, training: bool = False
) -> Any:
    return _run_module(answer(config), parameters.state, tokens, training)


def _only(missing: str = "", unasked: str = "") -> Predicate:
    """All missing and all unasked parameters start so; none, where that is empty."""

    def is_so(got: OtherParameters) -> bool:
        pairs = ((got.missing, missing), (got.unasked, unasked))
        return all(
            bool(names) == bool(start) and all(n.startswith(start) for n in names)
            for names, start in pairs
        )

    return _parameters(is_so)


_check_decoder_lm = EXERCISE.check(
    "DecoderLM", visible=2, hidden=4, arguments=("config", "tokens", "parameters"),
    reference=transformer_block.DecoderLM, text=[_LM], procedure=_run_lm,
    expects="output(norm(x)), where x is embedding(tokens) after each of the n_layers blocks: "
        "logits of shape (..., n, vocab_size), for tokens (..., n)",
    mistakes=(
        Edit(NO_SUPER, "super().__init__()", "pass"),
        *instead_of("x = self.norm(x)", right="the final norm comes once, after all blocks, "
            "output(norm(x))", wrong={
            "pass": "the final norm is missing in forward",
            "x = self.norm(self.norm(x))": "the final norm is applied twice",
            "x = self.norm(_centred(x))": "the final norm is a LayerNorm (the mean is subtracted), "
                "not RMSNorm",
        }),
        *(Edit(f"{what}: self.norm comes once, after all blocks, output(norm(x))",
        *changes) for what, *changes in (
            ("the embedding is normalised before the blocks", "x = e", "x = self.norm(e)",
            "x = self.norm(x)", "pass"),
            ("self.norm is used before the blocks too", "x = e", "x = self.norm(e)"),
            ("the norm comes after each block", "x = block(x)", "x = self.norm(block(x))",
            "x = self.norm(x)", "pass"),
            ("the norm comes after each block and at the end", "x = block(x)", "x = "
                "self.norm(block(x))"),
            ("the norm comes after the output layer", "x = self.norm(x)", "pass", "self.output(x)",
            "self.norm(self.output(x))"))),
        Edit("the output layer shares the embedding's weight (tied): it has its own",
             "bias=False)", "bias=False); self.output.weight = self.embedding.weight"),
        *instead_of("logits = self.output(x)", right="the output layer makes the logits, and "
            "nothing changes them", wrong={
            "logits = x @ self.embedding.weight.T": "the logits are made with the embedding's "
                "weight (tied)",
            "logits = x": "the hidden states come back",
            ("logits = self.output(x) / math.sqrt(x.shape[-1])", "logits = self.output(x) * "
                "math.sqrt(x.shape[-1])"):
                "the logits are scaled by the square root of d_model",
        }),
        *instead_of("x = e", right="the embedding is not scaled, and only RoPE in the attention "
            "tells positions", wrong={
            "x = e * math.sqrt(e.shape[-1])": "the embedding is scaled by the square root of "
                "d_model",
            "x = e / math.sqrt(e.shape[-1])": "the embedding is divided by the square root of "
                "d_model",
            "x = e + _sinusoids(e)": "sinusoidal positions are added to the embedding",
            "x = e * math.sqrt(e.shape[-1]) + _sinusoids(e)": "sinusoidal positions are added to a "
                "scaled embedding",
            "x = _rope(e)": "RoPE is applied to the embedding",
        }),
        *instead_of("in self.blocks:", right="x goes through every block, from the first to the "
            "last", wrong={
            "in self.blocks[:1]:": "only the first block is used",
            "in [self.blocks[0]] * len(self.blocks):": "the first block is used again and again",
            "in self.blocks[:-1]:": "the last block is left out",
            "in self.blocks[1:]:": "the first block is left out",
            "in ():": "no block is used",
            "in reversed(self.blocks):": "the blocks run in reverse order",
        }),
        *instead_of("x = block(x)", right="x goes from block to block, and each has its residuals "
            "inside", wrong={
            "x = block(e)": "only the last block counts (each gets the embedding)",
            "x = x + block(e) - (x is e) * x": "every block gets the embedding, and the outputs "
                "are added",
            "x = x + block(x)": "a residual is added around each block",
        }),
        Edit("the embedding is added again after the blocks: residuals are inside the blocks",
             "self.norm(x)", "self.norm(e + x)"),
        Edit("the blocks are one shared module: each layer is a DecoderBlock of its own "
            "([DecoderBlock(…)] * n repeats the same one)",
             " for _ in range(config.n_layers)]", "] * config.n_layers"),
        *instead_of("return logits", right="logits are asked for, as the output layer gives them, "
            "at every position", wrong={
            "return torch.softmax(logits, -1)": "a softmax is applied",
            "return torch.log_softmax(logits, -1)": "a log-softmax is applied",
            "return torch.tanh(logits)": "an activation is applied to the logits (tanh)",
            "return logits.mean(-2)": "the positions are averaged",
            ("return logits[..., -1, :]", "return logits[..., -1:, :]"): "only the last position's "
                "logits come back",
            "return logits.argmax(-1)": "token ids come back (arg max)",
            "return logits.mT": "the logits are transposed, though (..., n, vocab_size) is asked "
                "for",
            "return logits[..., 1:, :]": "the logits of the first position are left out",
            "return logits[..., :-1, :]": "the logits of the last position are left out",
        }),
        *instead_of("self.embedding(tokens)", right="position i of a sequence sees tokens 0 to i "
            "of it", wrong={
            "self.embedding(F.pad(tokens, (1, 0))[..., :-1])": "the tokens are shifted",
        }),
        Edit("the batch is flattened into one long sequence: sequences must not see each other",
             "(tokens)", "(tokens.reshape(-1))", "return logits", "return "
                 "logits.reshape(*tokens.shape, -1)"),
        DROPOUT,
        Seen("the output layer has a bias: nn.Linear(d_model, vocab_size, bias=False)",
             _unasked("output.bias")),
        Seen("no block's parameters are the model's, as in a plain Python list: use nn.ModuleList",
             _parameters(lambda got:
             _only("blocks.")(got) and "blocks.0.attention_norm.weight" in got.missing)),
        Seen("there are too few blocks: config.n_layers are asked for", _only("blocks.")),
        Seen("there are too many blocks: config.n_layers are asked for", _only(unasked="blocks.")),
        Seen("the final norm is missing: self.norm = RMSNorm(d_model), before the output layer",
             _only("norm.")),
        Seen("the final norm has a bias, as a LayerNorm has: it is RMSNorm, with weight only",
             _unasked("norm.bias")),
        Seen("there are learned positions: this model has none, RoPE in the attention tells "
            "positions apart",
             _parameters(lambda got: any("pos" in name for name in got.unasked))),
        Seen("the output layer is missing (tied to the embedding?): it has a weight of its own",
             _only("output.")),
        Seen("a part has the wrong size: the embedding is (vocab_size, d_model), the output layer "
            "goes from d_model to vocab_size, DecoderBlock takes d_model, n_heads and d_ff in this "
            "order",
             _parameters(lambda got: bool(got.misshaped))),
        BIASED,
        OTHER_NAMES,
        Seen("a leading dimension is missing or new: tokens (..., n) give logits (..., n, "
            "vocab_size), so a single sequence has no batch dimension",
             lambda got, expected, *args, **kwargs:
             got.dim() != expected.dim() and got.numel() == expected.numel()),
        SEVERAL_CAME,
        Seen("sizes don't divide, as where d_ff and n_heads are swapped: DecoderBlock(d_model, "
            "n_heads, d_ff)",
             _says("divi", "n_heads", "unflatten")),
        Seen("config is taken apart the wrong way: DecoderLM(config) gets one ModelConfig and "
            "reads its attributes, such as config.d_model",
             _says("ModelConfig", "argument", "subscriptable")),
        Seen("the batch is not handled: tokens may have any number of leading dimensions, also "
            "none",
             lambda got, expected, config, tokens, *args, **kwargs: batch_fails(2)(got, expected,
             tokens)),
        Seen("the result is not finite, though it should be", not_finite),
    ),
)  # fmt: skip


def check_DecoderLM(  # noqa: N802
    answer: Any, config: Any, tokens: Tensor, state: State | None = None
) -> None:
    """Compare the logits of `DecoderLM(config)` on `tokens`, with random parameters or those of a
    trained model, `state`.

    To 1e-4: right answers that add in another order are up to 1e-5 apart.
    """
    if state is None:
        parameters = _random(transformer_block.DecoderLM(config))
    else:
        parameters = Parameters(state, "those of a trained model")
    for training in ({}, {"training": True}):
        _check_decoder_lm(answer, config, tokens, parameters, tolerance=1e-4, **training)


def _lm_cases(
    f: Any, config: Any, *shapes: tuple[int, ...], vocab_size: int = 13, **other: int
) -> None:
    sizes = {"d_model": 12, "n_layers": 2, "n_heads": 3, "d_ff": 10} | other
    for shape in shapes:
        tokens = torch.randint(vocab_size, shape)
        check_DecoderLM(f, config(vocab_size=vocab_size, **sizes), tokens)


def _many_layers(f: Any, config: Any) -> None:
    _lm_cases(f, config, (2, 6), n_layers=1)
    _lm_cases(f, config, (2, 4), n_layers=4, d_model=16, n_heads=4, d_ff=16)


def _trained(f: Any, config: Any) -> None:
    settings, weights, _ = austen_files()
    check_DecoderLM(f, config(**settings), torch.randint(1024, (2, 50)), weights)


EXERCISE.contract("DecoderLM", {
    "tokens (..., n), any leading dimensions": lambda f, config: _lm_cases(
        f, config, (3, 5), (7,), (2, 3, 4), (2, 1, 2, 3)
    ),
    "a single token": lambda f, config: _lm_cases(f, config, (1, 1), (1,)),
    "config.n_layers blocks": _many_layers,
    "sizes that are alike": lambda f, config: _lm_cases(
        f, config, (8, 8), vocab_size=8, d_model=8, n_heads=1, d_ff=8
    ),
    "many positions": lambda f, config: _lm_cases(
        f, config, (1, 30), vocab_size=40, d_model=32, n_heads=8, d_ff=20
    ),
    "tokens in any memory layout": lambda f, config: check_DecoderLM(
        f, config(11, 8, 2, 2, 14), torch.randint(11, (5, 2)).mT
    ),
    "the weights of a trained model": _trained,
})  # fmt: skip


# --- sampling: is it the right distribution? -------------------------------------------------

CERTAINTY = 30.0
"""A right answer is taken for a wrong one with a probability below `2 exp(-30)` = 2e-13 for each
frequency that is looked at."""
LIKELY = 10.0
"""For two samples, when a known mistake is looked for: nothing but the wording depends on it."""

SHAPE, FREQUENCIES = "shape of the ids", "frequencies of the tokens"


@dataclass(frozen=True, eq=False)
class Drawn:
    """How often each token came, `(..., vocab_size)`, in so many draws: infinitely many stand for
    the probabilities themselves. Equal is what may well be drawn from the same distribution.

    Chernoff's bound for each count c of N draws with probability p: the chance to be as far off
    is at most `exp(-N KL(c/N || p))`, KL the divergence of two coins (Hoeffding 1963, theorem 1).
    Two samples are compared with both together (a likelihood ratio).
    """

    shares: Tensor
    draws: float

    def __repr__(self) -> str:
        return str([round(share, 3) for share in self.shares.flatten().tolist()])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Drawn) or self.shares.shape != other.shares.shape:
            return False
        exact = [d.shares for d in (self, other) if math.isinf(d.draws)]
        p = exact[0] if exact else (self.shares + other.shares) / 2
        gap = torch.zeros(p.shape, dtype=p.dtype)
        for q, draws in ((d.shares, d.draws) for d in (self, other) if not math.isinf(d.draws)):
            # Where p is 0 and q is not, this is so large that a single draw decides.
            gap += draws * torch.xlogy(q, q / p.clamp(1e-300))
            gap += draws * torch.xlogy(1 - q, (1 - q) / (1 - p).clamp(1e-300))
        return bool((gap <= (CERTAINTY if exact else LIKELY)).all())


def _probabilities(logits: Tensor, temperature: float = 1.0, top_k: int | None = None) -> Tensor:
    """What a token is drawn from, float64."""
    scaled = logits.double() / temperature
    if top_k is not None:
        best, ids = scaled.topk(top_k, -1)
        scaled = torch.full_like(scaled, -math.inf).scatter(-1, ids, best)
    return torch.softmax(scaled, -1)


def _ids(tokens: Any) -> Any:
    """Token ids as int64, whatever kind of whole number they are; anything else as it is."""
    if isinstance(tokens, Tensor) and not tokens.is_floating_point() and tokens.dtype != torch.bool:
        return tokens.long()
    if isinstance(tokens, int) and not isinstance(tokens, bool):
        return torch.tensor(tokens)
    return tokens


def _frequencies(ids: Tensor, n: int) -> Any:
    """How often each of `n` ids comes along the first dimension, `(draws, ...)`."""
    if bool(((ids < 0) | (ids >= n)).any()):
        return "ids outside the vocabulary"
    return Drawn((ids[..., None] == torch.arange(n)).double().mean(0), len(ids))


def _generator(seed: int | None) -> dict[str, torch.Generator]:
    return {} if seed is None else {"generator": torch.Generator().manual_seed(seed)}


EQUAL_SEEDS, OTHER_SEED = "two generators of equal seed", "a generator of another seed"
USED_AGAIN, NO_GENERATOR = "a generator that is used again", "no generator, twice"
SEEDS_EXPECTED = (
    "generators of equal seed give equal tokens; another seed, the same generator used "
)
"again, or none gives others"


def _compare_seeds(draw: Callable[..., Any], seed: int, other: int) -> dict[str, str]:
    """Whether `draw(generator=…)` gives equal tokens, for generators of these seeds."""
    generator = _generator(seed)
    first = draw(**generator)
    pairs = {
        USED_AGAIN: (first, draw(**generator)),
        EQUAL_SEEDS: (first, draw(**_generator(seed))),
        OTHER_SEED: (first, draw(**_generator(other))),
        NO_GENERATOR: (draw(generator=None), draw(generator=None)),
    }
    return {
        what: "equal tokens" if torch.equal(*pair) else "other tokens"
        for what, pair in pairs.items()
    }


def _seed_mistakes(place: str) -> list[Edit | Seen]:
    """Mistakes with the generator, edits of a line that stands before its use."""
    new = "torch.Generator().manual_seed(0)"
    edits = {
        "None": "the generator is ignored (the global random state is used): pass it on, as in "
        "torch.multinomial(…, generator=generator)",
        new: "a generator with a fixed seed replaces the one that is given: draw with that one",
        "generator and generator.clone_state()": "the same random numbers come when a generator is "
        "used again (it is copied, or seeded anew, or its seed is given to another one): draw "
        "with the generator itself, which moves it on",
        f"generator or {new}": "the same tokens come at each call without a generator (there is a "
        "fixed seed): draw with torch's global random state",
    }
    seen = {
        EQUAL_SEEDS: "generators of equal seed give other tokens: draw with the generator that is "
        "given alone",
        OTHER_SEED: "generators of another seed give the same tokens: draw with the generator that "
        "is given",
        USED_AGAIN: "a generator that is used again gives the same tokens: draw with the generator "
        "itself, which moves it on",
        NO_GENERATOR: "the same tokens come at each call without a generator: set no seed, and "
        "draw with torch's global random state",
    }
    return [
        *(Edit(said, place, f"{place}; generator = {now}") for now, said in edits.items()),
        *(Seen(said, _other_entry(key)) for key, said in seen.items()),
    ]


def _other_entry(key: str) -> Predicate:
    return lambda got, expected, *args, **kwargs: got[key] != expected[key]


OTHER_DEFAULTS = [
    Edit(
        f"top_k is {size} unless it is given: its default is None, all tokens",
        "top_k=None",
        f"top_k={size}",
    )
    for size in (1, 3, 5, 10, 20, 40, 50)
]


# --- sample_next ---------------------------------------------------------------------------


def _refuse(temperature: float, top_k: int | None) -> None:
    if temperature < 0:
        raise ValueError(f"temperature is {temperature}; it must be 0 or greater")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k is {top_k}; it must be at least 1")


def _sample(
    logits: Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    _refuse(temperature, top_k)
    if temperature == 0:
        return logits.argmax(-1)
    n = logits.shape[-1]
    z = logits / temperature
    k = min(top_k or n, n)
    best, ids = z.topk(k, -1)
    kept = torch.full_like(z, -math.inf).scatter(-1, ids, best)
    p = torch.softmax(kept, -1)
    rows = p.reshape(-1, n)
    drawn = torch.multinomial(rows, 1, generator=generator)
    return drawn.reshape(logits.shape[:-1])


def _run_sample(
    answer: Any, logits: Tensor, draws: int | None = None, seed: int | None = None, **options: Any
) -> Any:
    """The ids for `logits`, or with `draws` their frequencies in as many equal rows.

    `temperature` and `top_k` are passed on where they are given: the defaults are the answer's.
    Of the reference come the probabilities themselves.
    """
    if draws is None:
        return _ids(answer(logits, **options, **_generator(seed)))
    rows = logits.expand(draws, *logits.shape).contiguous()
    shape = tuple(rows.shape[:-1])
    if answer is sample_next:
        return {SHAPE: shape, FREQUENCIES: Drawn(_probabilities(logits, **options), math.inf)}
    ids = _ids(answer(rows, **options, **_generator(seed)))
    if not isinstance(ids, Tensor) or ids.is_floating_point():
        return ids
    found = _frequencies(ids, logits.shape[-1]) if ids.shape == shape else "unknown"
    return {SHAPE: tuple(ids.shape), FREQUENCIES: found}


def _shape_of(result: Any) -> Any:
    return result[SHAPE] if isinstance(result, dict) else tuple(result.shape)


def _shaped(change: Callable[[tuple[int, ...], Tensor], bool]) -> Predicate:
    """Ids of another shape than the right one, of which `change(shape, right shape)` is true."""
    return lambda got, expected, *args, **kwargs: (
        _shape_of(got) != _shape_of(expected) and change(_shape_of(got), _shape_of(expected))
    )


def _at(when: Predicate, **given: Any) -> Predicate:
    """`when`, where the call has these options."""
    return lambda *args, **kwargs: kwargs.items() >= given.items() and when(*args, **kwargs)


def _no_ids(got: Any, *args: Any, **kwargs: Any) -> bool:
    whole = isinstance(got, Tensor) and got.dtype == torch.int64
    return not whole and not isinstance(got, Raised | dict)


_REFUSED = raised("ValueError", "AssertionError")
_DRAW = "draw from softmax(logits / temperature), taken over the vocabulary (dim=-1)"

check_sample_next = EXERCISE.check(
    "sample_next", visible=2, hidden=3, arguments=("logits", "temperature", "top_k"),
    reference=sample_next, text=[_sample], procedure=_run_sample,
    expects="token ids of shape (...) for logits (..., vocab_size), drawn from softmax(logits / "
        "temperature) among the top_k largest; the arg max at temperature 0",
    mistakes=(
        Edit("temperature 0 is divided by, which makes NaN or infinite logits: it means the arg "
            "max, so deal with it first",
             "if temperature == 0:", "if False:"),
        *instead_of("logits.argmax(-1)", right="temperature 0 gives the index of each row's "
            "largest logit, argmax(dim=-1)", wrong={
            "logits.argmin(-1)": "the smallest logit is taken at temperature 0 (arg min)",
            ("logits.argmax(0)", "logits.argmax()", "logits.argmax(-2)"): "the arg max runs over "
                "the wrong dimension",
            "logits.amax(-1)": "the largest logit comes back, not its index",
            "F.one_hot(logits.argmax(-1), logits.shape[-1])": "a one-hot vector comes back",
            "logits.argmax(-1, keepdim=True)": "the last dimension is kept",
        }),
        *instead_of("z = logits / temperature", right="divide the logits by the temperature before "
            "the softmax", wrong={
            "z = logits": "the temperature is ignored (or added, which changes nothing)",
            "z = logits * temperature": "the temperature is multiplied by",
            "z = logits / temperature ** 2": "the logits are divided by the temperature twice (or "
                "by its square)",
            "z = logits / math.sqrt(temperature)": "the logits are divided by the square root of "
                "the temperature",
            "z = logits / (1 + temperature)": "the logits are divided by 1 + temperature",
            "z = -logits / temperature": "the sign of the logits is flipped",
            "z = torch.softmax(logits, -1) / temperature": "the temperature is applied after the "
                "softmax",
            "z, top_k = (logits, None)": "temperature and top_k are both ignored",
        }),
        *instead_of("k = min(top_k or n, n)", right="top_k is the number of tokens to keep, those "
            "with the largest logits", wrong={
            "k = n": "top_k is ignored",
            "k = max(1, min((top_k or n + 1) - 1, n))": "top_k is off by one, and one token too "
                "few is kept",
            "k = min((top_k or n) + 1, n)": "top_k is off by one, and one token too many is kept",
            "k = max(1, n - (top_k or 0))": "top_k is taken for the number of tokens to leave out",
        }),
        *instead_of("kept = torch.full_like(z, -math.inf).scatter(-1, ids, best)", right="each "
            "row's top_k largest logits stay, and the others become -inf", wrong={
            "kept = z.masked_fill(z > -(-z).topk(k, -1)[0][..., -1:], -math.inf)": "the top_k "
                "smallest logits are kept",
            "kept = z.scatter(-1, ids, -math.inf) if top_k else z": "the top_k largest logits are "
                "removed",
            "kept = z.masked_fill(torch.arange(n) >= k, -math.inf)": "the first top_k tokens of "
                "the vocabulary are kept",
            "kept = torch.zeros_like(z).scatter(-1, ids, best)": "logits outside the top_k are set "
                "to 0, which is an ordinary logit",
            "kept = F.pad(best, (0, n - k), value=-math.inf) if top_k else z": "the place among "
                "the top_k is taken for the token's id, which topk's indices hold",
            "kept = z.masked_fill(z < best.reshape(-1, k)[0, -1], -1e9) if top_k else z":
                "the top_k largest of the first row decide for all rows",
            "kept = z.masked_fill(z < z.flatten().topk(k)[0][-1], -1e9) if top_k else z":
                "the top_k largest of all rows together are kept",
        }),
        *instead_of("p = torch.softmax(kept, -1)", right=_DRAW, wrong={
            ("p = torch.ones_like(kept)", "p = torch.softmax(kept, 0)"): "all tokens are equally "
                "likely",
            (
                "p = (kept > -math.inf).to(kept.dtype)",
                "p = (kept > -math.inf).to(kept.dtype) if top_k else torch.softmax(kept, -1)",
            ): "all of the top_k are equally likely",
            "p = F.one_hot(kept.argmax(-1), n).to(kept.dtype)": "the most likely token always "
                "comes back (arg max)",
            "p = F.one_hot(kept.argmin(-1), n).to(kept.dtype)": "the least likely token always "
                "comes back",
            "p = torch.softmax(torch.softmax(kept, -1), -1)": "the softmax is applied twice",
            ("p = kept.clamp(min=0)", "p = kept.abs()"): "the logits are normalised without the "
                "exponential",
            "p = kept - kept.amin(-1, keepdim=True)": "the logits are shifted to be positive "
                "instead of exponentiated",
            "p = torch.sigmoid(kept)": "a sigmoid replaces the softmax",
            "p = kept": "the logits are taken for probabilities",
        }),
        *instead_of("rows = p.reshape(-1, n)", right="each row is drawn from its own logits, and "
            "torch.multinomial takes one or two dimensions: flatten the leading ones for it, and "
            "restore them after (reshape)", wrong={
            "rows = p.reshape(-1, n)[:1].expand(p.numel() // n, n)": "all rows are drawn from the "
                "first row's logits",
            "rows = p": "leading dimensions are not flattened for torch.multinomial",
        }),
        *instead_of("drawn.reshape(logits.shape[:-1])", right="the ids have shape (...) for logits "
            "(..., vocab_size)", wrong={
            ("drawn.reshape(*logits.shape[:-1], 1)", "drawn"): "the last dimension is kept (size "
                "1, as torch.multinomial gives it) instead of squeezed",
            "drawn.squeeze()": "dimensions are lost or flattened (view or squeeze)",
        }),
        *OTHER_DEFAULTS,
        Seen("temperature 0 is refused: it is allowed and means the arg max", _at(_REFUSED,
             temperature=0)),
        Seen("top_k = 1 is refused: it is allowed and leaves the largest logit only", _at(_REFUSED,
             top_k=1)),
        Seen("temperature 0 is divided by: it means the arg max, so deal with it first",
             raised("ZeroDivisionError")),
        Seen("numbers that are not whole come back: the index of the largest logit is asked for "
            "(argmax), not the largest logit",
             lambda got, expected, *args, **kwargs:
             got.is_floating_point() and got.shape == expected.shape),
        Seen("the last dimension is kept (size 1, as torch.multinomial gives it): the ids have "
            "shape (...), so squeeze it",
             _shaped(lambda shape, right: shape == (*right, 1))),
        Seen("there is a dimension too many, as of probabilities or a one-hot vector: token ids "
            "are asked for",
             _shaped(lambda shape, right: shape[:-1] == right)),
        Seen("dimensions are lost, flattened or new: the ids have shape (...) for logits (..., "
            "vocab_size)",
             _shaped(lambda shape, right: True)),
        Seen("torch.multinomial takes one or two dimensions: flatten the leading dimensions for "
            "it, and restore them after (reshape)",
             _says("prob_dist must be 1 or 2 dim")),
        Seen("what is drawn from are no probabilities: apply the softmax first, and divide by no 0",
             _says("probability tensor contains", "invalid multinomial", "probabilities are not",
             "probabilities do not sum")),
        Seen("the signature is sample_next(logits, temperature=1.0, top_k=None, generator=None)",
             _says("unexpected keyword argument")),
        Seen("one token is drawn for all rows, or the same always comes: draw for each row on its "
            "own",
             lambda got, *args, **kwargs: bool((got.get(FREQUENCIES).shares.amax(-1) == 1).all())),
        Seen("a single number is made of several ids (item): give an id for every row",
             _says("converted to Scalar", "only one element")),
        Seen("ids outside the vocabulary come back", lambda got, *args, **kwargs:
             isinstance(got.get(FREQUENCIES), str)),
        Seen("the result is not a tensor of whole numbers: token ids are asked for", _no_ids),
        Seen("temperature 0 does not give the arg max: the token with the largest logit is asked "
            "for",
             _at(comes_back(Tensor), temperature=0)),
        Seen("top_k = 1 does not give the arg max: only the largest logit stays",
             _at(comes_back(Tensor), top_k=1)),
        Seen(f"the tokens come with other probabilities: {_DRAW}, among the top_k largest",
             comes_back(dict)),
    ),
)  # fmt: skip


def _run_sample_seeds(answer: Any, logits: Tensor, seed: int, other: int) -> Any:
    rows = logits.expand(200, *logits.shape).contiguous()
    return _compare_seeds(lambda generator: answer(rows, generator=generator), seed, other)


check_sample_next_seeds = EXERCISE.check(
    "sample_next",
    arguments=("logits", "seed", "another seed"),
    reference=sample_next,
    text=[_sample],
    procedure=_run_sample_seeds,
    expects=SEEDS_EXPECTED,
    mistakes=_seed_mistakes("_refuse(temperature, top_k)"),
)

ROWS = torch.tensor([[[0.5, 2.5, -1.0, 1.0, 0.0, 1.8], [1.5, -1.0, 0.9, 0.4, 2.5, -2.5]]])


def _seed() -> int:
    return int(torch.randint(1_000_000, ()))


def _largest(f: Any, **options: Any) -> Any:
    layouts = (ROWS.double(), ROWS.mT.contiguous().mT, ROWS.transpose(0, 1), ROWS[:, :, None])
    cases = (ROWS[0, 0], ROWS[0], ROWS, *layouts)
    return [check_sample_next(f, logits, **options) for logits in cases]


def _limit(f: Any) -> None:
    # Close, but not equal: only the limit itself tells the largest from the next.
    close = torch.randperm(30).expand(4, 30) / 1000
    for logits in (torch.randn(4, 4), torch.randn(2, 3, 40), close):
        check_sample_next(f, logits, temperature=0)


def _proportions(f: Any, *options: dict[str, Any]) -> Any:
    return [
        check_sample_next(f, logits, **given, draws=4000, seed=_seed())
        for given in options
        for logits in (ROWS[0, 1], ROWS[0], ROWS)
    ]


def _refuses(f: Any, says: tuple[str, ...], why: str, *calls: dict[str, Any]) -> None:
    for given in calls:
        value = str(given.get("top_k", given.get("temperature")))
        logits = torch.randn(2, 6)
        check_sample_next.raises(f, ValueError, logits, **given, says=(*says, value), why=why)


EXERCISE.contract("sample_next", {
    "temperature 0 is the arg max": lambda f: [
        call(f, **given) for call, given in
        ((_largest, {"temperature": 0}), (_largest, {"temperature": 0.0}), (_limit, {}))
    ],
    "top_k of 1 leaves the largest logit": lambda f: [
        _largest(f, **given) for given in ({"top_k": 1}, {"temperature": 3.0, "top_k": 1})
    ],
    "a token that is ahead by far": lambda f: check_sample_next(
        f, torch.tensor([[0.0, 40.0, -40.0], [5.0, 1.0, 40.0]]), temperature=0.5
    ),
    "drawn from softmax(logits / temperature), any leading dimensions": lambda f: _proportions(
        f, {}, {"temperature": 3.0}, {"temperature": 0.4}
    ),
    "drawn among the top_k largest": lambda f: [
        _proportions(f, {"top_k": 2}, {"temperature": 2.0, "top_k": 4}, {"top_k": 6}),
        check_sample_next(f, ROWS[0], temperature=1.5, top_k=3, draws=4000),
    ],
    "all tokens unless top_k is given": lambda f: check_sample_next(
        f, torch.linspace(0.2, -0.2, 60), draws=4000
    ),
    "equal generator seeds give equal tokens": lambda f: check_sample_next_seeds(
        f, ROWS[0], seed := _seed(), seed + 1
    ),
    "ValueError for a negative temperature": lambda f: _refuses(
        f, ("temperature",), "a temperature can't be negative", {"temperature": -0.1},
        {"temperature": -2}
    ),
    "ValueError for top_k < 1": lambda f: _refuses(
        f, ("top_k", "top-k", "top k"), "at least one token must be kept",
        {"top_k": 0}, {"top_k": -1}, {"temperature": 0.7, "top_k": 0},
    ),
})  # fmt: skip


# --- generate ------------------------------------------------------------------------------


class Chain(nn.Module):
    """A model of which the logits for the next token depend on the last one only."""

    def __init__(self, table: Tensor) -> None:
        super().__init__()
        self.table = nn.Parameter(table)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.table[tokens]


class Reader(nn.Module):
    """A model of which the most likely next token depends on every earlier token and its place."""

    def __init__(self, vocab_size: int) -> None:
        super().__init__()
        self.vocab_size = vocab_size
        self.scale = nn.Parameter(torch.tensor(20.0))

    def forward(self, tokens: Tensor) -> Tensor:
        place = torch.arange(1, tokens.shape[-1] + 1)
        following = ((tokens + 1) * place).cumsum(-1) % self.vocab_size
        return self.scale * F.one_hot(following, self.vocab_size).float()


def _generate(
    model: nn.Module,
    tokens: Tensor,
    n_new: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    was_training = model.training
    model.eval()
    prompt, n, T = (tokens, tokens.shape[1], temperature)  # noqa: F841  (edits use them)
    with torch.no_grad():
        for i in range(n_new):  # noqa: B007
            logits = model(tokens)[:, -1]
            new = sample_next(logits, T, top_k, generator)
            tokens = torch.cat((tokens, new[:, None]), 1)
    model.train(was_training)
    return tokens


TOKENS, MODE = "tokens", "model.training after the call"


def _run_generate(
    answer: Any, tokens: Tensor, n_new: int, vocab_size: int, training: bool = False
) -> Any:
    """The tokens that temperature 0 gives, and the mode in which the model is left."""
    model = Reader(vocab_size).train(training)
    made = answer(model, tokens, n_new, temperature=0.0)
    return None if made is None else {TOKENS: made, MODE: model.training}


def _tokens(compare: Callable[[Tensor, Tensor], bool]) -> Predicate:
    return lambda got, expected, *args, **kwargs: compare(got[TOKENS], expected[TOKENS])


def _starts(got: Tensor, want: Tensor) -> bool:
    return got.shape != want.shape and torch.equal(got, want[:, : got.shape[1]])


SIGNATURE = Seen(
    "the signature is generate(model, tokens, n_new, temperature=1.0, top_k=None, generator=None)",
    _says("unexpected keyword argument", "positional"),
)

check_generate = EXERCISE.check(
    "generate", visible=1, hidden=2, arguments=("tokens", "n_new", "vocab_size"),
    reference=transformer_block.generate, text=[_generate], procedure=_run_generate,
    expects="tokens (batch, n) with n_new more, (batch, n + n_new): each drawn by sample_next from "
        "the logits at the last position, given all tokens so far; the model left in its training "
        "mode (here: temperature 0, and a model of the test's own)",
    mistakes=(
        *instead_of("model.train(was_training)", right="put it back into the mode in which it was "
            "found, model.train(was_training)", wrong={
            "pass": "the model is left in eval mode",
            "model.train()": "the model is left in training mode",
            "model.train(not was_training)": "the model's training mode is flipped",
        }),
        *instead_of("model(tokens)[:, -1]", right="the model gets all tokens so far, and the next "
            "one follows the last position, model(tokens)[:, -1]", wrong={
            "model(tokens[:, -1:])[:, -1]": "the model gets only the last token each time",
            "model(tokens[:, n:] if i else tokens)[:, -1]": "the model gets only the new tokens "
                "after the first step",
            "model(prompt)[:, -1]": "the model gets the prompt each time, without the tokens made "
                "so far",
            **{f"model(tokens[:, -{size}:])[:, -1]": f"the model gets only the last {size} "
                "tokens" for size in (2, 3, 4, 8, 16)},
            "model(tokens[:, -n:])[:, -1]": "the prompt's first token is dropped at each step (a "
                "sliding window)",
            "model(tokens[:, :-1])[:, -1]": "the last token is not given to the model",
            "model(tokens)[:, 0]": "the logits at the first position are used",
            "model(tokens)[:, -2]": "the logits at the position before the last are used",
            "model(tokens)[:, n - 1]": "the logits at the prompt's last position are used at every "
                "step",
            "model(tokens).mean(1)": "the logits of all positions are averaged",
        }),
        *instead_of("torch.cat((tokens, new[:, None]), 1)", right="append to each sequence its own "
            "new token, torch.cat((tokens, new[:, None]), 1)", wrong={
            "torch.cat((tokens, new[:1].expand(len(tokens))[:, None]), 1)": "the first sequence's "
                "token is appended to all",
            "torch.cat((new[:, None], tokens), 1)": "the new tokens are put in front",
            "torch.cat((tokens, new), 1)": "the new token has another shape than the tokens, "
                "(batch,)",
            "torch.cat((tokens, new[None]), 1)": "the new token has another shape than the tokens, "
                "(1, batch)",
            "torch.cat((tokens[:, 1:], new[:, None]), 1)": "a token is dropped for each new one (a "
                "window of fixed length)",
        }),
        *instead_of("range(n_new)", right="n_new tokens are appended, one at a time", wrong={
            "range(n_new - 1)": "one token too few is made (off by one)",
            "range(n_new + 1)": "one token too many is made (off by one)",
            "range(n_new - n)": "n_new is taken for the total length",
            "range(min(n_new, 1))": "a single token is made",
            "range(0)": "no token is made",
        }),
        Edit("all new tokens are made in one step: make one at a time, each given the last",
             "range(n_new)", "range(1 if n_new else 0)", "[:, -1]", "[:, -n_new:]", "new[:, None]",
             "new"),
        *instead_of("return tokens", right="return the prompt with the new tokens appended, "
            "(batch, n + n_new)", wrong={
            "return torch.cat((tokens[:, n:], prompt), 1)": "the new tokens are put in front of "
                "the prompt",
            "return tokens[:, n:]": "only the new tokens come back",
            ("return tokens[:, -1:]", "return tokens[:, -1]"): "only the last token comes back",
            "return tokens[:, 1:]": "the first token is lost",
            "return torch.cat((prompt, tokens[:, n:].flip(1)), 1)": "the new tokens are in reverse "
                "order",
            ("return tokens[:1]", "return tokens[0]"): "only the first sequence of the batch comes "
                "back",
            "return tokens.squeeze(0)": "a batch of one is squeezed away",
            ("return tokens.int()", "return tokens.float()"): "the tokens come back in another "
                "dtype than the prompt's, int64 (long)",
            "return tokens.tolist()": "a list comes back, not a tensor",
        }),
        Seen("the model is left in another mode than it was found in: remember model.training and "
            "restore it",
             lambda got, expected, *args, **kwargs: got[MODE] != expected[MODE]),
        Seen("fewer than n_new tokens are made: go on whatever the tokens are", _tokens(_starts)),
        Seen("there are more sequences than before: append new tokens along the positions (dim 1)",
             _tokens(lambda got, want: got.shape[0] > want.shape[0])),
        Seen("the tokens come back in another dtype: they keep that of the prompt, int64 (long)",
             _tokens(lambda got, want: got.dtype != want.dtype)),
        Seen("the shape is not (batch, n + n_new)", _tokens(lambda got, want:
             got.shape != want.shape)),
        Seen("what is joined has another shape than the prompt: sample_next gives (batch,), and "
            "torch.cat needs (batch, 1)",
             _says("same number of dimensions", "Sizes of tensors", "zero-dimensional tensor")),
        SIGNATURE,
        Seen("a token is not the most likely one that follows all tokens so far: give the model "
            "all of them, and temperature to sample_next",
             _tokens(lambda got, want: got.shape == want.shape)),
    ),
)  # fmt: skip


def _run_generate_often(
    answer: Any, table: Tensor, draws: int, seed: int | None = None, **options: Any
) -> Any:
    """How often each pair of two new tokens comes in a batch of `draws` equal prompts; of the
    reference, how likely it is."""
    if answer is transformer_block.generate:
        step = _probabilities(table, **options)
        pairs = (step[1][:, None] * step).flatten()
        return {SHAPE: (draws, 4), FREQUENCIES: Drawn(pairs, math.inf)}
    prompt = torch.ones(draws, 2, dtype=torch.long)
    ids = _ids(answer(Chain(table), prompt, 2, **options, **_generator(seed)))
    if not isinstance(ids, Tensor) or ids.is_floating_point():
        return ids
    if tuple(ids.shape) != (draws, 4):
        return {SHAPE: tuple(ids.shape), FREQUENCIES: "unknown"}
    if not torch.equal(ids[:, :2], prompt):
        return {SHAPE: (draws, 4), FREQUENCIES: "the prompt is changed"}
    found = _frequencies(ids[:, 2] * len(table) + ids[:, 3], table.numel())
    return {SHAPE: (draws, 4), FREQUENCIES: found}


check_generate_often = EXERCISE.check(
    "generate", arguments=("logits after each token", "draws"),
    reference=transformer_block.generate, text=[_generate], procedure=_run_generate_often,
    expects="pairs of new tokens in the proportions that temperature, top_k and the model's logits "
        "give: each new token is drawn by sample_next(logits, temperature, top_k, generator)",
    mistakes=(
        *instead_of("sample_next(logits, T, top_k, generator)", right="each new token is drawn by "
            "sample_next(logits, temperature, top_k, generator)", wrong={
            "logits.argmax(-1)": "the most likely token always comes (arg max)",
            "sample_next(logits, 1.0, top_k, generator)": "temperature is not passed on",
            "sample_next(logits, T, None, generator)": "top_k is not passed on",
            "sample_next(logits, 1.0, None, generator)": "temperature and top_k are not passed on",
            "sample_next(logits / (T or 1), T, top_k, generator)": "the logits are divided by the "
                "temperature twice",
            "sample_next(logits, T and 1 / T, top_k, generator)": "the temperature is multiplied "
                "by",
            "sample_next(torch.softmax(logits, -1), T, top_k, generator)": "sample_next gets "
                "probabilities (a softmax came first)",
            "sample_next(logits, T, top_k, torch.Generator().manual_seed(0))":
                "the same random numbers are used at each step (a generator is made or seeded anew "
                "in the loop)",
            "sample_next(logits, T, top_k, generator) if i == 0 or T == 0 else new":
                "the same token is appended again",
            "sample_next(logits[:1] if T else logits, T, top_k, generator).expand(len(tokens))":
                "all sequences of the batch get the same token",
        }),
        *OTHER_DEFAULTS,
        Seen("all sequences of the batch get the same token: draw one for each",
             lambda got, *args, **kwargs: bool((got.get(FREQUENCIES).shares == 1).any())),
        Seen("the prompt is changed: new tokens are appended to it",
             lambda got, *args, **kwargs: got.get(FREQUENCIES) == "the prompt is changed"),
        Seen("the shape is not (batch, n + n_new)", _shaped(lambda shape, right: True)),
        SIGNATURE,
        Seen("the pairs of new tokens come with other probabilities than sample_next(logits, "
            "temperature, top_k, generator) gives when it is called for each anew",
             comes_back(dict)),
    ),
)  # fmt: skip


def _run_generate_seeds(answer: Any, table: Tensor, seed: int, other: int) -> Any:
    model, prompt = Chain(table), torch.zeros(60, 1, dtype=torch.long)
    return _compare_seeds(
        lambda generator: answer(model, prompt, 3, generator=generator), seed, other
    )


check_generate_seeds = EXERCISE.check(
    "generate",
    arguments=("logits after each token", "seed", "another seed"),
    reference=transformer_block.generate,
    text=[_generate],
    procedure=_run_generate_seeds,
    expects=SEEDS_EXPECTED,
    mistakes=_seed_mistakes("model.eval()"),
)

TABLE = torch.tensor(
    [[0.5, -0.5, 1.0, 0.0], [2.0, 0.5, -1.0, 1.2], [0.0, 1.0, 1.5, -1.0], [1.0, 0.2, 0.4, 1.4]]
)


def _made(f: Any, *cases: tuple[int, int, int, int], **training: bool) -> None:
    for batch, n, n_new, vocab_size in cases:
        tokens = torch.randint(vocab_size, (batch, n))
        check_generate(f, tokens, n_new=n_new, vocab_size=vocab_size, **training)


def _passed_on(f: Any) -> None:
    check_generate_often(f, TABLE, draws=800, temperature=0.4, seed=_seed())
    check_generate_often(f, TABLE, draws=800, temperature=3.0)
    check_generate_often(f, TABLE, draws=800, top_k=2, seed=_seed())
    check_generate_often(f, TABLE, draws=800, temperature=2.0, top_k=3, seed=_seed())


def _any_token(f: Any) -> None:
    # Any of 60 tokens comes after the prompt, and each is followed by the next one.
    table = 60.0 * torch.eye(60).roll(1, dims=1)
    table[1] = 0.0
    check_generate_often(f, table, draws=4000)


EXERCISE.contract("generate", {
    "tokens (batch, n) with n_new more, one at a time": lambda f: _made(f, (3, 5, 6, 12), (2, 20, 8,
    50)),
    "a single sequence": lambda f: _made(f, (1, 3, 12, 11), (1, 2, 12, 3), (1, 2, 12, 3)),
    "a prompt of one token": lambda f: _made(f, (4, 1, 5, 7)),
    "a single new token, or none": lambda f: _made(f, (1, 4, 1, 9), (2, 3, 0, 9)),
    "tokens in any memory layout": lambda f: check_generate(
        f, torch.randint(9, (5, 2)).mT, n_new=3, vocab_size=9
    ),
    "the model's training mode is left as it was found": lambda f: _made(
        f, (3, 5, 6, 12), (1, 4, 1, 9), (2, 3, 0, 9), training=True
    ),
    "temperature, top_k and generator as in sample_next": _passed_on,
    "equal generator seeds give equal tokens": lambda f: check_generate_seeds(
        f, TABLE, seed := _seed(), seed + 1
    ),
    "all tokens unless top_k is given": _any_token,
})  # fmt: skip
