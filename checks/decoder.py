"""Exercise 7-decoder: points, references and known misconceptions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from checks.core import Check, Exercise, Mistake, Raised
from helpers import transformer_block
from helpers.attention import causal_mask, merge_heads, softmax, split_heads
from helpers.positional_encoding import (
    apply_rope,
    half_split_to_interleaved,
    interleaved_to_half_split,
    sinusoidal_encoding,
)

EXERCISE = Exercise("7-decoder")
passed = EXERCISE.passed

State = Mapping[str, Tensor]


@dataclass(frozen=True)
class Parameters:
    """Parameters by name, and what to call them in a message."""

    state: State
    called: str

    def __repr__(self) -> str:
        return self.called


# --- modules: load parameters, run, compare ------------------------------------------------


@dataclass(frozen=True)
class OtherParameters:
    """The parameters of a module where they are not those that the contract names."""

    missing: tuple[str, ...]
    unasked: tuple[str, ...]
    misshaped: tuple[str, ...]

    def __repr__(self) -> str:
        said = [
            f"{words} {', '.join(names[:4])}" + (" …" if len(names) > 4 else "")
            for words, names in (
                ("without the parameters", self.missing),
                ("with parameters that it should not have:", self.unasked),
                ("with parameters of another shape:", self.misshaped),
            )
            if names
        ]
        return "a module " + "; ".join(said)


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


def _near(got: Any, other: Tensor) -> bool:
    """Whether two results are alike but for rounding; NaN equals NaN."""
    if not isinstance(got, Tensor) or got.shape != other.shape:
        return False
    got, other = got.detach().double(), other.detach().double()
    return torch.allclose(got, other, rtol=1e-4, atol=1e-4, equal_nan=True)


def _random(module: nn.Module) -> Parameters:
    """Parameters for `module` for which every part of it matters: none is 0 or near 1, and
    activations keep an ordinary size."""
    state = {
        name: 1.0 + 0.5 * torch.randn(value.shape)
        if value.dim() == 1
        else torch.randn(value.shape) / math.sqrt(value.shape[-1])
        for name, value in module.state_dict().items()
    }
    return Parameters(state, "random ones")


def _parameters(is_so: Callable[[OtherParameters], bool]) -> Callable[..., bool]:
    return lambda got, *args, **kwargs: isinstance(got, OtherParameters) and is_so(got)


def _any_ends(names: tuple[str, ...], *ends: str) -> bool:
    return any(name.endswith(ends) for name in names)


def _tuple_came(got: Any, *args: Any, **kwargs: Any) -> bool:
    return isinstance(got, list | tuple)


def _not_finite(got: Any, *args: Any, **kwargs: Any) -> bool:
    return isinstance(got, Tensor) and bool((~got.isfinite()).any())


def _says(*words: str) -> Callable[..., bool]:
    """Whether an exception came whose message holds one of the words."""
    return lambda got, *args, **kwargs: (
        isinstance(got, Raised) and any(word.lower() in got.message.lower() for word in words)
    )


def _either(message: str, *wrong: Any) -> list[Mistake]:
    """One misconception that comes in several forms."""
    return [Mistake(message, w) for w in wrong]


SUPER_INIT_MISSING = Mistake(
    "super().__init__() is not called before the first layer is assigned: it must be the first "
    "line of __init__",
    when=_says("before Module.__init__() call", "has no attribute '_parameters'",
               "has no attribute '_modules'"),
)  # fmt: skip
DROPOUT = Mistake(
    "in training mode the result is another: nothing here is dropped out (dropout) or drawn at "
    "random, in training neither",
    # What is wrong in both modes has been found before, in eval mode.
    when=lambda *args, training=False, **kwargs: training,
)
OTHER_NAMES = Mistake(
    "the parameters are not those that are asked for: their names come from the attributes that "
    "you assign in __init__, so name each as asked (and register nothing else)",
    when=_parameters(lambda got: True),
)


# --- RMSNorm -------------------------------------------------------------------------------


def _wide(x: Tensor) -> Tensor:
    return x.to(torch.promote_types(x.dtype, torch.float32))


def _mean_square(x: Tensor) -> Tensor:
    return x.square().mean(dim=-1, keepdim=True)


def _norm(
    formula: Callable[[Tensor, Tensor, float], Tensor], default: float = 1e-6
) -> type[nn.Module]:
    """A norm that computes `formula(x, weight, eps)`, in float32 and back."""

    class Norm(nn.Module):
        def __init__(self, d_model: int, eps: float = default) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.ones(d_model))
            self.eps = eps

        def forward(self, x: Tensor) -> Tensor:
            return formula(_wide(x), self.weight, self.eps).to(x.dtype)

    return Norm


def _rms(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    return x * torch.rsqrt(_mean_square(x) + eps) * weight


def _fixed_eps(eps: float) -> Callable[[Tensor, Tensor, float], Tensor]:
    return lambda x, weight, _: _rms(x, weight, eps)


def _run_norm(answer: Any, x: Tensor, weight: Tensor, eps: float | None = None) -> Any:
    module = answer(x.shape[-1]) if eps is None else answer(x.shape[-1], eps)
    return _run_module(module, {"weight": weight}, x)


def _half_in(got: Any, expected: Any, x: Tensor, *args: Any, **kwargs: Any) -> bool:
    return x.dtype in (torch.float16, torch.bfloat16)


check_RMSNorm = EXERCISE.check(  # noqa: N816
    "RMSNorm",
    visible=1,
    hidden=2,
    arguments=("x", "weight", "eps"),
    reference=transformer_block.RMSNorm,
    procedure=_run_norm,
    expects="x / sqrt(mean(x²) + eps) * weight, the mean over the features (last dimension), "
    "computed in float32, in the dtype and shape of x; one parameter, weight, of shape (d_model,)",
    mistakes=(
        SUPER_INIT_MISSING,
        Mistake("there is a bias: RMSNorm has no bias, its one parameter is weight",
                when=_parameters(lambda got: _any_ends(got.unasked, "bias", "beta"))),
        Mistake("the parameter has another name: call it weight (self.weight = nn.Parameter(…))",
                when=_parameters(lambda got: bool(got.missing and got.unasked))),
        Mistake("weight is not a parameter: it must be an nn.Parameter assigned in __init__, "
                "self.weight = nn.Parameter(torch.ones(d_model)), not a plain tensor or a buffer",
                when=_parameters(lambda got: bool(got.missing))),
        Mistake("weight has the wrong shape: one number for each feature, (d_model,)",
                when=_parameters(lambda got: bool(got.misshaped))),
        Mistake("there are parameters that RMSNorm does not have: its one parameter is weight (eps "
                "is a plain number)", when=_parameters(lambda got: True)),
        Mistake("the mean is subtracted, which is a LayerNorm: RMSNorm does not centre x",
                _norm(lambda x, w, eps: F.layer_norm(x, x.shape[-1:], w, None, eps))),
        Mistake("the mean is subtracted from x, as in a LayerNorm: RMSNorm does not centre x",
                _norm(lambda x, w, eps: (x - x.mean(-1, keepdim=True))
                      * torch.rsqrt(_mean_square(x) + eps) * w)),
        *_either("x is divided by its standard deviation (the mean is subtracted in there, as in a "
                 "LayerNorm): RMS is the root of the mean square, nothing is centred",
                 _norm(lambda x, w, eps: x * torch.rsqrt(
                    x.var(-1, keepdim=True, unbiased=False) + eps) * w),
                 _norm(lambda x, w, eps: x * torch.rsqrt(x.var(-1, keepdim=True) + eps) * w),
                 _norm(lambda x, w, eps: x / (x.std(-1, keepdim=True) + eps) * w)),
        Mistake("the mean is subtracted and x divided by its standard deviation (a LayerNorm): "
                "RMSNorm does not centre x",
                _norm(lambda x, w, eps: (x - x.mean(-1, keepdim=True))
                      / (x.std(-1, keepdim=True) + eps) * w)),
        *_either("the squares are summed instead of averaged (an L2 norm): take the mean of x²",
                 _norm(lambda x, w, eps: x * torch.rsqrt(
                    x.square().sum(-1, keepdim=True) + eps) * w),
                 _norm(lambda x, w, eps: x / (x.norm(dim=-1, keepdim=True) + eps) * w)),
        Mistake("the sum of squares is divided by the square root of d_model: divide by d_model "
                "(the mean of x²)",
                _norm(lambda x, w, eps: x * torch.rsqrt(
                    x.square().sum(-1, keepdim=True) / math.sqrt(x.shape[-1]) + eps) * w)),
        Mistake("the sum of squares is divided by d_model - 1: the mean divides by d_model",
                _norm(lambda x, w, eps: x * torch.rsqrt(
                    x.square().sum(-1, keepdim=True) / (x.shape[-1] - 1) + eps) * w)),
        Mistake("the square root is missing: divide by sqrt(mean(x²) + eps)",
                _norm(lambda x, w, eps: x / (_mean_square(x) + eps) * w)),
        Mistake("x is multiplied by the root mean square: divide by it",
                _norm(lambda x, w, eps: x * torch.sqrt(_mean_square(x) + eps) * w)),
        Mistake("the absolute value stands for the square (mean of |x|): take the root of the mean "
                "of x²", _norm(lambda x, w, eps: x / (x.abs().mean(-1, keepdim=True) + eps) * w)),
        Mistake("x is divided by its largest absolute value: take the root of the mean of x²",
                _norm(lambda x, w, eps: x / (x.abs().amax(-1, keepdim=True) + eps) * w)),
        Mistake("the square of the mean is taken: the mean of the squares is asked for",
                _norm(lambda x, w, eps: x * torch.rsqrt(
                    x.mean(-1, keepdim=True).square() + eps) * w)),
        Mistake("the weight is forgotten: multiply by self.weight at the end",
                _norm(lambda x, w, eps: _rms(x, torch.ones_like(w), eps))),
        Mistake("the weight is added instead of multiplied",
                _norm(lambda x, w, eps: _rms(x, torch.ones_like(w), eps) + w)),
        Mistake("x is divided by the weight: multiply by it",
                _norm(lambda x, w, eps: _rms(x, 1 / w, eps))),
        Mistake("the weight is used as 1 + weight: multiply by the weight itself",
                _norm(lambda x, w, eps: _rms(x, 1 + w, eps))),
        Mistake("the weight is applied twice", _norm(lambda x, w, eps: _rms(x, w * w, eps))),
        Mistake("the weight is applied before the mean square is taken: normalise x alone, then "
                "multiply by the weight",
                _norm(lambda x, w, eps: x * w * torch.rsqrt(_mean_square(x * w) + eps))),
        Mistake("x is added to the result (a residual): that belongs to the block",
                _norm(lambda x, w, eps: x + _rms(x, w, eps))),
        Mistake("the mean runs over the positions (dim -2): it runs over the features, the last "
                "dimension",
                _norm(lambda x, w, eps: x * torch.rsqrt(
                    x.square().mean(-2, keepdim=True) + eps) * w)),
        Mistake("the mean runs over all of x: it runs over the features of each position, the last "
                "dimension, with keepdim=True",
                _norm(lambda x, w, eps: x * torch.rsqrt(x.square().mean() + eps) * w)),
        Mistake("the mean runs over the first dimension: it runs over the features, the last one",
                _norm(lambda x, w, eps: x * torch.rsqrt(
                    x.square().mean(0, keepdim=True) + eps) * w)),
        Mistake("the mean runs over dimension 1: it runs over the features, the last one",
                _norm(lambda x, w, eps: x * torch.rsqrt(
                    x.square().mean(1, keepdim=True) + eps) * w)),
        Mistake("keepdim=True is missing: the mean loses a dimension and lines up with the wrong "
                "one", _norm(lambda x, w, eps: x * torch.rsqrt(x.square().mean(-1) + eps) * w)),
        Mistake("eps is outside the square root: it is added to the mean square, inside",
                _norm(lambda x, w, eps: x / (_mean_square(x).sqrt() + eps) * w)),
        Mistake("eps is outside the square root (and the mean): it is added to the mean square",
                _norm(lambda x, w, eps: x * (torch.rsqrt(_mean_square(x)) + eps) * w)),
        Mistake("eps is squared: add it as it is to the mean square",
                _norm(lambda x, w, eps: _rms(x, w, eps**2))),
        Mistake("eps is added to x before squaring: add it to the mean square",
                _norm(lambda x, w, eps: x * torch.rsqrt(_mean_square(x + eps)) * w)),
        Mistake("eps is added to the sum of squares before the division by d_model: add it to the "
                "mean square",
                _norm(lambda x, w, eps: _rms(x, w, eps / x.shape[-1]))),
        Mistake("eps is subtracted: it is added to the mean square",
                _norm(lambda x, w, eps: _rms(x, w, -eps))),
        *_either("eps is taken as a lower bound (max or clamp): it is added to the mean square",
                 _norm(lambda x, w, eps: x * torch.rsqrt(_mean_square(x).clamp(min=eps)) * w),
                 _norm(lambda x, w, eps: x / _mean_square(x).sqrt().clamp(min=eps) * w)),
        Mistake("eps is forgotten: add it to the mean square, so that a row of zeros gives 0 and "
                "not NaN", _norm(lambda x, w, eps: _rms(x, w, 0.0))),
        *(Mistake(f"the eps that is given is ignored, or its default is wrong ({e:g}): "
                  "RMSNorm(d_model, eps=1e-6) keeps eps for forward", _norm(_fixed_eps(e)))
          for e in (1e-6, 1e-5, 1e-8, 1e-12, 1e-3, 1e-7, torch.finfo(torch.float32).eps)),
        *(Mistake(f"the default of eps is wrong ({e:g}): RMSNorm(d_model, eps=1e-6)",
                  _norm(_rms, default=e))
          for e in (1e-5, 1e-8, 1e-12, 1e-3, 1e-7, torch.finfo(torch.float32).eps)),
        Mistake("the result is float32 (the weight's dtype): give it back in the dtype of x, "
                "also after the multiplication by the weight",
                when=lambda got, expected, x, *args, **kwargs: (
                    isinstance(got, Tensor) and got.shape == expected.shape
                    and got.dtype == torch.float32 and x.dtype != torch.float32)),
        Mistake("the result has another dtype than x: compute in float32, then return to the dtype "
                "of x",
                when=lambda got, expected, x, *args, **kwargs: (
                    isinstance(got, Tensor) and got.dtype != x.dtype)),
        Mistake("it is computed in half precision, where squares overflow or vanish: convert x to "
                "float32 first, and back at the end", when=_half_in),
        Mistake("the result is not finite: eps is forgotten, or something overflows",
                when=_not_finite),
        Mistake("the batch is not handled: x may have any number of leading dimensions "
                "(mean(dim=-1, keepdim=True))",
                when=lambda got, expected, x, *args, **kwargs: (
                    isinstance(got, Raised) and x.dim() != 2)),
        Mistake("the signature is RMSNorm(d_model, eps=1e-6): eps has a default and is the second "
                "parameter of __init__", when=_says("positional argument", "unexpected keyword")),
        Mistake("the root mean square itself comes back: divide x by it",
                when=lambda got, expected, *args, **kwargs: (
                    isinstance(got, Tensor) and got.shape[-1:] == (1,))),
        Mistake("close, but not exact: something is computed in less than float32, or eps is not "
                "where it belongs (added to the mean square, inside the root)",
                when=lambda got, expected, *args, **kwargs: torch.allclose(
                    got.double(), expected.double(), rtol=0.05, atol=0.05)),
    ),
)  # fmt: skip


# --- SwiGLU --------------------------------------------------------------------------------

Glu = Callable[[nn.Linear, nn.Linear, nn.Linear, Tensor], Tensor]


def _glu(formula: Glu, bias: bool = False) -> type[nn.Module]:
    class Gated(nn.Module):
        def __init__(self, d_model: int, d_ff: int) -> None:
            super().__init__()
            self.W_gate = nn.Linear(d_model, d_ff, bias=bias)
            self.W_up = nn.Linear(d_model, d_ff, bias=bias)
            self.W_down = nn.Linear(d_ff, d_model, bias=bias)

        def forward(self, x: Tensor) -> Tensor:
            return formula(self.W_gate, self.W_up, self.W_down, x)

    return Gated


def _with_activation(activation: Callable[[Tensor], Tensor]) -> type[nn.Module]:
    return _glu(lambda gate, up, down, x: down(activation(gate(x)) * up(x)))


def _swapped_with_activation(activation: Callable[[Tensor], Tensor]) -> type[nn.Module]:
    return _glu(lambda gate, up, down, x: down(gate(x) * activation(up(x))))


def _run_swiglu(
    answer: Any, x: Tensor, d_ff: int, parameters: Parameters, training: bool = False
) -> Any:
    module = answer(x.shape[-1], d_ff)
    module.to(x.dtype)
    return _run_module(module, parameters.state, x, training)


def _up_twice(x: Tensor, state: State) -> Tensor:
    up = F.linear(x, state["W_up.weight"])
    return F.linear(F.silu(up) * up, state["W_down.weight"])


_check_swiglu = EXERCISE.check(
    "SwiGLU",
    visible=1,
    hidden=2,
    arguments=("x", "d_ff", "parameters"),
    reference=transformer_block.SwiGLU,
    procedure=_run_swiglu,
    expects="W_down(silu(W_gate(x)) * W_up(x)), with nn.Linear layers W_gate and W_up from d_model "
    "to d_ff and W_down back, without bias; the shape of x",
    mistakes=(
        SUPER_INIT_MISSING,
        DROPOUT,
        Mistake("the layers have a bias: all three are bias-free, nn.Linear(…, bias=False)",
                when=_parameters(lambda got: _any_ends(got.unasked, "bias"))),
        Mistake("a layer has the wrong size or is transposed: W_gate and W_up go from d_model to "
                "d_ff, W_down from d_ff to d_model",
                when=_parameters(lambda got: bool(got.misshaped))),
        Mistake("a layer is missing: SwiGLU has three, W_gate, W_up and W_down",
                when=_parameters(lambda got: bool(got.missing and not got.unasked))),
        OTHER_NAMES,
        Mistake("the activation is on W_up instead of W_gate (gate and up are swapped): "
                "silu(W_gate(x)) * W_up(x)", _swapped_with_activation(F.silu)),
        Mistake("the activation is a GELU: SwiGLU uses silu (x * sigmoid(x))",
                _with_activation(F.gelu)),
        Mistake("the activation is a GELU (tanh form): SwiGLU uses silu (x * sigmoid(x))",
                _with_activation(lambda x: F.gelu(x, approximate="tanh"))),
        Mistake("the activation is a GELU approximation, x * sigmoid(1.702 x): silu is "
                "x * sigmoid(x)", _with_activation(lambda x: x * torch.sigmoid(1.702 * x))),
        Mistake("the activation is a ReLU: SwiGLU uses silu (x * sigmoid(x))",
                _with_activation(F.relu)),
        Mistake("the activation is a sigmoid (the plain GLU): silu is x * sigmoid(x)",
                _with_activation(torch.sigmoid)),
        Mistake("the activation is a tanh: SwiGLU uses silu (x * sigmoid(x))",
                _with_activation(torch.tanh)),
        Mistake("the activation is a mish: SwiGLU uses silu (x * sigmoid(x))",
                _with_activation(F.mish)),
        Mistake("the activation is a softplus: SwiGLU uses silu (x * sigmoid(x))",
                _with_activation(F.softplus)),
        Mistake("the activation is a leaky ReLU: SwiGLU uses silu (x * sigmoid(x))",
                _with_activation(F.leaky_relu)),
        Mistake("the activation is an ELU: SwiGLU uses silu (x * sigmoid(x))",
                _with_activation(F.elu)),
        Mistake("the activation is a hard-swish: SwiGLU uses silu (x * sigmoid(x))",
                _with_activation(F.hardswish)),
        Mistake("silu is on W_up and a sigmoid on the gate: silu(W_gate(x)) * W_up(x)",
                _glu(lambda gate, up, down, x: down(torch.sigmoid(gate(x)) * F.silu(up(x))))),
        Mistake("W_up is not used: x itself is scaled by the gate",
                _glu(lambda gate, up, down, x: down(F.silu(gate(x))) * x)),
        Mistake("the activation is a softmax: SwiGLU uses silu (x * sigmoid(x))",
                _with_activation(lambda x: torch.softmax(x, -1))),
        Mistake("the activation is the square of a ReLU: SwiGLU uses silu (x * sigmoid(x))",
                _with_activation(lambda x: F.relu(x) ** 2)),
        Mistake("the activation is missing: silu(W_gate(x)) * W_up(x)",
                _with_activation(lambda x: x)),
        Mistake("the sign in the silu is flipped: x * sigmoid(x), not x * sigmoid(-x)",
                _with_activation(lambda x: x * torch.sigmoid(-x))),
        Mistake("silu is applied twice", _with_activation(lambda x: F.silu(F.silu(x)))),
        *(Mistake(f"the activation is a {name} and on W_up, so gate and up are swapped too: "
                  "silu(W_gate(x)) * W_up(x)", _swapped_with_activation(f))
          for name, f in (("GELU", F.gelu), ("ReLU", F.relu), ("sigmoid", torch.sigmoid))),
        Mistake("silu is applied to both W_gate(x) and W_up(x): only the gate has it",
                _glu(lambda gate, up, down, x: down(F.silu(gate(x)) * F.silu(up(x))))),
        Mistake("silu is applied to the product: it belongs on W_gate(x) alone",
                _glu(lambda gate, up, down, x: down(F.silu(gate(x) * up(x))))),
        Mistake("silu is applied to x before the layers: it belongs on W_gate(x)",
                _glu(lambda gate, up, down, x: down(gate(F.silu(x)) * up(x)))),
        Mistake("silu is applied to the result of W_down too, or instead: it belongs on W_gate(x) "
                "alone", _glu(lambda gate, up, down, x: F.silu(down(gate(x) * up(x))))),
        Mistake("silu is applied to the result of W_down too: it belongs on W_gate(x) alone",
                _glu(lambda gate, up, down, x: F.silu(down(F.silu(gate(x)) * up(x))))),
        Mistake("gate and up are added instead of multiplied: the gate scales W_up(x), element by "
                "element", _glu(lambda gate, up, down, x: down(F.silu(gate(x)) + up(x)))),
        Mistake("gate and up are subtracted: the gate multiplies W_up(x)",
                _glu(lambda gate, up, down, x: down(F.silu(gate(x)) - up(x)))),
        Mistake("W_up is not used (an ordinary feed-forward): multiply the gate by W_up(x)",
                _glu(lambda gate, up, down, x: down(F.silu(gate(x))))),
        Mistake("W_gate is not used (an ordinary feed-forward): silu(W_gate(x)) * W_up(x)",
                _glu(lambda gate, up, down, x: down(F.silu(up(x))))),
        Mistake("W_gate is used twice: the second factor is W_up(x)",
                _glu(lambda gate, up, down, x: down(F.silu(gate(x)) * gate(x)))),
        Mistake("W_up is used twice: the first factor is silu(W_gate(x))",
                _glu(lambda gate, up, down, x: down(F.silu(up(x)) * up(x)))),
        Mistake("W_down is applied to the gate only, or the product comes after it: multiply "
                "first, then W_down",
                _glu(lambda gate, up, down, x: down(F.silu(gate(x))) * down(up(x)))),
        Mistake("W_down is not used: the result must go back to d_model",
                _glu(lambda gate, up, down, x: F.silu(gate(x)) * up(x))),
        Mistake("x is added to the result (a residual): that belongs to the block",
                _glu(lambda gate, up, down, x: x + down(F.silu(gate(x)) * up(x)))),
        Mistake("x is multiplied by the result: a feed-forward returns W_down(…) alone",
                _glu(lambda gate, up, down, x: x * down(F.silu(gate(x)) * up(x)))),
        Mistake("x is normalised first: that belongs to the block",
                _glu(lambda gate, up, down, x: (lambda y: down(F.silu(gate(y)) * up(y)))(
                    x * torch.rsqrt(_mean_square(x) + 1e-6)))),
        Mistake("two layers are one and the same module: W_gate, W_up and W_down are three",
                when=lambda got, expected, x, d_ff, parameters: _near(
                    got, _up_twice(x, parameters.state))),
        Mistake("the result has another dtype than x, or a layer gets another: keep that of x",
                when=lambda got, expected, x, *args: x.dtype != torch.float32),
        Mistake("the batch is not handled: x may have any number of leading dimensions",
                when=lambda got, expected, x, *args: isinstance(got, Raised) and x.dim() != 2),
        Mistake("the layers don't fit together: W_gate and W_up go from d_model to d_ff, W_down "
                "back", when=_says("shapes cannot be multiplied", "must match the size")),
    ),
)  # fmt: skip


def check_SwiGLU(answer: Any, x: Tensor, d_ff: int) -> None:  # noqa: N802
    """Compare `SwiGLU(d_model, d_ff)`, with random parameters, on `x` `(..., d_model)`."""
    parameters = _random(transformer_block.SwiGLU(x.shape[-1], d_ff))
    _check_swiglu(answer, x, d_ff, parameters)
    _check_swiglu(answer, x, d_ff, parameters, training=True)


# --- DecoderBlock --------------------------------------------------------------------------


def _attend(
    a: nn.Module,
    x: Tensor,
    *,
    context: Tensor | None = None,
    rotate_q: Callable[[Tensor], Tensor] = apply_rope,
    rotate_k: Callable[[Tensor], Tensor] = apply_rope,
    rotate_v: Callable[[Tensor], Tensor] = lambda v: v,
    rotate_x: Callable[[Tensor], Tensor] = lambda x: x,
    allowed: Callable[[int], Tensor] = causal_mask,
    blocked: float = -math.inf,
    scale: Callable[[Tensor], float] = lambda q: q.shape[-1] ** -0.5,
    weigh: Callable[[Tensor], Tensor] = softmax,
    after: Callable[[Tensor, Tensor], Tensor] = lambda weights, allowed: weights,
    split: Callable[[Tensor, int], Tensor] = split_heads,
    merge: Callable[[Tensor], Tensor] = merge_heads,
    order: str = "qkv",
    output: bool = True,
) -> Tensor:
    """The attention of a block, with one thing or another done differently."""
    layers: dict[str, Any] = {"q": a.W_q, "k": a.W_k, "v": a.W_v}
    context = x if context is None else context
    Q = rotate_q(split(layers[order[0]](rotate_x(x)), a.n_heads))  # type: ignore[arg-type]
    K = rotate_k(split(layers[order[1]](rotate_x(context)), a.n_heads))  # type: ignore[arg-type]
    V = rotate_v(split(layers[order[2]](context), a.n_heads))  # type: ignore[arg-type]
    mask = allowed(x.shape[-2])
    scores = (Q @ K.mT * scale(Q)).masked_fill(~mask, blocked)
    heads = merge(after(weigh(scores), mask) @ V)
    return a.W_o(heads) if output else heads  # type: ignore[operator]


Forward = Callable[[Any, Tensor], Any]


def _block(
    forward: Forward | None = None,
    change: Callable[[Any], None] | None = None,
    **attention: Any,
) -> Callable[..., nn.Module]:
    """A DecoderBlock with another `forward(block, x)`, parts changed after it is built, or the
    attention computed with the given options of `_attend`."""

    class Block(transformer_block.DecoderBlock):
        def __init__(self, d_model: int, n_heads: int, d_ff: int) -> None:
            super().__init__(d_model, n_heads, d_ff)
            if change is not None:
                change(self)

        def attend(self, x: Tensor, **more: Any) -> Tensor:
            return _attend(self.attention, x, **attention, **more)

        def forward(self, x: Tensor, cache: Any = None) -> Any:
            if forward is not None:
                return forward(self, x)
            x = x + self.attend(self.attention_norm(x))
            return x + self.feed_forward(self.feed_forward_norm(x))

    return Block


def _half_split_rope(x: Tensor) -> Tensor:
    return interleaved_to_half_split(apply_rope(half_split_to_interleaved(x)))


def _mixed_rope(x: Tensor) -> Tensor:
    """Angles as in the half-split layout, pairs as in the interleaved one."""
    n, d = x.shape[-2:]
    angles = torch.arange(n)[:, None] * 10000.0 ** (-torch.arange(0, d, 2) / d)
    cos, sin = (f(angles).repeat(1, 2) for f in (torch.cos, torch.sin))
    turned = torch.stack((-x[..., 1::2], x[..., 0::2]), dim=-1).flatten(-2)
    return x * cos + turned * sin


def _rope_with(angles: Callable[[Tensor, int], Tensor]) -> Callable[[Tensor], Tensor]:
    """RoPE with other angles: `angles(positions (n, 1), d_head)` gives `(n, d_head/2)`."""

    def rotate(x: Tensor) -> Tensor:
        theta = angles(torch.arange(x.shape[-2])[:, None].float(), x.shape[-1])
        even, odd = x[..., 0::2], x[..., 1::2]
        cos, sin = theta.cos(), theta.sin()
        return torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1).flatten(-2)

    return rotate


def _rope_base(base: float) -> Callable[[Tensor], Tensor]:
    return lambda x: apply_rope(x, base=base)


def _no_rope(x: Tensor) -> Tensor:
    return x


def _both(rotate: Callable[[Tensor], Tensor]) -> dict[str, Any]:
    return {"rotate_q": rotate, "rotate_k": rotate}


def _split_wrongly(x: Tensor, n_heads: int) -> Tensor:
    return x.reshape(*x.shape[:-2], n_heads, x.shape[-2], -1)


def _split_strided(x: Tensor, n_heads: int) -> Tensor:
    return x.unflatten(-1, (-1, n_heads)).movedim(-1, -3)


def _merge_wrongly(x: Tensor) -> Tensor:
    return x.reshape(*x.shape[:-3], x.shape[-2], -1)


def _all_true(n: int) -> Tensor:
    return torch.ones(n, n, dtype=torch.bool)


def _one_head(x: Tensor, n_heads: int) -> Tensor:
    return x.unsqueeze(-3)


def _same_norm(block: Any) -> None:
    block.feed_forward_norm = block.attention_norm


def _sharing(one: str, other: str) -> Callable[[Any], None]:
    return lambda block: setattr(block.attention, other, getattr(block.attention, one))


def _plain_layer_norm(norm: Any, x: Tensor) -> Tensor:
    return F.layer_norm(x, x.shape[-1:], norm.weight, None, 1e-6)


def _feed(block: Any, x: Tensor, activation: Callable[[Tensor], Tensor]) -> Tensor:
    f = block.feed_forward
    return f.W_down(activation(f.W_gate(x)) * f.W_up(x))


def _feed_with(activation: Callable[[Tensor], Tensor]) -> Callable[..., nn.Module]:
    def forward(b: Any, x: Tensor) -> Tensor:
        x = x + b.attend(b.attention_norm(x))
        return x + _feed(b, b.feed_forward_norm(x), activation)

    return _block(forward)


def _sublayers(
    first: Callable[[Any, Tensor], Tensor], second: Callable[[Any, Tensor], Tensor]
) -> Callable[..., nn.Module]:
    return _block(lambda b, x: second(b, first(b, x)))


def _attention_half(b: Any, x: Tensor) -> Tensor:
    return x + b.attend(b.attention_norm(x))


def _feed_half(b: Any, x: Tensor) -> Tensor:
    return x + b.feed_forward(b.feed_forward_norm(x))


def _scaled_halves(b: Any, x: Tensor, scale: float) -> Tensor:
    x = x + scale * b.attend(b.attention_norm(x))
    return x + scale * b.feed_forward(b.feed_forward_norm(x))


def _scaled_sums(scale: float) -> Callable[..., nn.Module]:
    return _sublayers(
        lambda b, x: scale * _attention_half(b, x), lambda b, x: scale * _feed_half(b, x)
    )


def _scaled_result(scale: float) -> Callable[..., nn.Module]:
    return _block(lambda b, x: scale * _feed_half(b, _attention_half(b, x)))


def _flattens_batch(b: Any, x: Tensor) -> Tensor:
    return _feed_half(b, _attention_half(b, x.reshape(-1, x.shape[-1]))).reshape(x.shape)


def _run_block(
    answer: Any,
    x: Tensor,
    n_heads: int,
    d_ff: int,
    parameters: Parameters,
    training: bool = False,
) -> Any:
    return _run_module(answer(x.shape[-1], n_heads, d_ff), parameters.state, x, training)


def _sees_later(got: Any, expected: Any, *args: Any) -> bool:
    """The last position is right and earlier ones are not: they see what comes later."""
    return (
        isinstance(got, Tensor)
        and got.shape == expected.shape
        and got.shape[-2] > 1
        and _near(got[..., -1, :], expected[..., -1, :])
        and not _near(got[..., 0, :], expected[..., 0, :])
    )


def _only_first_right(got: Any, expected: Any, *args: Any) -> bool:
    """Position 0 is right, where RoPE turns nothing and attention has one key."""
    return (
        isinstance(got, Tensor)
        and got.shape == expected.shape
        and got.shape[-2] > 1
        and _near(got[..., 0, :], expected[..., 0, :])
    )


BIASED = Mistake(
    "a layer has a bias: all nn.Linear layers of the model are bias-free (bias=False), and an "
    "RMSNorm has none either",
    when=_parameters(lambda got: _any_ends(got.unasked, "bias")),
)

_check_decoder_block = EXERCISE.check(
    "DecoderBlock",
    visible=2,
    hidden=4,
    arguments=("x", "n_heads", "d_ff", "parameters"),
    reference=transformer_block.DecoderBlock,
    procedure=_run_block,
    expects="x = x + attention(attention_norm(x)), then x + feed_forward(feed_forward_norm(x)): "
    "pre-norm; the attention is causal, its queries and keys are rotated by apply_rope; the result "
    "has the shape of x",
    mistakes=(
        SUPER_INIT_MISSING,
        DROPOUT,
        BIASED,
        Mistake("a layer has the wrong size: W_q, W_k, W_v and W_o go from d_model to d_model "
                "(n_heads heads of d_model / n_heads features), the feed-forward to d_ff and back",
                when=_parameters(lambda got: bool(got.misshaped))),
        OTHER_NAMES,
        Mistake("more than a tensor comes back (the attention weights too): return x alone",
                when=_tuple_came),
        Mistake("a tuple is added or normalised: the attention gives (output, weights), take the "
                "output", when=_says("'tuple'", "(tuple", "not tuple")),
        # Residuals.
        Mistake("the residual around the attention is missing: x + attention(attention_norm(x))",
                _sublayers(lambda b, x: b.attend(b.attention_norm(x)), _feed_half)),
        Mistake("the residual around the feed-forward is missing: "
                "x + feed_forward(feed_forward_norm(x))",
                _sublayers(_attention_half, lambda b, x: b.feed_forward(b.feed_forward_norm(x)))),
        Mistake("both residuals are missing: x is added back after attention and feed-forward",
                _sublayers(lambda b, x: b.attend(b.attention_norm(x)),
                           lambda b, x: b.feed_forward(b.feed_forward_norm(x)))),
        Mistake("the residual adds the normalised x: the norm is on the branch only, add x itself",
                _sublayers(lambda b, x: (lambda y: y + b.attend(y))(b.attention_norm(x)),
                           lambda b, x: (lambda y: y + b.feed_forward(y))(b.feed_forward_norm(x)))),
        Mistake("the residual around the attention adds the normalised x: the norm is on the "
                "branch only, add x itself",
                _sublayers(lambda b, x: (lambda y: y + b.attend(y))(b.attention_norm(x)),
                           _feed_half)),
        Mistake("the residual around the feed-forward adds the normalised x: the norm is on the "
                "branch only, add x itself",
                _sublayers(_attention_half,
                           lambda b, x: (lambda y: y + b.feed_forward(y))(b.feed_forward_norm(x)))),
        Mistake("the second residual adds the block's input instead of the attention's sum",
                _block(lambda b, x: x + b.feed_forward(
                    b.feed_forward_norm(_attention_half(b, x))))),
        Mistake("the second residual adds the attention's output without x: keep one running x",
                _block(lambda b, x: (lambda a: a + b.feed_forward(b.feed_forward_norm(x + a)))(
                    b.attend(b.attention_norm(x))))),
        Mistake("x is added twice: each residual adds the running x once",
                _block(lambda b, x: x + _feed_half(b, _attention_half(b, x)))),
        # Norms.
        Mistake("the norms come after the sum (post-norm): this block is pre-norm, "
                "x + attention(attention_norm(x))",
                _sublayers(lambda b, x: b.attention_norm(x + b.attend(x)),
                           lambda b, x: b.feed_forward_norm(x + b.feed_forward(x)))),
        Mistake("the norm comes after the sublayer, before the sum: pre-norm normalises its input, "
                "x + attention(attention_norm(x))",
                _sublayers(lambda b, x: x + b.attention_norm(b.attend(x)),
                           lambda b, x: x + b.feed_forward_norm(b.feed_forward(x)))),
        Mistake("the attention is post-norm: this block is pre-norm in both halves",
                _sublayers(lambda b, x: b.attention_norm(x + b.attend(x)), _feed_half)),
        Mistake("the feed-forward is post-norm: this block is pre-norm in both halves",
                _sublayers(_attention_half,
                           lambda b, x: b.feed_forward_norm(x + b.feed_forward(x)))),
        Mistake("both norms are missing in forward: use attention_norm and feed_forward_norm",
                _sublayers(lambda b, x: x + b.attend(x), lambda b, x: x + b.feed_forward(x))),
        Mistake("attention_norm is not used: the attention gets attention_norm(x)",
                _sublayers(lambda b, x: x + b.attend(x), _feed_half)),
        Mistake("feed_forward_norm is not used: the feed-forward gets feed_forward_norm(x)",
                _sublayers(_attention_half, lambda b, x: x + b.feed_forward(x))),
        Mistake("the same norm is used twice (attention_norm): the feed-forward has its own, "
                "feed_forward_norm",
                _sublayers(_attention_half,
                           lambda b, x: x + b.feed_forward(b.attention_norm(x)))),
        Mistake("the same norm is used twice (feed_forward_norm): the attention has its own, "
                "attention_norm",
                _sublayers(lambda b, x: x + b.attend(b.feed_forward_norm(x)), _feed_half)),
        Mistake("the same norm serves both halves (one module under two names): make two RMSNorm",
                _block(change=_same_norm)),
        Mistake("the two norms are swapped: attention_norm is for the attention",
                _sublayers(lambda b, x: x + b.attend(b.feed_forward_norm(x)),
                           lambda b, x: x + b.feed_forward(b.attention_norm(x)))),
        Mistake("the norms are LayerNorms (the mean is subtracted): they are RMSNorm",
                _sublayers(lambda b, x: x + b.attend(_plain_layer_norm(b.attention_norm, x)),
                           lambda b, x: x + b.feed_forward(
                               _plain_layer_norm(b.feed_forward_norm, x)))),
        Mistake("both norms are applied before the attention: each belongs before its own half",
                _sublayers(lambda b, x: x + b.attend(b.feed_forward_norm(b.attention_norm(x))),
                           lambda b, x: x + b.feed_forward(x))),
        *_either("the result is normalised once more: the block ends with the second sum",
                 _block(lambda b, x: b.feed_forward_norm(_feed_half(b, _attention_half(b, x)))),
                 _block(lambda b, x: b.attention_norm(_feed_half(b, _attention_half(b, x))))),
        *_either("what attention and feed-forward give is halved or scaled: add it as it is",
                 _block(lambda b, x: _scaled_halves(b, x, 0.5)),
                 _block(lambda b, x: _scaled_halves(b, x, 2**-0.5))),
        *_either("the sums are scaled or halved: each residual adds to x, and nothing divides",
                 _scaled_sums(2**-0.5), _scaled_sums(0.5)),
        *_either("the block's result is scaled or halved: it ends with the second sum",
                 _scaled_result(2**-0.5), _scaled_result(0.5)),
        Mistake("only the queries are made from the normalised x: keys and values too",
                _sublayers(lambda b, x: x + b.attend(b.attention_norm(x), context=x), _feed_half)),
        # Order.
        Mistake("attention and feed-forward run side by side on the same x: the feed-forward gets "
                "the x that the attention has been added to",
                _block(lambda b, x: x + b.attend(b.attention_norm(x))
                       + b.feed_forward(b.feed_forward_norm(x)))),
        Mistake("the feed-forward comes before the attention: attention first",
                _sublayers(_feed_half, _attention_half)),
        Mistake("the feed-forward is missing", _block(_attention_half)),
        Mistake("the attention is missing", _block(_feed_half)),
        Mistake("the feed-forward works on the attention's output alone: add the residual first, "
                "then normalise",
                _block(lambda b, x: x + b.feed_forward(
                    b.feed_forward_norm(b.attend(b.attention_norm(x)))))),
        # Mask.
        Mistake("there is no causal mask: a position may not attend to later ones",
                _block(allowed=_all_true)),
        *_either("the mask is inverted: True means that a query may attend to a key, j <= i",
                 _block(allowed=lambda n: ~causal_mask(n), blocked=-1e9),
                 _block(allowed=lambda n: ~causal_mask(n),
                       weigh=lambda s: softmax(s).nan_to_num(0.0))),
        Mistake("the mask is the wrong way round (transposed, upper triangle): a query attends to "
                "itself and earlier keys", _block(allowed=lambda n: causal_mask(n).mT)),
        *_either("the mask leaves out the position itself (diagonal off by one): j <= i, not j < i",
                 _block(allowed=lambda n: causal_mask(n).tril(-1),
                       weigh=lambda s: softmax(s).nan_to_num(0.0)),
                 _block(allowed=lambda n: causal_mask(n).tril(-1), blocked=-1e9)),
        Mistake("the mask lets a position see one later (off by one): j <= i",
                _block(allowed=lambda n: _all_true(n).tril(1))),
        Mistake("a position sees only itself: every earlier one too, j <= i",
                _block(allowed=lambda n: torch.eye(n, dtype=torch.bool))),
        Mistake("the mask comes after the softmax, so that the weights no longer sum to 1: set the "
                "scores to -inf before it",
                _block(allowed=_all_true,
                       after=lambda w, _: w.masked_fill(~causal_mask(w.shape[-1]), 0.0))),
        Mistake("masked scores are set to 0 instead of -inf: exp(0) is 1, so they still get weight",
                _block(blocked=0.0)),
        # RoPE.
        Mistake("RoPE is missing, or without effect because it takes heads for positions: rotate "
                "queries and keys with apply_rope where positions are the dimension before the "
                "last, (..., n_heads, n, d_head)",
                _block(**_both(_no_rope))),
        Mistake("RoPE is in the half-split layout: pairs are (2i, 2i+1), as in apply_rope",
                _block(**_both(_half_split_rope))),
        Mistake("RoPE mixes the half-split angles with interleaved pairs: use apply_rope as given",
                _block(**_both(_mixed_rope))),
        Mistake("RoPE is applied to the values too: only queries and keys are rotated",
                _block(rotate_v=apply_rope)),
        Mistake("RoPE is applied to the queries only: keys are rotated too",
                _block(rotate_k=_no_rope)),
        Mistake("RoPE is applied to the keys only: queries are rotated too",
                _block(rotate_q=_no_rope)),
        Mistake("RoPE is applied to keys and values instead of queries and keys",
                _block(rotate_q=_no_rope, rotate_v=apply_rope)),
        Mistake("RoPE is applied before the split into heads, with the angles of d_model: split "
                "first, then rotate each head",
                _block(lambda b, x: _rope_first(b, x))),
        Mistake("RoPE is applied to x before the projection: rotate the queries and keys",
                _block(**_both(_no_rope), rotate_x=apply_rope)),
        Mistake("RoPE is applied to all of the attention's input: rotate the queries and keys only",
                _sublayers(lambda b, x: x + b.attend(
                    apply_rope(b.attention_norm(x)), **_both(_no_rope)), _feed_half)),
        Mistake("RoPE is applied twice", _block(**_both(lambda x: apply_rope(apply_rope(x))))),
        Mistake("RoPE turns the wrong way (the sign of the sine is flipped): use apply_rope",
                _block(**_both(lambda x: apply_rope(x, -torch.arange(x.shape[-2]))))),
        Mistake("RoPE's positions run backwards: they are 0 to n-1",
                _block(**_both(lambda x: apply_rope(x, torch.arange(x.shape[-2]).flip(0))))),
        *_either("RoPE's positions are off by one between queries and keys: both are 0 to n-1",
                 _block(rotate_q=lambda x: apply_rope(x, 1 + torch.arange(x.shape[-2]))),
                 _block(rotate_k=lambda x: apply_rope(x, 1 + torch.arange(x.shape[-2])))),
        Mistake("RoPE's angles fall with i/d_head instead of 2i/d_head: use apply_rope",
                _block(**_both(_rope_with(
                    lambda p, d: p * 10000.0 ** (-torch.arange(d // 2) / d))))),
        Mistake("the sign in RoPE's exponent is wrong: angles fall, base**(-2i/d_head)",
                _block(**_both(_rope_with(
                    lambda p, d: p * 10000.0 ** (torch.arange(0, d, 2) / d))))),
        *_either("RoPE is applied to what the attention gives: rotate its queries and keys",
                 _block(**_both(_no_rope), merge=lambda x: merge_heads(apply_rope(x))),
                 _block(**_both(_no_rope), merge=lambda x: apply_rope(merge_heads(x)))),
        Mistake("all pairs turn by the same angle: RoPE's angles fall with the pair, "
                "base**(-2i/d_head)",
                _block(**_both(_rope_with(lambda p, d: p.expand(-1, d // 2))))),
        *(Mistake(f"RoPE's base is {base:g}: it is 10000 here (apply_rope's default)",
                  _block(**_both(_rope_base(base)))) for base in (100.0, 1000.0, 1e5, 5e5, 1e6)),
        Mistake("sinusoidal positions are added to x: this model has RoPE on queries and keys",
                _block(lambda b, x: _feed_half(b, _attention_half(
                    b, x + sinusoidal_encoding(*x.shape[-2:]))))),
        *_either("sinusoidal positions replace RoPE: rotate queries and keys with apply_rope",
                 _block(lambda b, x: _feed_half(b, x + b.attend(
                    b.attention_norm(x) + sinusoidal_encoding(*x.shape[-2:]),
                    **_both(_no_rope)))),
                 _block(lambda b, x: _feed_half(b, (lambda y: y + b.attend(
                    b.attention_norm(y), **_both(_no_rope)))(
                        x + sinusoidal_encoding(*x.shape[-2:]))))),
        Mistake("there is neither a causal mask nor RoPE",
                _block(**_both(_no_rope), allowed=_all_true)),
        # Heads, scale, projections.
        Mistake("the scores are not scaled: divide by the square root of d_head",
                _block(scale=lambda q: 1.0)),
        Mistake("the scores are divided by d_head instead of its square root",
                _block(scale=lambda q: 1 / q.shape[-1])),
        Mistake("the scores are divided by the square root of d_model: each head has d_head "
                "features", _block(scale=lambda q: (q.shape[-1] * q.shape[-3]) ** -0.5)),
        Mistake("the scores are divided by the square root of n_heads: it is d_head that counts",
                _block(scale=lambda q: q.shape[-3] ** -0.5)),
        Mistake("the scores are divided by the square root of n: it is d_head that counts",
                _block(scale=lambda q: q.shape[-2] ** -0.5)),
        Mistake("the scores are multiplied by the square root of d_head: divide by it",
                _block(scale=lambda q: q.shape[-1] ** 0.5)),
        *(Mistake(f"n_heads is ignored ({n} is hard-coded): it is a parameter of DecoderBlock",
                  _block(split=lambda x, _, n=n: split_heads(x, n)))  # type: ignore[misc]
          for n in (2, 4, 8)),
        Mistake("n_heads is ignored (a single head of d_model features): split queries, keys and "
                "values into heads", _block(split=_one_head)),
        Mistake("d_head and n_heads are mixed up: there are n_heads heads of d_model / n_heads "
                "features",
                _block(split=lambda x, n_heads: split_heads(x, x.shape[-1] // n_heads))),
        Mistake("the heads are split without a transpose: (..., n, n_heads, d_head) must become "
                "(..., n_heads, n, d_head)", _block(split=_split_wrongly)),
        Mistake("the heads are split and merged without a transpose: (..., n, n_heads, d_head) "
                "must become (..., n_heads, n, d_head)",
                _block(split=_split_wrongly, merge=_merge_wrongly)),
        Mistake("head h takes every n_heads-th feature: it takes h*d_head to (h+1)*d_head - 1",
                _block(split=_split_strided)),
        Mistake("the heads are merged without a transpose: (..., n_heads, n, d_head) must become "
                "(..., n, n_heads, d_head) first", _block(merge=_merge_wrongly)),
        Mistake("W_o is not used: the merged heads go through W_o", _block(output=False)),
        Mistake("W_o is used twice: the merged heads go through it once",
                _sublayers(lambda b, x: x + b.attention.W_o(b.attend(b.attention_norm(x))),
                           _feed_half)),
        *(Mistake(f"{one} and {other} are one and the same layer: each is an nn.Linear of its own",
                  _block(change=_sharing(one, other)))
          for one, other in (("W_q", "W_k"), ("W_k", "W_v"), ("W_q", "W_v"), ("W_v", "W_o"))),
        Mistake("W_q and W_k are swapped", _block(order="kqv")),
        Mistake("W_k and W_v are swapped", _block(order="qvk")),
        Mistake("W_q and W_v are swapped", _block(order="vkq")),
        Mistake("the keys are made with W_q: they have their own W_k", _block(order="qqv")),
        Mistake("the values are made with W_k: they have their own W_v", _block(order="qkk")),
        Mistake("the values are made with W_q: they have their own W_v", _block(order="qkq")),
        Mistake("the softmax runs over the queries (dim -2): it runs over the keys",
                _block(weigh=lambda s: torch.softmax(s, -2))),
        Mistake("the softmax is missing", _block(blocked=0.0, weigh=lambda s: s)),
        # Feed-forward.
        Mistake("the feed-forward's activation is a GELU: SwiGLU uses silu", _feed_with(F.gelu)),
        Mistake("the feed-forward's activation is a ReLU: SwiGLU uses silu", _feed_with(F.relu)),
        Mistake("the feed-forward's activation is missing: SwiGLU uses silu",
                _feed_with(lambda x: x)),
        Mistake("the batch is flattened into the positions: positions of one sequence must not see "
                "another", _block(_flattens_batch)),
        Mistake("the result is not finite: a row of the mask has no key left (the position itself "
                "is always allowed), or -inf is multiplied", when=_not_finite),
        Mistake("earlier positions see later ones: the causal mask is missing or not used",
                when=_sees_later),
        Mistake("position 0 is right and the others are not: look at the causal mask and at RoPE "
                "(apply_rope on queries and keys, after the split into heads)",
                when=_only_first_right),
        Mistake("the sizes don't fit together: see the shapes of queries, keys and values before "
                "and after the split into heads, and of the mask",
                when=lambda got, *args: isinstance(got, Raised)),
    ),
)  # fmt: skip


def _rope_first(b: Any, x: Tensor) -> Tensor:
    a, y = b.attention, b.attention_norm(x)
    Q, K = (split_heads(apply_rope(layer(y)), a.n_heads) for layer in (a.W_q, a.W_k))
    V = split_heads(a.W_v(y), a.n_heads)
    scores = (Q @ K.mT / math.sqrt(Q.shape[-1])).masked_fill(~causal_mask(x.shape[-2]), -math.inf)
    return _feed_half(b, x + a.W_o(merge_heads(softmax(scores) @ V)))


def check_DecoderBlock(answer: Any, x: Tensor, n_heads: int, d_ff: int) -> None:  # noqa: N802
    """Compare `DecoderBlock(d_model, n_heads, d_ff)`, with random parameters, on `x`.

    To 3e-5: right answers that add in another order are up to 3e-6 apart.
    """
    parameters = _random(transformer_block.DecoderBlock(x.shape[-1], n_heads, d_ff))
    _check_decoder_block(answer, x, n_heads, d_ff, parameters, tolerance=3e-5)
    _check_decoder_block(answer, x, n_heads, d_ff, parameters, tolerance=3e-5, training=True)


# --- DecoderLM -----------------------------------------------------------------------------


def _lm(
    forward: Callable[[Any, Tensor], Any] | None = None,
    change: Callable[[Any, Any], None] | None = None,
) -> Callable[..., nn.Module]:
    """A DecoderLM with another `forward(model, tokens)`, or changed by `change(model, config)`."""

    class LM(transformer_block.DecoderLM):
        def __init__(self, config: Any) -> None:
            super().__init__(config)
            if change is not None:
                change(self, config)

        def through(self, x: Tensor) -> Tensor:
            for block in self.blocks:
                x = block(x)
            return x

        def forward(self, tokens: Tensor, caches: Any = None) -> Any:
            if forward is not None:
                return forward(self, tokens)
            return super().forward(tokens)

    return LM


def _logits(m: Any, tokens: Tensor) -> Tensor:
    return m.output(m.norm(m.through(m.embedding(tokens))))


def _embedded(change: Callable[[Tensor], Tensor]) -> Callable[..., nn.Module]:
    return _lm(lambda m, tokens: m.output(m.norm(m.through(change(m.embedding(tokens))))))


def _with_blocks(run: Callable[[Any, Tensor], Tensor]) -> Callable[..., nn.Module]:
    return _lm(lambda m, tokens: m.output(m.norm(run(m, m.embedding(tokens)))))


def _finished(finish: Callable[[Tensor, Tensor], Any]) -> Callable[..., nn.Module]:
    return _lm(lambda m, tokens: finish(_logits(m, tokens), tokens))


def _each_block(step: Callable[[Any, Any, Tensor, Tensor], Tensor]) -> Callable[..., nn.Module]:
    def run(m: Any, embedded: Tensor) -> Tensor:
        x = embedded
        for block in m.blocks:
            x = step(m, block, x, embedded)
        return x

    return _with_blocks(run)


def _reverse(m: Any, x: Tensor) -> Tensor:
    for block in reversed(list(m.blocks)):
        x = block(x)
    return x


def _share_blocks(m: Any, config: Any) -> None:
    m.blocks = nn.ModuleList([m.blocks[-1]] * config.n_layers)


def _tie(m: Any, config: Any) -> None:
    m.output.weight = m.embedding.weight


def _block_after_block(m: Any, x: Tensor) -> Tensor:
    for _ in m.blocks:
        x = m.blocks[0](x)
    return x


def _flattened(m: Any, tokens: Tensor) -> Tensor:
    logits: Tensor = _logits(m, tokens.reshape(-1))
    return logits.reshape(*tokens.shape, -1)


def _shifted(m: Any, tokens: Tensor) -> Tensor:
    return _logits(m, F.pad(tokens, (1, 0))[..., :-1])


def _run_lm(
    answer: Any, config: Any, tokens: Tensor, parameters: Parameters, training: bool = False
) -> Any:
    return _run_module(answer(config), parameters.state, tokens, training)


_check_decoder_lm = EXERCISE.check(
    "DecoderLM",
    visible=2,
    hidden=4,
    arguments=("config", "tokens", "parameters"),
    reference=transformer_block.DecoderLM,
    procedure=_run_lm,
    expects="output(norm(x)), where x is embedding(tokens) after each of the n_layers blocks: "
    "logits of shape (..., n, vocab_size), for tokens (..., n)",
    mistakes=(
        SUPER_INIT_MISSING,
        DROPOUT,
        Mistake("the output layer has a bias: nn.Linear(d_model, vocab_size, bias=False)",
                when=_parameters(lambda got: _any_ends(got.unasked, "output.bias"))),
        Mistake("the blocks are not registered (a plain Python list): use nn.ModuleList, so that "
                "their parameters are the model's",
                when=_parameters(lambda got: not got.unasked and all(
                    name.startswith("blocks.") for name in got.missing)
                    and "blocks.0.attention_norm.weight" in got.missing)),
        Mistake("there are too few blocks: config.n_layers are asked for",
                when=_parameters(lambda got: bool(got.missing) and not got.unasked and all(
                    name.startswith("blocks.") for name in got.missing))),
        Mistake("there are too many blocks: config.n_layers are asked for",
                when=_parameters(lambda got: bool(got.unasked) and not got.missing and all(
                    name.startswith("blocks.") for name in got.unasked))),
        Mistake("the final norm is missing: self.norm = RMSNorm(d_model), before the output layer",
                when=_parameters(lambda got: got.missing == ("norm.weight",)
                                 and not got.unasked)),
        Mistake("the final norm is a LayerNorm, or has a bias: it is RMSNorm, with weight only",
                when=_parameters(lambda got: "norm.bias" in got.unasked)),
        Mistake("there are learned positions: this model has none, RoPE in the attention tells "
                "positions apart",
                when=_parameters(lambda got: any("pos" in name for name in got.unasked))),
        Mistake("the output layer is missing (tied to the embedding): it has a weight of its own, "
                "nn.Linear(d_model, vocab_size, bias=False)",
                when=_parameters(lambda got: got.missing == ("output.weight",)
                                 and not got.unasked)),
        Mistake("a part has the wrong size: the embedding is (vocab_size, d_model), the output "
                "layer goes from d_model to vocab_size, DecoderBlock takes d_model, n_heads and "
                "d_ff in this order", when=_parameters(lambda got: bool(got.misshaped))),
        BIASED,
        OTHER_NAMES,
        Mistake("the final norm is missing in forward: output(norm(x))",
                _lm(lambda m, tokens: m.output(m.through(m.embedding(tokens))))),
        Mistake("the output layer shares the embedding's weight (tied): it has its own",
                _lm(change=_tie)),
        Mistake("the logits are made with the embedding's weight (tied): use the output layer",
                _lm(lambda m, tokens: m.norm(m.through(m.embedding(tokens)))
                    @ m.embedding.weight.T)),
        Mistake("the embedding is scaled by the square root of d_model: here it is not scaled",
                _embedded(lambda x: x * math.sqrt(x.shape[-1]))),
        Mistake("the embedding is divided by the square root of d_model: here it is not scaled",
                _embedded(lambda x: x / math.sqrt(x.shape[-1]))),
        Mistake("sinusoidal positions are added to the embedding: RoPE in the attention is all the "
                "model needs", _embedded(lambda x: x + sinusoidal_encoding(*x.shape[-2:]))),
        Mistake("sinusoidal positions are added to a scaled embedding: neither is part of this "
                "model",
                _embedded(lambda x: x * math.sqrt(x.shape[-1])
                          + sinusoidal_encoding(*x.shape[-2:]))),
        Mistake("RoPE is applied to the embedding: it belongs on the attention's queries and keys",
                _embedded(apply_rope)),
        Mistake("the embedding is normalised before the blocks: self.norm comes after them",
                _lm(lambda m, tokens: m.output(m.through(m.norm(m.embedding(tokens)))))),
        Mistake("self.norm is used before the blocks too: it comes after them only",
                _lm(lambda m, tokens: m.output(m.norm(m.through(m.norm(m.embedding(tokens))))))),
        Mistake("the norm comes after each block: it comes once, after all of them",
                _lm(lambda m, tokens: m.output(_normed_blocks(m, m.embedding(tokens))))),
        Mistake("the norm comes after each block and at the end: it comes once, after all of them",
                _lm(lambda m, tokens: m.output(m.norm(_normed_blocks(m, m.embedding(tokens)))))),
        Mistake("the final norm is applied twice",
                _lm(lambda m, tokens: m.output(m.norm(m.norm(m.through(m.embedding(tokens))))))),
        Mistake("the final norm is a LayerNorm (the mean is subtracted): it is RMSNorm",
                _lm(lambda m, tokens: m.output(
                    _plain_layer_norm(m.norm, m.through(m.embedding(tokens)))))),
        Mistake("the blocks are one shared module: each layer is a DecoderBlock of its own "
                "([DecoderBlock(…)] * n repeats the same one)", _lm(change=_share_blocks)),
        Mistake("only the first block is used: x goes through every block",
                _with_blocks(lambda m, x: m.blocks[0](x))),
        Mistake("only the last block counts (each gets the embedding): x goes from block to block",
                _with_blocks(lambda m, x: m.blocks[-1](x))),
        Mistake("the first block is used again and again: x goes through each block in turn",
                _with_blocks(_block_after_block)),
        Mistake("the last block is left out: x goes through every block",
                _with_blocks(lambda m, x: _through(m.blocks[:-1], x))),
        Mistake("the first block is left out: x goes through every block",
                _with_blocks(lambda m, x: _through(m.blocks[1:], x))),
        Mistake("no block is used: x goes through every block", _with_blocks(lambda m, x: x)),
        Mistake("the blocks run in reverse order", _with_blocks(_reverse)),
        Mistake("every block gets the embedding, and the outputs are added: x goes from block to "
                "block", _with_blocks(lambda m, x: sum(block(x) for block in m.blocks))),
        Mistake("a residual is added around each block: the block has its own inside",
                _each_block(lambda m, block, x, e: x + block(x))),
        Mistake("the embedding is added again after the blocks: residuals are inside the blocks",
                _with_blocks(lambda m, x: x + m.through(x))),
        Mistake("a softmax is applied: logits are asked for, sampling makes probabilities of them",
                _finished(lambda logits, tokens: torch.softmax(logits, -1))),
        Mistake("a log-softmax is applied: logits are asked for",
                _finished(lambda logits, tokens: torch.log_softmax(logits, -1))),
        Mistake("an activation is applied to the logits (tanh): the output layer's are taken as "
                "they are", _finished(lambda logits, tokens: torch.tanh(logits))),
        Mistake("the norm comes after the output layer: output(norm(x))",
                when=_says("must match the size", "normalized_shape")),
        Mistake("the positions are averaged: every position has its own logits",
                _finished(lambda logits, tokens: logits.mean(-2))),
        *_either("only the last position's logits come back: every position has its own",
                 _finished(lambda logits, tokens: logits[..., -1, :]),
                 _finished(lambda logits, tokens: logits[..., -1:, :])),
        Mistake("token ids come back (arg max): logits are asked for",
                _finished(lambda logits, tokens: logits.argmax(-1))),
        Mistake("the hidden states come back: the output layer makes logits of them",
                _lm(lambda m, tokens: m.norm(m.through(m.embedding(tokens))))),
        Mistake("the logits are transposed: (..., n, vocab_size)",
                _finished(lambda logits, tokens: logits.mT)),
        *_either("the logits are scaled by the square root of d_model: the output layer's are "
                 "taken as they are",
                 _lm(lambda m, tokens: _logits(m, tokens) / math.sqrt(m.embedding.embedding_dim)),
                 _lm(lambda m, tokens: _logits(m, tokens) * math.sqrt(m.embedding.embedding_dim))),
        Mistake("the logits of the first position are left out: every position has its own",
                _finished(lambda logits, tokens: logits[..., 1:, :])),
        Mistake("the logits of the last position are left out: every position has its own",
                _finished(lambda logits, tokens: logits[..., :-1, :])),
        Mistake("the tokens are shifted: position i sees tokens 0 to i",
                _lm(_shifted)),
        Mistake("a leading dimension is missing or new: tokens (..., n) give logits "
                "(..., n, vocab_size), so a single sequence has no batch dimension",
                when=lambda got, expected, *args: (
                    isinstance(got, Tensor) and got.dim() != expected.dim()
                    and got.numel() == expected.numel())),
        Mistake("the batch is flattened into one long sequence: sequences must not see each other",
                _lm(_flattened)),
        Mistake("more than a tensor comes back: return the logits alone", when=_tuple_came),
        Mistake("d_ff and n_heads (or other sizes of config) are swapped: DecoderBlock(d_model, "
                "n_heads, d_ff)",
                when=lambda got, expected, config, *args: (
                    isinstance(got, Raised) and ("divi" in got.message or "n_heads" in got.message
                                                 or "unflatten" in got.message))),
        Mistake("config is taken apart the wrong way: DecoderLM(config) gets one ModelConfig and "
                "reads its attributes, such as config.d_model",
                when=lambda got, *args: (
                    isinstance(got, Raised) and got.kind in ("TypeError", "AttributeError")
                    and any(word in got.message for word in
                            ("ModelConfig", "argument", "subscriptable")))),
        Mistake("the batch is not handled: tokens may have any number of leading dimensions, also "
                "none",
                when=lambda got, expected, config, tokens, *args: (
                    isinstance(got, Raised) and tokens.dim() != 2)),
        Mistake("the result is not finite", when=_not_finite),
    ),
)  # fmt: skip


def _through(blocks: Any, x: Tensor) -> Tensor:
    for block in blocks:
        x = block(x)
    return x


def _normed_blocks(m: Any, x: Tensor) -> Tensor:
    for block in m.blocks:
        x = m.norm(block(x))
    return x


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
    _check_decoder_lm(answer, config, tokens, parameters, tolerance=1e-4)
    _check_decoder_lm(answer, config, tokens, parameters, tolerance=1e-4, training=True)


# --- sampling: is it the right distribution? -------------------------------------------------

CERTAINTY = 30.0
"""A right answer is taken for a wrong one with a probability below `2 exp(-30)` = 2e-13 for each
frequency that is looked at."""
LIKELY = 10.0
"""The same when a known mistake is looked for: nothing but the wording depends on it."""


def _consistent(counts: Tensor, probabilities: Tensor, bound: float = LIKELY) -> bool:
    """Whether `counts` may well have been drawn from `probabilities`, both `(..., n)`.

    Chernoff's bound for each count c of N draws with probability p: the chance to be as far off
    is at most `exp(-N KL(c/N || p))`, KL the divergence of two coins (Hoeffding 1963, theorem 1).
    """
    n = counts.sum(-1, keepdim=True).double()
    q, p = counts.double() / n, probabilities.double()
    impossible = (q > 0) & (p <= 0) | (q < 1) & (p >= 1)
    divergence = torch.xlogy(q, q / p.clamp(1e-300)) + torch.xlogy(
        1 - q, (1 - q) / (1 - p).clamp(1e-300)
    )
    return not bool((impossible | (n * divergence > bound)).any())


def _probabilities(logits: Tensor, temperature: float = 1.0, top_k: int | None = None) -> Tensor:
    """What a token is drawn from, float64; a temperature near 0 or below has no place here."""
    scaled = logits.double() / temperature
    if top_k is not None:
        ids = scaled.topk(max(1, min(top_k, scaled.shape[-1])), -1).indices
        scaled = torch.full_like(scaled, -math.inf).scatter(-1, ids, scaled.gather(-1, ids))
    return torch.softmax(scaled, -1)


def _ids(tokens: Any) -> Any:
    """Token ids as int64, whatever kind of whole number they are; anything else as it is."""
    if isinstance(tokens, Tensor) and not tokens.is_floating_point() and tokens.dtype != torch.bool:
        return tokens.long()
    if isinstance(tokens, int) and not isinstance(tokens, bool):
        return torch.tensor(tokens)
    return tokens


def _count(ids: Tensor, n: int) -> Tensor:
    """How often each of `n` ids occurs along the first dimension: `(draws, ...)` to `(..., n)`."""
    return (ids[..., None] == torch.arange(n)).sum(0)


Frequencies = dict[str, Any]
SHAPE, FREQUENCIES = "shape of the ids", "frequencies of the tokens"


def _frequencies(ids: Any, shape: tuple[int, ...], p: Tensor) -> Any:
    """The shape of the ids and how often each came; exactly `p` where that is consistent."""
    if not isinstance(ids, Tensor) or ids.is_floating_point():
        return ids
    if tuple(ids.shape) != shape:
        return {SHAPE: tuple(ids.shape), FREQUENCIES: p}
    if bool(((ids < 0) | (ids >= p.shape[-1])).any()):
        return {SHAPE: shape, FREQUENCIES: "ids outside the vocabulary"}
    counts = _count(ids, p.shape[-1])
    return {
        SHAPE: shape,
        FREQUENCIES: p if _consistent(counts, p, CERTAINTY) else counts.double() / len(ids),
    }


# --- sample_next ---------------------------------------------------------------------------


def _run_sample(
    answer: Any,
    logits: Tensor,
    draws: int | None = None,
    seed: int | None = None,
    **options: Any,
) -> Any:
    """The ids for `logits`, or with `draws` their frequencies in as many equal rows.

    `temperature` and `top_k` are passed on where they are given: the defaults are the answer's.
    """
    given = options | _generator(seed)
    if draws is None:
        return _ids(answer(logits, **given))
    rows = logits.expand(draws, *logits.shape).contiguous()
    p = _probabilities(logits, **options)
    return _frequencies(_ids(answer(rows, **given)), tuple(rows.shape[:-1]), p)


def _generator(seed: int | None) -> dict[str, torch.Generator]:
    return {} if seed is None else {"generator": torch.Generator().manual_seed(seed)}


def _drawn(
    alternative: Callable[[Tensor, float, int | None], Tensor],
) -> Callable[..., bool]:
    """Whether the tokens may well be from `alternative(logits, temperature, top_k)`."""

    def when(
        got: Any,
        expected: Any,
        logits: Tensor,
        temperature: float = 1.0,
        top_k: int | None = None,
        draws: int | None = None,
        seed: int | None = None,
    ) -> bool:
        if draws is None or not isinstance(got, dict) or got[SHAPE] != expected[SHAPE]:
            return False
        p = alternative(logits, temperature, top_k)
        right = _probabilities(logits, temperature, top_k)
        differs = not bool(torch.allclose(p.double(), right, atol=1e-3))
        return differs and _consistent((got[FREQUENCIES] * draws).round(), p)

    return when


def _at_zero(is_so: Callable[[Any, Tensor], bool]) -> Callable[..., bool]:
    def when(
        got: Any, expected: Any, logits: Tensor, temperature: float = 1.0, *args: Any, **kw: Any
    ) -> bool:
        return temperature == 0 and is_so(got, logits)

    return when


def _top(logits: Tensor, k: int) -> Tensor:
    """True at the k largest logits."""
    ids = logits.topk(max(1, min(k, logits.shape[-1])), -1).indices
    return torch.zeros(logits.shape, dtype=torch.bool).scatter(-1, ids, True)


def _normalised(x: Tensor) -> Tensor:
    return x / x.sum(-1, keepdim=True)


def _only_best(logits: Tensor, *args: Any) -> Tensor:
    return _top(logits, 1).double()


def _with_k(change: Callable[[int, int], int]) -> Callable[[Tensor, float, int | None], Tensor]:
    return lambda logits, t, k: _probabilities(
        logits, t, None if k is None else change(k, logits.shape[-1])
    )


def _with_default_k(size: int) -> Callable[[Tensor, float, int | None], Tensor]:
    return lambda logits, t, k: _probabilities(logits, t, k or size)


def _lowest_k(logits: Tensor, t: float, k: int | None) -> Tensor:
    if k is None:
        return _probabilities(logits, t)
    return torch.softmax((logits.double() / t).masked_fill(~_top(-logits, k), -math.inf), -1)


def _all_but_top(logits: Tensor, t: float, k: int | None) -> Tensor:
    if k is None:
        return _probabilities(logits, t)
    return torch.softmax((logits.double() / t).masked_fill(_top(logits, k), -math.inf), -1)


def _zeroed(logits: Tensor, t: float, k: int | None) -> Tensor:
    kept = logits if k is None else logits.masked_fill(~_top(logits, k), 0.0)
    return torch.softmax(kept.double() / t, -1)


def _one_threshold(of: Callable[[Tensor], Tensor]) -> Callable[..., Tensor]:
    """Every row cut at the k-th largest of `of(logits (rows, vocab_size))`."""

    def alternative(logits: Tensor, t: float, k: int | None) -> Tensor:
        if k is None:
            return _probabilities(logits, t)
        least = of(logits.reshape(-1, logits.shape[-1])).topk(k).values[-1]
        return torch.softmax((logits.double() / t).masked_fill(logits < least, -1e9), -1)

    return alternative


def _first_k(logits: Tensor, t: float, k: int | None) -> Tensor:
    kept = logits.double() / t
    return torch.softmax(kept if k is None else kept.masked_fill(
        torch.arange(logits.shape[-1]) >= k, -math.inf), -1)  # fmt: skip


def _ranks(logits: Tensor, t: float, k: int | None) -> Tensor:
    """The index among the top k taken for a token id."""
    p = torch.zeros(logits.shape, dtype=torch.float64)
    best = torch.softmax(logits.double().topk(k or logits.shape[-1], -1).values / t, -1)
    p[..., : best.shape[-1]] = best
    return p


DEFAULT_TOP_KS = (1, 3, 5, 10, 20, 40, 50)
"""Values that top_k is given by default in one library or another, instead of None."""

SAMPLE_ARGUMENTS = ("logits", "temperature", "top_k")

check_sample_next = EXERCISE.check(
    "sample_next",
    visible=2,
    hidden=3,
    arguments=SAMPLE_ARGUMENTS,
    reference=transformer_block.sample_next,
    procedure=_run_sample,
    expects="token ids of shape (...) for logits (..., vocab_size), drawn from "
    "softmax(logits / temperature) among the top_k largest; the arg max at temperature 0",
    mistakes=(
        Mistake("temperature 0 is refused: it is allowed and means the arg max",
                when=_at_zero(lambda got, logits: (
                    isinstance(got, Raised) and got.kind in ("ValueError", "AssertionError")
                    and "temperature" in got.message.lower()))),
        Mistake("top_k = 1 is refused: it is allowed and leaves the largest logit only",
                when=lambda got, expected, logits, temperature=1.0, top_k=None, **kwargs: (
                    top_k == 1 and isinstance(got, Raised)
                    and got.kind in ("ValueError", "AssertionError"))),
        Mistake("temperature 0 is divided by: it means the arg max, so deal with it first",
                when=_at_zero(lambda got, logits: isinstance(got, Raised))),
        Mistake("temperature 0 is divided by, which makes NaN or infinite logits: it means the arg "
                "max, so deal with it first",
                when=_at_zero(lambda got, logits: isinstance(got, Tensor)
                              and got.shape == logits.shape[:-1] and bool((got == 0).all()))),
        Mistake("the smallest logit is taken at temperature 0 (arg min): take the largest",
                when=_at_zero(lambda got, logits: _near(got, logits.argmin(-1)))),
        Mistake("the arg max runs over the wrong dimension: the vocabulary is the last one",
                when=_at_zero(lambda got, logits: isinstance(got, Tensor) and any(
                    got.shape == logits.argmax(d).shape and bool((got == logits.argmax(d)).all())
                    for d in (*range(logits.dim() - 1), None)))),
        Mistake("the largest logit comes back, not its index: token ids are asked for (argmax)",
                when=lambda got, expected, logits, *args, **kwargs: (
                    isinstance(got, Tensor) and got.is_floating_point()
                    and got.shape == logits.shape[:-1])),
        Mistake("probabilities or a one-hot vector come back: token ids are asked for",
                when=lambda got, expected, logits, *args, **kwargs: (
                    isinstance(got, Tensor) and got.shape == logits.shape)),
        Mistake("the last dimension is kept (size 1, as torch.multinomial gives it): the ids have "
                "shape (...), so squeeze it",
                when=lambda got, expected, logits, *args, **kwargs: (
                    _shape_of(got) == (*_shape_of(expected), 1))),
        Mistake("dimensions are lost or flattened (view or squeeze): the ids have shape (...) for "
                "logits (..., vocab_size)",
                when=lambda got, expected, logits, *args, **kwargs: (
                    _shape_of(got) is not None and _shape_of(got) != _shape_of(expected))),
        Mistake("torch.multinomial takes one or two dimensions: flatten the leading dimensions for "
                "it, and restore them after (reshape)",
                when=_says("prob_dist must be 1 or 2 dim")),
        Mistake("the logits are taken for probabilities: apply the softmax first",
                when=_says("probability tensor contains", "invalid multinomial distribution",
                           "probabilities are not non-negative", "probabilities do not sum")),
        Mistake("generator is not a parameter: sample_next(logits, temperature=1.0, top_k=None, "
                "generator=None)", when=_says("unexpected keyword argument")),
        Mistake("the most likely token always comes back (arg max): draw at random",
                when=_drawn(_only_best)),
        Mistake("the least likely token always comes back",
                when=_drawn(lambda logits, t, k: _top(-logits, 1).double())),
        Mistake("the temperature is ignored (or added, which changes nothing): divide the logits "
                "by it before the softmax",
                when=_drawn(lambda logits, t, k: _probabilities(logits, 1.0, k))),
        Mistake("the temperature is multiplied by: divide the logits by it",
                when=_drawn(lambda logits, t, k: _probabilities(logits, 1 / t, k))),
        Mistake("the logits are divided by the temperature twice (or by its square)",
                when=_drawn(lambda logits, t, k: _probabilities(logits, t * t, k))),
        Mistake("the logits are divided by the square root of the temperature",
                when=_drawn(lambda logits, t, k: _probabilities(logits, math.sqrt(t), k))),
        Mistake("the logits are divided by 1 + temperature",
                when=_drawn(lambda logits, t, k: _probabilities(logits, 1 + t, k))),
        Mistake("the sign of the logits is flipped",
                when=_drawn(lambda logits, t, k: _probabilities(-logits, t, k))),
        Mistake("top_k is ignored: only the top_k largest logits stay",
                when=_drawn(lambda logits, t, k: _probabilities(logits, t))),
        Mistake("temperature and top_k are both ignored",
                when=_drawn(lambda logits, t, k: torch.softmax(logits.double(), -1))),
        Mistake("top_k is off by one: one token too few is kept",
                when=_drawn(_with_k(lambda k, n: k - 1))),
        Mistake("top_k is off by one: one token too many is kept",
                when=_drawn(_with_k(lambda k, n: k + 1))),
        Mistake("top_k is off by one, and the temperature is ignored",
                when=_drawn(lambda logits, t, k: _probabilities(logits, 1.0, k and k + 1))),
        Mistake("top_k is taken for the number of tokens to leave out: it is the number to keep",
                when=_drawn(_with_k(lambda k, n: n - k))),
        Mistake("the top_k smallest logits are kept: keep the largest", when=_drawn(_lowest_k)),
        Mistake("the top_k largest logits are removed: keep them", when=_drawn(_all_but_top)),
        Mistake("the first top_k tokens of the vocabulary are kept: keep those with the largest "
                "logits", when=_drawn(_first_k)),
        Mistake("logits outside the top_k are set to 0, which is an ordinary logit: set them to "
                "-inf", when=_drawn(_zeroed)),
        Mistake("the place among the top_k is taken for the token's id: look the id up in topk's "
                "indices", when=_drawn(_ranks)),
        Mistake("all tokens are equally likely: draw from softmax(logits / temperature), "
                "taken over the vocabulary (dim=-1)",
                when=_drawn(lambda logits, t, k: torch.full(
                    logits.shape, 1 / logits.shape[-1], dtype=torch.float64))),
        Mistake("all of the top_k are equally likely: keep their softmax probabilities",
                when=_drawn(lambda logits, t, k: _normalised(
                    _top(logits, k or logits.shape[-1]).double()))),
        Mistake("the softmax is applied twice",
                when=_drawn(lambda logits, t, k: torch.softmax(_probabilities(logits, t, k), -1))),
        Mistake("the temperature is applied after the softmax: divide the logits before it",
                when=_drawn(lambda logits, t, k: torch.softmax(
                    torch.softmax(logits.double(), -1) / t, -1))),
        Mistake("the logits are normalised without the exponential: apply the softmax",
                when=_drawn(lambda logits, t, k: _normalised(logits.double().clamp(min=0)))),
        Mistake("the logits are normalised without the exponential: apply the softmax",
                when=_drawn(lambda logits, t, k: _normalised(logits.double().abs()))),
        Mistake("the logits are shifted to be positive instead of exponentiated: apply the softmax",
                when=_drawn(lambda logits, t, k: _normalised(
                    logits.double() - logits.double().amin(-1, keepdim=True)))),
        Mistake("a sigmoid replaces the softmax",
                when=_drawn(lambda logits, t, k: _normalised(torch.sigmoid(logits.double() / t)))),
        Mistake("the top_k largest of the first row decide for all rows: each row has its own",
                when=_drawn(_one_threshold(lambda rows: rows[0]))),
        Mistake("the top_k largest of all rows together are kept: each row has its own",
                when=_drawn(_one_threshold(lambda rows: rows.flatten()))),
        *(Mistake(f"top_k is {size} unless it is given: its default is None, all tokens",
                  when=_drawn(_with_default_k(size)))
          for size in DEFAULT_TOP_KS),
        Mistake("all rows are drawn from the first row's logits: each row has its own",
                when=_drawn(lambda logits, t, k: _probabilities(
                    logits.reshape(-1, logits.shape[-1])[:1].expand(logits.shape), t, k))),
        Mistake("one token is drawn for all rows: draw for each row on its own",
                when=lambda got, expected, *args, **kwargs: (
                    isinstance(got, dict) and isinstance(got[FREQUENCIES], Tensor)
                    and bool((got[FREQUENCIES].amax(-1) == 1).all()))),
        Mistake("a single number comes back (item): give an id for every row",
                when=_says("converted to Scalar", "only one element")),
        Mistake("ids outside the vocabulary come back",
                when=lambda got, expected, *args, **kwargs: (
                    isinstance(got, dict) and isinstance(got[FREQUENCIES], str))),
        Mistake("temperature 0 is not the arg max: the token with the largest logit is asked for",
                when=_at_zero(lambda got, logits: True)),
        Mistake("top_k = 1 is not the arg max: only the largest logit stays",
                when=lambda got, expected, logits, temperature=1.0, top_k=None, **kwargs: (
                    top_k == 1)),
        Mistake("the result is not a tensor of whole numbers: token ids are asked for",
                when=lambda got, expected, *args, **kwargs: not isinstance(got, dict | Raised)),
        Mistake("the tokens are not drawn from softmax(logits / temperature) among the top_k "
                "largest: other probabilities, or noise on the logits that is not Gumbel's",
                when=lambda got, *args, **kwargs: isinstance(got, dict)),
    ),
)  # fmt: skip


def _shape_of(result: Any) -> Any:
    if isinstance(result, dict):
        return result[SHAPE]
    return tuple(result.shape) if isinstance(result, Tensor) else None


EQUAL_SEEDS, OTHER_SEED = "two generators of equal seed", "a generator of another seed"
USED_AGAIN, NO_GENERATOR = "a generator that is used again", "no generator, twice"


def _compare_seeds(
    draw: Callable[[torch.Generator | None], Any], seed: int, other: int
) -> dict[str, str]:
    def seeded(seed: int) -> torch.Generator:
        return torch.Generator().manual_seed(seed)

    generator = seeded(seed)
    first, used_again = draw(generator), draw(generator)
    pairs = {
        EQUAL_SEEDS: (first, draw(seeded(seed))),
        OTHER_SEED: (first, draw(seeded(other))),
        USED_AGAIN: (first, used_again),
        NO_GENERATOR: (draw(None), draw(None)),
    }
    return {
        what: "equal tokens" if torch.equal(*pair) else "other tokens"
        for what, pair in pairs.items()
    }


def _seeds_wrong(key: str) -> Callable[..., bool]:
    return lambda got, expected, *args, **kwargs: (
        isinstance(got, dict) and got[key] != expected[key]
    )


SEED_MISTAKES = (
    Mistake("the generator is ignored (the global random state is used): pass it on, as in "
            "torch.multinomial(…, generator=generator)", when=_seeds_wrong(EQUAL_SEEDS)),
    Mistake("the tokens don't depend on the generator's seed: something sets a fixed seed, or "
            "nothing is drawn at random", when=_seeds_wrong(OTHER_SEED)),
    Mistake("the same random numbers come again when a generator is used again: it is copied, or "
            "seeded anew (or its seed is given to the global one) at each call; draw with the "
            "generator itself, which moves it on", when=_seeds_wrong(USED_AGAIN)),
    Mistake("the same tokens come at each call without a generator: a fixed seed is set in there "
            "(torch.manual_seed, or a generator of its own); draw with torch's global random "
            "state", when=_seeds_wrong(NO_GENERATOR)),
    Mistake("generator is not a parameter of it, or is passed on the wrong way",
            when=_says("argument", "generator")),
)  # fmt: skip


def _run_sample_seeds(answer: Any, logits: Tensor, seed: int, other: int) -> Any:
    def draw(generator: torch.Generator | None) -> Any:
        rows = logits.expand(200, *logits.shape).contiguous()
        return answer(rows, generator=generator)

    return _compare_seeds(draw, seed, other)


check_sample_next_seeds = Check(
    EXERCISE,
    "sample_next",
    arguments=("logits", "seed", "another seed"),
    reference=transformer_block.sample_next,
    procedure=_run_sample_seeds,
    expects="generators of equal seed give equal tokens; another seed, the same generator used "
    "again, or none gives others",
    mistakes=SEED_MISTAKES,
)


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


MODE = "model.training after the call"


def _run_generate(
    answer: Any, tokens: Tensor, n_new: int, vocab_size: int, training: bool = False
) -> Any:
    """The tokens that temperature 0 gives, and the mode in which the model is left."""
    model = Reader(vocab_size).train(training)
    return {"tokens": answer(model, tokens, n_new, temperature=0.0), MODE: model.training}


def _greedy(step: Callable[[nn.Module, Tensor, Tensor, int], Tensor]) -> Callable[..., Tensor]:
    """A generate that appends `step(model, prompt, so far, i)`, `(batch,)`, for i below n_new."""

    def wrong(model: nn.Module, tokens: Tensor, n_new: int, **options: Any) -> Tensor:
        prompt = tokens
        for i in range(n_new):
            tokens = torch.cat((tokens, step(model, prompt, tokens, i)[:, None]), 1)
        return tokens

    return wrong


def _next(model: nn.Module, tokens: Tensor, position: int = -1) -> Tensor:
    following: Tensor = model(tokens)[:, position].argmax(-1)
    return following


def _changed(change: Callable[[Tensor, Tensor, int], Any]) -> Callable[..., Any]:
    return lambda model, tokens, n_new, **options: change(
        transformer_block.generate(model, tokens, n_new, 0.0), tokens, n_new
    )


def _with_n(change: Callable[[int], int]) -> Callable[..., Tensor]:
    return lambda model, tokens, n_new, **options: transformer_block.generate(
        model, tokens, max(0, change(n_new)), 0.0
    )


def _leaving(mode: bool) -> Callable[..., Tensor]:
    def wrong(model: nn.Module, tokens: Tensor, n_new: int, **options: Any) -> Tensor:
        result = transformer_block.generate(model, tokens, n_new, 0.0)
        model.train(mode)
        return result

    return wrong


def _flipping(model: nn.Module, tokens: Tensor, n_new: int, **options: Any) -> Tensor:
    result = transformer_block.generate(model, tokens, n_new, 0.0)
    model.train(not model.training)
    return result


def _prepended(model: nn.Module, tokens: Tensor, n_new: int, **options: Any) -> Tensor:
    for _ in range(n_new):
        tokens = torch.cat((_next(model, tokens)[:, None], tokens), 1)
    return tokens


def _all_at_once(model: nn.Module, tokens: Tensor, n_new: int, **options: Any) -> Tensor:
    following: Tensor = model(tokens).argmax(-1)
    return torch.cat((tokens, following[:, -n_new:]), 1) if n_new else tokens


def _until_length(model: nn.Module, tokens: Tensor, n_new: int, **options: Any) -> Tensor:
    return transformer_block.generate(model, tokens, max(0, n_new - tokens.shape[-1]), 0.0)


def _tokens_like(compare: Callable[[Tensor, Tensor], bool]) -> Callable[..., bool]:
    return lambda got, expected, *args, **kwargs: (
        isinstance(got, dict)
        and isinstance(got["tokens"], Tensor)
        and compare(got["tokens"], expected["tokens"])
    )


GENERATE_EXPECTS = (
    "tokens (batch, n) with n_new more, (batch, n + n_new): each drawn by sample_next from the "
    "logits at the last position, given all tokens so far; the model left in its training mode"
)

check_generate = EXERCISE.check(
    "generate",
    visible=1,
    hidden=2,
    arguments=("tokens", "n_new", "vocab_size"),
    reference=transformer_block.generate,
    procedure=_run_generate,
    expects=GENERATE_EXPECTS + " (here: temperature 0, and a model of the test's own)",
    mistakes=(
        Mistake("nothing is returned: a return statement is missing",
                when=lambda got, *args, **kwargs: got["tokens"] is None),
        Mistake("the model is left in eval mode: put it back into the mode in which it was found, "
                "model.train(was_training)", _leaving(False)),
        Mistake("the model is left in training mode, though it was in eval mode: remember "
                "model.training and restore it", _leaving(True)),
        Mistake("the model's training mode is flipped: restore the mode in which it was found",
                _flipping),
        Mistake("the model gets only the last token each time: it needs all tokens so far",
                _greedy(lambda m, prompt, t, i: _next(m, t[:, -1:]))),
        Mistake("the model gets only the new tokens after the first step: it needs the prompt too",
                _greedy(lambda m, prompt, t, i: _next(
                    m, t[:, prompt.shape[1]:] if i else t))),
        Mistake("the model gets the prompt each time, without the tokens made so far: append each "
                "new token before the next step",
                _greedy(lambda m, prompt, t, i: _next(m, prompt))),
        *(Mistake(f"the model gets only the last {size} tokens: it needs all tokens so far",
                  _greedy(lambda m, prompt, t, i, size=size: _next(m, t[:, -size:])))  # type: ignore[misc]
          for size in (2, 3, 4, 8, 16)),
        Mistake("the prompt's first token is dropped at each step (a sliding window): the model "
                "needs all tokens so far",
                _greedy(lambda m, prompt, t, i: _next(m, t[:, -prompt.shape[1]:]))),
        Mistake("the prompt's last token is not given to the model",
                _greedy(lambda m, prompt, t, i: _next(m, t[:, :-1]))),
        Mistake("the logits at the first position are used: the next token follows the last "
                "position, logits[:, -1]",
                _greedy(lambda m, prompt, t, i: _next(m, t, 0))),
        Mistake("the logits at the position before the last are used: the next token follows the "
                "last position, logits[:, -1]",
                _greedy(lambda m, prompt, t, i: _next(m, t, -2))),
        Mistake("the logits at the prompt's last position are used at every step: use the last "
                "position, logits[:, -1]",
                _greedy(lambda m, prompt, t, i: _next(m, t, prompt.shape[1] - 1))),
        Mistake("the logits of all positions are averaged: use the last position, logits[:, -1]",
                _greedy(lambda m, prompt, t, i: m(t).mean(1).argmax(-1))),
        Mistake("the first sequence's token is appended to all: each sequence of the batch has its "
                "own", _greedy(lambda m, prompt, t, i: _next(m, t)[:1].expand(len(t)))),
        Mistake("one token too few is made (off by one): n_new are asked for",
                _with_n(lambda n: n - 1)),
        Mistake("one token too many is made (off by one): n_new are asked for",
                _with_n(lambda n: n + 1)),
        Mistake("n_new is taken for the total length: it is the number of new tokens",
                _until_length),
        Mistake("a single token is made: n_new are asked for", _with_n(lambda n: min(n, 1))),
        Mistake("no token is made", _with_n(lambda n: 0)),
        Mistake("the new tokens are put in front: append them at the end", _prepended),
        Mistake("the new tokens are put in front of the prompt: append them at the end",
                _changed(lambda t, p, n: torch.cat((t[:, p.shape[1]:], p), 1))),
        Mistake("all new tokens are made in one step: make one at a time, each given the last",
                _all_at_once),
        Mistake("only the new tokens come back: return the prompt with them appended",
                _changed(lambda t, p, n: t[:, p.shape[1]:])),
        *_either("only the last token comes back: return the prompt with the new ones appended",
                 _changed(lambda t, p, n: t[:, -1:]),
                 _changed(lambda t, p, n: t[:, -1])),
        Mistake("the prompt's last token comes twice, or its first is lost",
                _changed(lambda t, p, n: t[:, 1:])),
        Mistake("the new tokens are in reverse order: append each at the end",
                _changed(lambda t, p, n: torch.cat((p, t[:, p.shape[1]:].flip(1)), 1))),
        *_either("only the first sequence of the batch comes back",
                 _changed(lambda t, p, n: t[:1]),
                 _changed(lambda t, p, n: t[0])),
        Mistake("a batch of one is squeezed away: the shape is (batch, n + n_new)",
                _changed(lambda t, p, n: t.squeeze(0))),
        Mistake("a token is dropped for each new one (a window of fixed length): keep them all",
                when=_tokens_like(lambda got, want: got.shape != want.shape
                                  and got.shape == want[:, : got.shape[1]].shape
                                  and not torch.equal(got, want[:, : got.shape[1]]))),
        Mistake("it stops before n_new tokens are made: go on whatever the tokens are",
                when=_tokens_like(lambda got, want: got.shape != want.shape
                                  and torch.equal(got, want[:, : got.shape[1]]))),
        Mistake("the new tokens are stacked along the batch: append them along the positions "
                "(dim 1)",
                when=_tokens_like(lambda got, want: got.shape[0] > want.shape[0])),
        Mistake("the tokens come back in another dtype: they keep that of the prompt, int64 (long)",
                when=lambda got, *args, **kwargs: got["tokens"].dtype != torch.int64),
        Mistake("a list comes back: a tensor (batch, n + n_new) is asked for",
                when=lambda got, *args, **kwargs: (
                    isinstance(got, dict) and isinstance(got["tokens"], list | tuple))),
        Mistake("the new token has another shape than the prompt: sample_next gives (batch,), and "
                "torch.cat needs (batch, 1)",
                when=_says("Tensors must have same number of dimensions", "Sizes of tensors",
                           "zero-dimensional tensor", "dimension")),
        Mistake("the parameters are generate(model, tokens, n_new, temperature=1.0, top_k=None, "
                "generator=None)", when=_says("unexpected keyword argument", "positional")),
        Mistake("a token is not the most likely one that follows all tokens so far: the model does "
                "not get all of them, or temperature is not passed on",
                when=_tokens_like(lambda got, want: got.shape == want.shape)),
    ),
)  # fmt: skip


def _run_generate_often(
    answer: Any,
    table: Tensor,
    draws: int,
    seed: int | None = None,
    **options: Any,
) -> Any:
    """How often each pair of two new tokens comes in a batch of `draws` equal prompts."""
    prompt = torch.ones(draws, 2, dtype=torch.long)
    ids = _ids(answer(Chain(table), prompt, 2, **options, **_generator(seed)))
    p = _pairs(table, **options)
    if not isinstance(ids, Tensor) or ids.is_floating_point():
        return ids
    if tuple(ids.shape) != (draws, 4):
        return {SHAPE: tuple(ids.shape), FREQUENCIES: p}
    if not torch.equal(ids[:, :2], prompt):
        return {SHAPE: (draws, 4), FREQUENCIES: "the prompt is changed"}
    found = _frequencies(ids[:, 2] * len(table) + ids[:, 3], (draws,), p.flatten())
    result = {SHAPE: (draws, 4), FREQUENCIES: found[FREQUENCIES]}
    if isinstance(result[FREQUENCIES], Tensor):
        result[FREQUENCIES] = result[FREQUENCIES].reshape(p.shape)
    return result


def _pairs(table: Tensor, temperature: float = 1.0, top_k: int | None = None) -> Tensor:
    """The probability `[a, b]` that the new tokens after token 1 are a and b."""
    step = _probabilities(table, temperature, top_k)
    return step[1][:, None] * step


def _drawn_pairs(
    alternative: Callable[[Tensor, float, int | None], Tensor],
) -> Callable[..., bool]:
    def when(
        got: Any,
        expected: Any,
        table: Tensor,
        draws: int,
        temperature: float = 1.0,
        top_k: int | None = None,
        seed: int | None = None,
    ) -> bool:
        p = alternative(table, temperature, top_k)
        differs = not torch.allclose(p, _pairs(table, temperature, top_k), atol=1e-3)
        counts = (got[FREQUENCIES] * draws).round()
        return differs and _consistent(counts.flatten(), p.flatten())

    return when


def _pairs_best(table: Tensor, temperature: float, top_k: int | None) -> Tensor:
    step = _only_best(table)
    return step[1][:, None] * step


def _pairs_equal(table: Tensor, temperature: float, top_k: int | None) -> Tensor:
    return torch.diag(_probabilities(table, temperature, top_k)[1])


def _pairs_with_default_k(size: int) -> Callable[[Tensor, float, int | None], Tensor]:
    return lambda table, t, k: _pairs(table, t, k or size)


def _pairs_of_prompt(table: Tensor, temperature: float, top_k: int | None) -> Tensor:
    step = _probabilities(table, temperature, top_k)
    return step[1][:, None] * step[1]


check_generate_often = Check(
    EXERCISE,
    "generate",
    arguments=("logits after each token", "draws"),
    reference=transformer_block.generate,
    procedure=_run_generate_often,
    expects="pairs of new tokens in the proportions that temperature, top_k and the model's logits "
    "give: each new token is drawn by sample_next(logits, temperature, top_k, generator)",
    mistakes=(
        Mistake("the most likely token always comes (arg max): draw with sample_next",
                when=_drawn_pairs(_pairs_best)),
        Mistake("temperature is not passed on to sample_next",
                when=_drawn_pairs(lambda table, t, k: _pairs(table, 1.0, k))),
        Mistake("top_k is not passed on to sample_next",
                when=_drawn_pairs(lambda table, t, k: _pairs(table, t, None))),
        Mistake("temperature and top_k are not passed on to sample_next",
                when=_drawn_pairs(lambda table, t, k: _pairs(table, 1.0, None))),
        *(Mistake(f"top_k is {size} unless it is given: its default is None, all tokens",
                  when=_drawn_pairs(_pairs_with_default_k(size)))
          for size in DEFAULT_TOP_KS),
        Mistake("the logits are divided by the temperature twice: sample_next does it already",
                when=_drawn_pairs(lambda table, t, k: _pairs(table, t * t, k))),
        Mistake("the temperature is multiplied by, or undone: pass it on as it is",
                when=_drawn_pairs(lambda table, t, k: _pairs(table, 1 / t, k))),
        Mistake("sample_next gets probabilities (a softmax came first): it takes the logits",
                when=_drawn_pairs(lambda table, t, k: _pairs(torch.softmax(table, -1), t, k))),
        Mistake("the second token is drawn given the prompt alone: append the first one before the "
                "next step", when=_drawn_pairs(_pairs_of_prompt)),
        Mistake("the same token is appended again: draw a new one at each step",
                when=_drawn_pairs(_pairs_equal)),
        Mistake("all sequences of the batch get the same token: draw one for each",
                when=lambda got, *args, **kwargs: bool((got[FREQUENCIES] == 1).any())),
        Mistake("the prompt is changed: new tokens are appended to it",
                when=lambda got, *args, **kwargs: isinstance(got[FREQUENCIES], str)),
        Mistake("the shape is (batch, n + n_new)",
                when=lambda got, expected, *args, **kwargs: got[SHAPE] != expected[SHAPE]),
        Mistake("the parameters are generate(model, tokens, n_new, temperature=1.0, top_k=None, "
                "generator=None)", when=_says("unexpected keyword argument", "positional")),
        Mistake("the two new tokens are not independent draws from the model's distribution: the "
                "same random numbers are used at each step (a generator is made or seeded anew in "
                "the loop)", when=lambda got, *args, **kwargs: isinstance(got, dict)),
    ),
)  # fmt: skip


def _run_generate_seeds(answer: Any, table: Tensor, seed: int, other: int) -> Any:
    def draw(generator: torch.Generator | None) -> Any:
        prompt = torch.zeros(60, 1, dtype=torch.long)
        return answer(Chain(table), prompt, 3, generator=generator)

    return _compare_seeds(draw, seed, other)


check_generate_seeds = Check(
    EXERCISE,
    "generate",
    arguments=("logits after each token", "seed", "another seed"),
    reference=transformer_block.generate,
    procedure=_run_generate_seeds,
    expects="generators of equal seed give equal tokens; another seed, the same generator used "
    "again, or none gives others",
    mistakes=SEED_MISTAKES,
)
