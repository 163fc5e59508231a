"""Exercise 7-decoder: points, references, known misconceptions and hidden cases."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from checks import modules, sampling, seen
from checks.causal_attention import CAUSAL_ATTENTION, ROPE, merge, rope, split
from checks.causal_attention import sinusoids as sinusoids  # edits use it
from checks.check import Exercise, all_of
from checks.compare import Raised, same
from checks.mistakes import Wrong
from checks.sampling import FREQUENCIES, Drawn, a_generator, a_seed, counted, probabilities
from checks.seen import (
    SEVERAL_CAME,
    Predicate,
    batch_fails,
    comes_back,
    other_dtype,
    raised,
    right_at,
    same_shape,
    says,
)
from checks.writing import GENERATED, MODE, TOKENS, Chain, of_tokens, seen_of_tokens
from helpers.weights import austen_files
from reference.attention import causal_mask
from reference.block import (
    DecoderBlock,
    DecoderLM,
    GroupedQueryAttention,
    RMSNorm,
    SwiGLU,
)
from reference.generation import generate, sample_next
from reference.training import next_token_loss

EXERCISE = Exercise(
    "7-decoder",
    {
        "RMSNorm": (1, 2),
        "SwiGLU": (1, 2),
        "DecoderBlock": (2, 4),
        "DecoderLM": (2, 4),
        "next_token_loss": (1, 2),
        "sample_next": (2, 3),
        "generate": (1, 2),
    },
)
passed, waiting, hidden_tests = EXERCISE.passed, EXERCISE.waiting, EXERCISE.hidden_tests


# --- RMSNorm -------------------------------------------------------------------------------


def _mean(x: Tensor) -> Tensor:
    return x.mean(-1, keepdim=True)


def _centred(x: Tensor) -> Tensor:
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
    return module(x) if weight is None else modules.run(module, {"weight": weight}, x)


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
                "u = _centred(z) / rms",
                "rms = z.std(-1, True, True) + eps; u = _centred(z) / rms",
            ): "the mean is subtracted, as in a LayerNorm",
            ("power = z.var(-1, False, True)", "power = z.var(-1, True, True)"): "x is divided by "
            "its standard deviation",
            "rms = z.std(-1, True, True) + eps": "x is divided by its standard deviation",
            "u = z / (z.norm(2, -1, True) + eps)": "the squares are summed (L2 norm)",
            "u = z / (_mean(z.abs()) + eps)": "the absolute value stands for the square",
            "u = z / (z.abs().amax(-1, True) + eps)": "x is divided by its largest |x|",
            "power = _mean(z) ** 2": "the square of the mean is taken",
            "u = z * rms": "x is multiplied by the root mean square",
            "u = rms": "the root mean square itself comes back",
        },
        "the mean of x² runs over the features of each position, mean(dim=-1, keepdim=True)": {
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
        "the result is x over its root mean square, times the weight": {
            "y = u": "the weight is forgotten",
            "y = u + self.weight": "the weight is added instead of multiplied",
            "y = u / self.weight": "x is divided by the weight",
            "y = u * (1 + self.weight)": "the weight is used as 1 + weight",
            "y = u * self.weight ** 2": "the weight is applied twice",
            "y = z + u * self.weight": "x is added (a residual), which belongs to the block",
            "s = (z * self.weight) ** 2": "the weight is applied before the mean square is taken",
        },
        "eps is added, as it is, to the mean square inside the root": {
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
        "RMSNorm(d_model, eps=1e-6) keeps eps for forward": {
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
        "there is a bias: RMSNorm's one parameter is weight": modules.unasked("bias", "beta"),
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
        "the result is not finite: eps is added to the mean square, and nothing "
        "overflows": seen.not_finite,
        "the signature is RMSNorm(d_model, eps=1e-6)": says("positional argument"),
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


# --- SwiGLU --------------------------------------------------------------------------------


class _SwiGLU(SwiGLU):
    def forward(self, x: Tensor) -> Tensor:
        gate, up, down = (self.W_gate, self.W_up, self.W_down)
        activation = F.silu
        z = x
        g = activation(gate(z))
        product = g * up(z)
        result = down(product)
        return result


_check_swiglu = EXERCISE.check(
    "SwiGLU",
    arguments=("x", "d_ff", "parameters"),
    reference=SwiGLU,
    text=[SwiGLU, _SwiGLU],
    procedure=lambda f, x, d_ff, w: modules.run(f(x.shape[-1], d_ff).to(x.dtype), w.state, x),
    expects="W_down(silu(W_gate(x)) * W_up(x)), with nn.Linear layers W_gate and W_up from d_model "
    "to d_ff and W_down back, without bias; the shape of x",
    wrong={
        **modules.NO_SUPER,
        "it is silu(W_gate(x)) * W_up(x)": {
            **{
                f"product = gate(x) * F.{f}(up(x))": f"gate and up are swapped ({f} is on W_up)"
                for f in ("silu", "gelu", "relu", "sigmoid")
            },
            "product = F.sigmoid(gate(x)) * F.silu(up(x))": "silu is on W_up, a sigmoid on W_gate",
            "g = gate(x)": "the activation is missing",
            "product = g * F.silu(up(x))": "silu is applied to both W_gate(x) and W_up(x)",
            "product = F.silu(gate(x) * up(x))": "silu is applied to the product",
            "g = gate(F.silu(x))": "silu is applied to x before the layers",
            "product = g + up(x)": "gate and up are added instead of multiplied",
            "product = g - up(x)": "gate and up are subtracted",
            "product = g": "W_up is not used (an ordinary feed-forward)",
            "product = F.silu(up(x))": "W_gate is not used (an ordinary feed-forward)",
            "product = g * gate(x)": "W_gate is used twice",
            "g = F.silu(up(x))": "W_up is used twice, or W_gate and W_up are the same layer",
            "z = RMSNorm(x.shape[-1])(x)": "x is normalised first, which belongs to the block",
        },
        "SwiGLU uses silu(W_gate(x)), and silu(z) is z * sigmoid(z)": {
            "activation = F.gelu": "the activation is a GELU",
            "activation = lambda z: F.gelu(z, approximate='tanh')": "the activation is a GELU",
            "activation = lambda z: z * torch.sigmoid(1.702 * z)": "the activation is a GELU",
            "activation = F.relu": "the activation is a ReLU",
            "activation = F.sigmoid": "the activation is a sigmoid (the plain GLU)",
            **{
                f"activation = F.{name}": f"the activation is a {name}"
                for name in ("tanh", "mish", "softplus", "leaky_relu", "elu", "hardswish")
            },
            "activation = lambda z: torch.softmax(z, -1)": "the activation is a softmax",
            "activation = lambda z: F.relu(z) ** 2": "the activation is the square of a ReLU",
            "activation = lambda z: z * torch.sigmoid(-z)": "the sign in the silu is flipped",
            "activation = lambda z: F.silu(F.silu(z))": "silu is applied twice",
        },
        "a feed-forward returns W_down(silu(W_gate(x)) * W_up(x))": {
            "result = down(g) * x": "W_up is not used, and x itself is scaled by the gate",
            "result = down(g) * down(up(x))": "W_down is applied to the factors of the product",
            "result = F.silu(down(product))": "silu is applied to the result of W_down too",
            "result = F.silu(down(gate(x) * up(x)))": "silu is applied to W_down's result",
            "result = product": "W_down is not used, which goes back to d_model",
            "result = x + down(product)": "x is added (a residual), which belongs to the block",
            "result = x * down(product)": "x is multiplied by the result",
            "result = down(product).float()": "the result is float32 whatever the dtype of x",
        },
    },
    seen={
        **modules.IN_TRAINING,
        **modules.BIASED,
        "a layer has the wrong size or is transposed: W_gate and W_up go from d_model to d_ff, "
        "W_down from d_ff to d_model": modules.misshaped,
        "a layer is missing: SwiGLU has three, W_gate, W_up and W_down": modules.only_missing,
        **modules.OTHER_NAMES,
        "the result has another dtype than x: keep that of x": other_dtype(),
        "x and a layer differ in dtype: keep that of x": raised("RuntimeError", says="dtype"),
        "the layers don't fit together: W_gate and W_up go from d_model to d_ff, W_down back": says(
            "shapes cannot be multiplied", "must match the size"
        ),
        "the batch is not handled: x may have any number of leading dimensions": batch_fails(2),
    },
)


def check_SwiGLU(answer: Any, x: Tensor, d_ff: int) -> Any:  # noqa: N802
    """Compare `SwiGLU(d_model, d_ff)`, with random parameters, on `x` `(..., d_model)`."""
    given = modules.at_random(SwiGLU(x.shape[-1], d_ff))
    return _check_swiglu(answer, x, d_ff, given)


def _swiglu(*sizes: tuple[int, ...]) -> Callable[[Any], Any]:
    """A case of x of shapes that d_ff follows."""
    return lambda f: [check_SwiGLU(f, torch.randn(*shape), d_ff) for *shape, d_ff in sizes]


EXERCISE.cases["SwiGLU"] = {
    "x of shape (..., d_model), any leading dimensions": _swiglu(
        (5, 8, 3), (8, 5), (2, 3, 4, 5, 9)
    ),
    "sizes that are alike": _swiglu((6, 6, 6)),
    "a single position, and sizes of 1": _swiglu((1, 4, 12), (7, 2, 1), (3, 1, 4)),
    "large numbers": lambda f: check_SwiGLU(f, 3 * torch.randn(2, 1, 16), 40),
    "x in any memory layout": lambda f: check_SwiGLU(f, torch.randn(2, 4, 5).mT, 7),
    "the dtype of x": lambda f: check_SwiGLU(f, torch.randn(2, 3, 4, dtype=torch.float64), 5),
}


# --- DecoderBlock --------------------------------------------------------------------------


class _Attention(GroupedQueryAttention):
    def forward(self, x: Tensor, cache: Any = None) -> Any:
        h = self.n_heads
        n = x.shape[-2]
        W = (self.W_q, self.W_k, self.W_v)
        t = (x, x, x)
        p = [layer(s) for layer, s in zip(W, t, strict=True)]
        q, k, v = (split(s, h) for s in p)
        Q = rope(q)
        K = rope(k)
        V = v
        scores = Q @ K.mT / math.sqrt(Q.shape[-1])
        mask = causal_mask(n)
        low = -math.inf
        hidden = scores.masked_fill(~mask, low)
        weights = torch.softmax(hidden, -1)
        found = merge(weights @ V)
        output = self.W_o(found)
        return output


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
        a = n1(x)
        y = x + attend(a)
        b = n2(y)
        z = y + feed(b)
        return z


PRE_NORM = "x = x + attention(attention_norm(x)), then x + feed_forward(feed_forward_norm(x))"
HALF = (0.5, 0.5**0.5)
_HALVES: Wrong = {
    PRE_NORM: {
        "y = attend(a)": "the residual around the attention is missing",
        "y = a + attend(a)": "the residual around the attention adds the normalised x",
        "y = n1(x + attend(x))": "the attention is post-norm",
        "a = x": "attention_norm is not used",
        "a = n2(x)": "the same norm serves both halves (feed_forward_norm)",
        "y = x": "the attention is missing",
        "z = feed(b)": "the residual around the feed-forward is missing",
        "z = b + feed(b)": "the residual around the feed-forward adds the normalised x",
        "z = n2(y + feed(y))": "the feed-forward is post-norm",
        "b = y": "feed_forward_norm is not used",
        "b = n1(y)": "the same norm serves both halves (attention_norm)",
        "z = y": "the feed-forward is missing",
        "z = x + feed(b)": "the second residual adds the block's input, not the running x",
        "z = y - x + feed(b)": "the second residual adds the attention's output without x",
        "z = x + y + feed(b)": "the block's input is added once more at the end",
        "b = n2(x)": "attention and feed-forward run side by side on the same x",
        "b = n2(y - x); z = x + feed(b)": "the feed-forward works on the attention's output alone",
        "y = attend(a); z = feed(b)": "both residuals are missing",
        "y = a + attend(a); z = b + feed(b)": "the residuals add the normalised x",
        "y = n1(x + attend(x)); z = n2(y + feed(y))": "the norms come after the sum (post-norm)",
        "y = x + n1(attend(x)); z = y + n2(feed(y))": "the norm comes after the sublayer",
        "a = x; b = y": "both norms are missing in forward",
        "a = n2(x); b = n1(y)": "the two norms are swapped",
        "a = n1(_centred(x)); b = n2(_centred(y))": "the norms are LayerNorms, not RMSNorm",
        "a = n2(n1(x)); b = y": "both norms come before the attention",
        ("return n2(z)", "return n1(z)"): "the result is normalised once more at the end",
        tuple(f"y = x + {s} * attend(a); z = y + {s} * feed(b)" for s in HALF): "what attention "
        "and feed-forward give is halved or scaled",
        tuple(f"y = {s} * (x + attend(a)); z = {s} * (y + feed(b))" for s in HALF): "the sums are "
        "halved or scaled",
        tuple(f"return {s} * z" for s in HALF): "the block's result is halved or scaled",
        "y = x + feed(n2(x)); z = y + attend(n1(y))": "the feed-forward comes before the attention",
        "t = (x, self.raw, self.raw); attend.raw = x; a = n1(x)": "only the queries are made from "
        "the normalised x, keys and values are not",
    },
    "positions of one sequence must not see another": {
        "y = x + attend(a.flatten(0, -2)).reshape(x.shape)": "the batch is flattened",
    },
    "SwiGLU uses silu, W_down(silu(W_gate(x)) * W_up(x))": {
        "activation = F.gelu": "the feed-forward's activation is a GELU",
        "activation = F.relu": "the feed-forward's activation is a ReLU",
        "g = gate(x)": "the feed-forward's activation is missing",
    },
}

_check_decoder_block = EXERCISE.check(
    "DecoderBlock",
    arguments=("x", "n_heads", "d_ff", "parameters"),
    reference=DecoderBlock,
    procedure=lambda f, x, h, d_ff, w: modules.run(f(x.shape[-1], h, d_ff), w.state, x),
    text=[GroupedQueryAttention, split, merge, rope, _SwiGLU, _Attention, _Block],
    expects=f"{PRE_NORM}: pre-norm; the attention is causal, its queries and keys are rotated by "
    "apply_rope; the result has the shape of x",
    wrong={
        **modules.NO_SUPER,
        **_HALVES,
        **CAUSAL_ATTENTION,
        **ROPE,
        "this model has RoPE on queries and keys, and no other positions": {
            "x = x + sinusoids(x); a = n1(x)": "sinusoidal positions are added to x",
            "Q = q; K = k; x = x + sinusoids(x); a = n1(x)": "sinusoidal positions replace RoPE",
        },
    },
    seen={
        **modules.IN_TRAINING,
        **modules.BIASED,
        "a layer has the wrong size: W_q, W_k, W_v and W_o go from d_model to d_model (all heads "
        "together), W_gate and W_up to d_ff, and W_down back": modules.misshaped,
        **modules.OTHER_NAMES,
        **SEVERAL_CAME,
        "a tuple is added or normalised: where the attention gives (output, weights), take the "
        "output": says("'tuple'", "(tuple", "not tuple"),
        "the result is not finite: every row of the mask needs a key (the position itself is "
        "always allowed), and -inf must not be multiplied": seen.not_finite,
        "the last position is right and others are not: look at the causal mask": right_at(-1),
        "position 0 is right and others are not: look at the causal mask and at RoPE (apply_rope "
        "on queries and keys, after the split into heads)": right_at(0),
        "the sizes don't fit together: see the shapes of queries, keys and values before and after "
        "the split, and of the mask": says("size of tensor", "cannot be multiplied", "shape '["),
    },
)


def check_DecoderBlock(answer: Any, x: Tensor, n_heads: int, d_ff: int) -> Any:  # noqa: N802
    """Compare `DecoderBlock(d_model, n_heads, d_ff)`, with random parameters, on `x`.

    To 3e-5: right answers that add in another order are up to 3e-6 apart.
    """
    given = modules.at_random(DecoderBlock(x.shape[-1], n_heads, d_ff))
    return _check_decoder_block(answer, x, n_heads, d_ff, given, tolerance=3e-5)


def _blocks(*cases: tuple[int, int, int, int, int]) -> Callable[[Any], Any]:
    return lambda f: [
        check_DecoderBlock(f, torch.randn(batch, n, d_model), n_heads, d_ff)
        for batch, n, d_model, n_heads, d_ff in cases
    ]


EXERCISE.cases["DecoderBlock"] = {
    "x of shape (batch, n, d_model)": _blocks((3, 4, 16, 4, 12)),
    "a single position": _blocks((2, 1, 8, 2, 6)),
    "a single head, and heads of two features": _blocks((1, 6, 8, 1, 24), (2, 3, 12, 6, 5)),
    "sizes that are alike": _blocks((4, 8, 8, 2, 8), (2, 4, 16, 4, 16)),
    "many positions": _blocks((1, 40, 24, 3, 30)),
    "large numbers": lambda f: check_DecoderBlock(f, 3 * torch.randn(2, 6, 12), 2, 9),
    "x in any memory layout": lambda f: check_DecoderBlock(f, torch.randn(2, 12, 5).mT, 3, 7),
}


# --- DecoderLM -----------------------------------------------------------------------------


class _LM(DecoderLM):
    def forward(self, tokens: Tensor, caches: Any = None) -> Any:
        E = self.embedding
        e = E(tokens)
        x = e
        for block in self.blocks:
            x = block(x)
        y = self.norm(x)
        logits = self.output(y)
        return logits


def _only(missing: str = "", unasked: str = "") -> Predicate:
    """All missing and all unasked parameters start so; none, where that is empty."""
    return modules.parameters(
        lambda got: all(
            bool(names) == bool(start) and all(n.startswith(start) for n in names)
            for names, start in ((got.missing, missing), (got.unasked, unasked))
        )
    )


def _in_plain_list(got: modules.OtherParameters, *args: Any, **kwargs: Any) -> bool:
    return _only("blocks.")(got) and "blocks.0.attention_norm.weight" in got.missing


_check_decoder_lm = EXERCISE.check(
    "DecoderLM",
    arguments=("config", "tokens", "parameters"),
    reference=DecoderLM,
    text=[DecoderLM, _LM],
    procedure=lambda f, config, tokens, w: modules.run(f(config), w.state, tokens),
    expects="output(norm(x)), where x is embedding(tokens) after each of the n_layers blocks: "
    "logits of shape (..., n, vocab_size), for tokens (..., n)",
    wrong={
        **modules.NO_SUPER,
        "the final norm comes once, after all blocks, output(norm(x))": {
            "y = x": "the final norm is missing in forward",
            "y = self.norm(self.norm(x))": "the final norm is applied twice",
            "y = self.norm(_centred(x))": "the final norm is a LayerNorm (the mean is subtracted)",
            "x = e -> x = self.norm(e); y = x": "the embedding is normalised before the blocks",
            "x = e -> x = self.norm(e)": "self.norm is used before the blocks too",
            "block(x) -> self.norm(block(x)); y = x": "the norm comes after each block",
            "block(x) -> self.norm(block(x))": "the norm comes after each block and at the end",
            "y = x; logits = self.norm(self.output(x))": "the norm comes after the output layer",
        },
        "the output layer has a weight of its own": {
            "e = self.output.weight[tokens]": "embedding and output layer share a weight (tied)",
            "logits = y @ E.weight.T": "embedding and output layer share a weight (tied)",
        },
        "the output layer makes the logits, and nothing changes them": {
            "logits = y": "the hidden states come back",
            "logits = self.output(y) / x.shape[-1] ** 0.5": "the logits are divided by √d_model",
            "logits = self.output(y) * x.shape[-1] ** 0.5": "the logits are multiplied by √d_model",
        },
        "the embedding is not scaled, and only RoPE in the attention tells positions": {
            "e = E(tokens) * E.embedding_dim ** 0.5": "it is scaled by the square root of d_model",
            "e = E(tokens) / E.embedding_dim ** 0.5": "it is divided by √d_model",
            "x = e -> x = e + sinusoids(e)": "sinusoidal positions are added to the embedding",
            "x = e -> x = e * E.embedding_dim ** 0.5 + sinusoids(e)": "sinusoidal positions are "
            "added to a scaled embedding",
            "x = e -> x = rope(e)": "RoPE is applied to the embedding",
        },
        "x goes through every block, from the first to the last": {
            "for block in self.blocks[:1]:": "only the first block is used",
            "for block in [self.blocks[0]] * len(self.blocks):": "the first block is used again "
            "and again",
            "for block in self.blocks[:-1]:": "the last block is left out",
            "for block in self.blocks[1:]:": "the first block is left out",
            "for block in ():": "no block is used",
            "for block in reversed(self.blocks):": "the blocks run in reverse order",
        },
        "x goes from block to block, and each has its residuals inside": {
            "block(x) -> block(e)": "only the last block counts (each gets the embedding)",
            "y = self.norm(sum(b(e) for b in self.blocks))": "every block gets the embedding, and "
            "the outputs are added",
            "block(x) -> x + block(x)": "a residual is added around each block",
            "y = self.norm(e + x)": "the embedding is added again after the blocks",
        },
        "each layer is a DecoderBlock of its own ([DecoderBlock(…)] * n repeats the same one)": {
            "for block in [self.blocks[-1]] * len(self.blocks):": "the blocks are shared",
        },
        "logits are asked for, as the output layer gives them, at every position": {
            "return torch.softmax(logits, -1)": "a softmax is applied",
            "return torch.log_softmax(logits, -1)": "a log-softmax is applied",
            "return torch.tanh(logits)": "an activation is applied to the logits (tanh)",
            "return logits.mean(-2)": "the positions are averaged",
            ("return logits[..., -1, :]", "return logits[..., -1:, :]"): "only the last position's "
            "logits come back",
            "return logits.argmax(-1)": "token ids come back (arg max)",
            "return logits.mT": "the logits are transposed, (..., vocab_size, n)",
            "return logits[..., 1:, :]": "the logits of the first position are left out",
            "return logits[..., :-1, :]": "the logits of the last position are left out",
        },
        "position i of a sequence sees tokens 0 to i of it, and nothing else": {
            "e = E(F.pad(tokens, (1, 0))[..., :-1])": "the tokens are shifted",
            "e = E(tokens.flatten()); return logits.reshape(*tokens.shape, -1)": "the batch is "
            "flattened into one long sequence",
        },
    },
    seen={
        **modules.IN_TRAINING,
        "the output layer has a bias: give it none (bias=False)": modules.unasked("output.bias"),
        "no block's parameters are the model's, as in a plain Python list: use "
        "nn.ModuleList": modules.parameters(_in_plain_list),
        "there are too few blocks: config.n_layers are asked for": _only("blocks."),
        "there are too many blocks: config.n_layers are asked for": _only(unasked="blocks."),
        "the final norm is missing: self.norm = RMSNorm(d_model) before the output": _only("norm."),
        "the final norm has a bias, as a LayerNorm has: use RMSNorm": modules.unasked("norm.bias"),
        "there are learned positions: this model has none, RoPE tells positions "
        "apart": modules.parameters(lambda got: any("pos" in name for name in got.unasked)),
        "the output layer is missing (perhaps tied): it has a weight of its own": _only("output."),
        "a part has the wrong size: the embedding is (vocab_size, d_model), the output layer goes "
        "back to vocab_size, a block is DecoderBlock(d_model, n_heads, d_ff)": modules.misshaped,
        **modules.BIASED,
        **modules.OTHER_NAMES,
        "a leading dimension is missing or new: tokens (..., n) give logits (..., n, vocab_size), "
        "so a single sequence has no batch "
        "dimension": lambda got, e, *_: got.dim() != e.dim() and got.numel() == e.numel(),
        **SEVERAL_CAME,
        "sizes don't divide, as where d_ff and n_heads are swapped: DecoderBlock(d_model, n_heads, "
        "d_ff)": says("divi", "n_heads", "unflatten"),
        "config is taken apart the wrong way: DecoderLM(config) gets one ModelConfig and reads its "
        "attributes, such as config.d_model": says("ModelConfig", "argument", "subscriptable"),
        "the batch is not handled: tokens may have any number of leading dimensions, also none (a "
        "single sequence), and blocks that need exactly one get one by "
        "reshape": lambda got, e, _, tokens, *__: batch_fails(2)(got, e, tokens),
        "the result is not finite, though it should be": seen.not_finite,
    },
)


def check_DecoderLM(  # noqa: N802
    answer: Any, config: Any, tokens: Tensor, state: modules.State | None = None
) -> Any:
    """Compare the logits of `DecoderLM(config)` on `tokens`, with random parameters or those of a
    trained model, `state`.

    To 1e-4: right answers that add in another order are up to 1e-5 apart.
    """
    if state is None:
        given = modules.at_random(DecoderLM(config))
    else:
        given = modules.Parameters(state, "those of a trained model")
    return _check_decoder_lm(answer, config, tokens, given, tolerance=1e-4)


def _lm(*shapes: tuple[int, ...], **other: int) -> Callable[[Any, Any], Any]:
    sizes = {"vocab_size": 13, "d_model": 12, "n_layers": 2, "n_heads": 3, "d_ff": 10} | other
    return lambda f, config: [
        check_DecoderLM(f, config(**sizes), torch.randint(sizes["vocab_size"], shape))
        for shape in shapes
    ]


def _trained(f: Any, config: Any) -> None:
    settings, weights, _ = austen_files()
    check_DecoderLM(f, config(**settings), torch.randint(1024, (2, 50)), weights)


EXERCISE.cases["DecoderLM"] = {
    "tokens (..., n), any leading dimensions": _lm((3, 5), (7,), (2, 3, 4), (2, 1, 2, 3)),
    "a single token": _lm((1, 1), (1,)),
    "config.n_layers blocks": all_of(
        _lm((2, 6), n_layers=1), _lm((2, 4), n_layers=4, d_model=16, n_heads=4, d_ff=16)
    ),
    "sizes that are alike": _lm((8, 8), vocab_size=8, d_model=8, n_heads=1, d_ff=8),
    "many positions": _lm((1, 30), vocab_size=40, d_model=32, n_heads=8, d_ff=20),
    "tokens in any memory layout": lambda f, config: check_DecoderLM(
        f, config(11, 8, 2, 2, 14), torch.randint(11, (5, 2)).mT
    ),
    "the weights of a trained model": _trained,
}


# --- next_token_loss -----------------------------------------------------------------------


def _loss(logits: Tensor, tokens: Tensor) -> Tensor:
    next_token_loss(logits, tokens)  # refuses bad input
    n, V = logits.shape[-2:]  # noqa: RUF059  (edits use them)
    L = logits
    given = L[..., :-1, :]
    following = tokens[..., 1:]
    logs = torch.log_softmax(given, -1)
    index = following[..., None]
    picked = logs.gather(-1, index)[..., 0]
    terms = -picked
    loss = terms.mean()
    return loss


@dataclass(frozen=True)
class PlainNumber:
    """A number that is no tensor."""

    value: float

    def __repr__(self) -> str:
        return f"{self.value:.4g}, a plain number"


def _run_loss(answer: Any, logits: Tensor, tokens: Tensor) -> Any:
    loss = answer(logits, tokens)
    plain = isinstance(loss, int | float | np.number)
    return PlainNumber(float(loss)) if plain else loss


def _compared(*pairs: tuple[slice, Callable[[Tensor], Tensor]]) -> Predicate:
    """The loss of these positions against these tokens, perhaps with another slip or two."""

    def when(got: Any, expected: Tensor, logits: Tensor, tokens: Tensor) -> bool:
        for positions, following in pairs:
            given, against = logits[..., positions, :], following(tokens)[..., None]
            logs = torch.log_softmax(given, -1).gather(-1, against)
            several = (logs, logs.exp(), logs / math.log(2), given.gather(-1, against))
            sums = [sign * t.sum() for t in several for sign in (1, -1)]
            counts = (1, against.numel(), tokens.numel(), len(tokens), tokens.shape[-1])
            if any(same(got, value / count) for value in sums for count in counts):
                return True
        return False

    return when


def _of_leading_dimensions(got: Any, expected: Tensor, logits: Tensor, tokens: Tensor) -> bool:
    """An error that speaks of dimensions or of places in them, or a shape that no mean over
    predictions has."""
    if isinstance(got, Raised):
        return "IndexError" in got.kinds or batch_fails(3)(got, expected, logits)
    shape = tokens[..., 1:].shape
    means = [shape[i:j] for i in range(len(shape) + 1) for j in range(i, len(shape) + 1)]
    return isinstance(got, Tensor) and got.numel() > 1 and got.shape not in means


def _too_large(got: Any, expected: Tensor, logits: Tensor, tokens: Tensor) -> bool:
    return isinstance(got, Tensor) and bool((logits.abs() > 100).any())


_SHIFT = "position i predicts the token at i + 1, logits[..., :-1, :] against tokens[..., 1:]"
_FROM_THE_END = "count from the end, logits[..., :-1, :] and tokens[..., 1:]"
_LOG_SOFTMAX = "take the logarithm and the softmax in one step, torch.log_softmax"

_check_loss = EXERCISE.check(
    "next_token_loss",
    arguments=("logits", "tokens"),
    reference=next_token_loss,
    text=[_loss],
    procedure=_run_loss,
    expects="the mean of -ln p, a tensor of shape (): p is the probability that position i gives "
    "to the token at i + 1, for all positions but the last, which has no successor",
    wrong={
        _SHIFT: {
            (
                "given = L; following = tokens",
                "given = L[..., 1:, :]",
                "following = tokens[..., :-1]",
            ): "each position is compared with its own token (no shift)",
            "given = L[..., 1:, :]; following = tokens[..., :-1]": "the shift goes the wrong way "
            "(position i + 1 is compared with the token at i)",
            (
                "given = L; following = tokens.roll(-1, -1)",
                "given = L; following = tokens.flatten().roll(-1).view_as(tokens)",
                "given = L.roll(1, -2); following = tokens",
            ): "the last position is compared too, with a first token (roll)",
            (
                "given = L; following = tokens.roll(1, -1)",
                "given = L.roll(-1, -2); following = tokens",
            ): "the shift goes the wrong way round (roll)",
            "given = L; following = F.pad(tokens[..., 1:], (0, 1))": "the last position is "
            "compared with a token 0 that is put after the last (padding)",
            "given = F.pad(L[..., :-1, :], (0, 0, 1, 0)); following = tokens": "the first token is "
            "compared too, with a made-up prediction (padding)",
            "given = L[..., :-2, :]; following = tokens[..., 2:]": "the shift is by two",
            "given = L.flatten(0, -2)[:-1]; following = tokens.flatten()[1:]": "the batch is "
            "flattened before the shift, so that a sequence's last position is compared with the "
            "next sequence's first token",
            "given = L[:-1]; following = tokens[1:]": "the shift runs over the first dimension, "
            "the batch",
        },
        f"any number of leading dimensions may come, {_FROM_THE_END}": {
            "given = L[:, :-1]; following = tokens[:, 1:]": "one batch dimension is taken for "
            "granted",
            "given = L[:-1]; following = tokens[1:]; loss = F.cross_entropy(given, following)": "a "
            "single sequence, without a batch, is taken for granted",
        },
        "torch.log_softmax(logits, dim=-1) runs over the vocabulary": {
            "logs = torch.log_softmax(given.softmax(-1), -1)": "the softmax is applied twice "
            "(F.cross_entropy and log_softmax take logits)",
            "logs = given": "the softmax is missing",
            "logs = given.log()": "the softmax is missing, and the logarithm of logits is taken",
            "logs = torch.log_softmax(given, -2)": "the softmax runs over the positions (dim -2)",
            "logs = torch.log_softmax(given, 0)": "the softmax runs over the first dimension",
            "logs = torch.log_softmax(given, 1)": "the softmax runs over dimension 1",
            "logs = torch.log_softmax(given, 0 if given.dim() == 3 else 1)": "the softmax is not "
            "told its dim",
            "logs = torch.log_softmax(given.flatten(), 0).view_as(given)": "the softmax runs over "
            "all logits together",
            "logs = F.logsigmoid(given)": "a sigmoid replaces the softmax",
            "logs = torch.log_softmax(given.mT.reshape(given.shape), -1)": "positions and "
            "vocabulary are transposed and then reshaped, which mixes them",
            "logs = (given.exp() / given.sum(-1, True)).log()": "exp is divided by the sum of the "
            "logits",
        },
        "F.cross_entropy wants the classes in dimension 1: flatten to (rows, vocab_size) and "
        "(rows,)": {
            (
                "loss = F.cross_entropy(given, following)",
                "given = L[:, :-1]; following = tokens[:, 1:]; loss = F.cross_entropy(given, "
                "following)",
            ): "the positions are taken for the classes",
        },
        f"logits of 1e4 are too large for that: {_LOG_SOFTMAX}": {
            (
                "logs = given.softmax(-1).log()",
                "logs = (given.exp() / given.exp().sum(-1, True)).log()",
                "logs = given - given.exp().sum(-1, True).log()",
                "logs = given.double().softmax(-1).log().to(given.dtype)",
                "logs = given.softmax(-1).log().nan_to_num()",
                "m = (given - given.max()).exp(); logs = (m / m.sum(-1, True)).log()",
            ): "exp or softmax comes first and its logarithm after, but exp(1e4) is infinity, and "
            "p becomes 0",
            "m = given - given.max(); logs = m - m.exp().sum(-1, True).log()": "the largest of all "
            "logits is subtracted, not each position's own",
        },
        f"-ln p must keep its value for the smallest p: {_LOG_SOFTMAX}": {
            **{
                (
                    f"logs = (given.softmax(-1) + {e}).log()",
                    f"logs = given.softmax(-1).clamp({e}).log()",
                ): f"{e:g} is added to p, or p is clamped"
                for e in (1e-9, 1e-8, 1e-10, 1e-12, 1e-6, 1e-7, 1e-5, 1e-15, 1e-20, 1e-30)
            },
            (
                "logs = torch.log_softmax(given, -1).clamp(-100)",
                "logs = torch.log_softmax(given.clamp(-100, 100), -1)",
            ): "ln p or the logits are clamped",
        },
        "the loss is the mean of -ln p in nats, with torch.log or torch.log_softmax": {
            "terms = picked": "the minus sign is missing",
            "terms = -picked.exp()": "the logarithm is missing (the mean of -p)",
            "terms = picked.exp()": "the logarithm is missing (the mean of p)",
            "terms = 1 - picked.exp()": "the logarithm is missing (the mean of 1 - p)",
            "terms = -picked / math.log(2)": "log2 is taken (bits)",
            "terms = -picked / math.log(10)": "log10 is taken",
            "loss = -picked.exp().mean().log()": "the logarithm is taken of the mean of p",
            "loss = terms.mean().exp()": "the perplexity comes back, exp of the loss",
            "loss = terms.exp().mean()": "exp of -ln p is averaged (1 / p)",
            "loss = 2 ** terms.mean()": "2 to the power of the loss comes back",
            "terms = picked ** 2": "the logarithm is squared",
            "loss = terms.mean() / math.log(V)": "the loss is divided by ln vocab_size",
            "terms = -torch.log1p(-picked.exp())": "ln(1 - p) is taken",
            "terms = -picked * picked.exp()": "each -ln p is weighted by p",
        },
        "p is the probability of the token that really comes next": {
            "picked = logs.amax(-1)": "the largest probability is taken",
            "terms = -(logs.exp() * logs).sum(-1)": "the entropy of the predictions comes back",
            "terms = -logs.mean(-1)": "the mean over the vocabulary is taken",
            "terms = -logs.sum(-1)": "the sum over the vocabulary is taken",
            "terms = (given.argmax(-1) == following).to(given.dtype)": "the share of right "
            "predictions comes back (accuracy)",
            "terms = (given.argmax(-1) != following).to(given.dtype)": "the share of wrong "
            "predictions comes back",
            "terms = -logs[following]": "tokens are taken for positions, as in log_p[tokens]",
            "picked = logs[..., following]": "every position is compared with every token, as in "
            "logs[..., tokens], and gather pairs them",
            "terms = -picked - torch.log1p(-logs.exp()).sum(-1) + torch.log1p(-picked.exp())": "a "
            "binary cross-entropy is taken",
            "terms = (logs.exp() - F.one_hot(following, V)).square().mean(-1)": "squares of the "
            "differences to a one-hot vector are averaged",
            tuple(
                f"terms = -{1 - s} * picked - {s} * logs.mean(-1)" for s in (0.1, 0.05, 0.2)
            ): "labels are smoothed",
        },
        "every prediction that has a successor counts once, mean() over all of them": {
            "loss = terms.sum()": "the sum comes back instead of the mean",
            "loss = terms.sum() / V": "the sum is divided by vocab_size",
            "loss = terms.mean() / V": "the mean runs over the vocabulary too",
            (
                "loss = terms.sum() / tokens.numel()",
                "loss = terms.sum() / n",
            ): "the sum is divided by the number of tokens, one more than there are predictions",
            "loss = terms.sum(-1).mean()": "the sums of the sequences are averaged",
            "loss = terms.mean(-1).sum()": "the means of the sequences are added",
            "loss = terms.sum() / len(tokens)": "the sum is divided by len(tokens)",
            "loss = terms[..., -1].mean()": "only the last prediction counts",
            "loss = terms[..., 0].mean()": "only the first prediction counts",
            "loss = terms[..., 1:].mean()": "the first prediction is left out",
            "loss = terms[..., :-1].mean()": "the last prediction is left out",
            ("loss = terms.reshape(-1, n - 1)[0].mean()", "loss = terms[0].mean()"): "only the "
            "first sequence counts",
            "loss = terms.reshape(-1, n - 1)[-1].mean()": "only the last sequence counts",
            "loss = terms[following != 0].mean()": "token 0 is left out, as if it were padding",
            "loss = terms.median()": "the median is taken",
            "loss = terms.max()": "the largest is taken",
        },
        "average over all dimensions: mean() without dim": {
            "loss = terms": "the numbers of all predictions come back (reduction='none')",
            "loss = terms.mean(-1)": "a number for each sequence comes back",
            "loss = terms.mean(0)": "the mean runs over the first dimension only",
            "loss = terms.mean()[None]": "a dimension of size 1 comes back",
        },
        "keep the dtype of the logits": {
            "return loss.float()": "the loss is converted to float32",
            "return loss.double()": "the loss is converted to float64",
        },
    },
    seen={
        "a plain number comes back, as of item() or float(): return a tensor, through which "
        "training can follow the loss back": comes_back(PlainNumber),
        **SEVERAL_CAME,
        "a NumPy array comes back: return a tensor": comes_back(np.ndarray),
        "n = 2 is refused, and there is a prediction that has a "
        "successor": lambda got, expected, logits, tokens: (
            "ValueError" in got.kinds and tokens.shape[-1] == 2
        ),
        "predictions and tokens differ in number: leave out the last position's logits and the "
        "first token": says("to match target batch_size", "to match input batch_size"),
        "F.cross_entropy and F.nll_loss want the classes in dimension 1: flatten logits to (rows, "
        "vocab_size) and tokens to (rows,)": says("Expected target size", "only batches of"),
        "a sliced tensor has gaps in memory, on which view fails: use reshape or flatten": says(
            "view size is not compatible"
        ),
        "tokens are converted, and ids are whole numbers (int64): leave them as they are": says(
            "target dtype", "type Long", "dtype int64"
        ),
        "gather wants an index with as many dimensions as the logits": says(
            "Index tensor must have the same number of dim"
        ),
        f"any number of leading dimensions may come, none included: {_FROM_THE_END}": (
            _of_leading_dimensions
        ),
        "the loss has another dtype than the logits: keep that of the logits": other_dtype(),
        "the loss is one number, a tensor of shape (), whatever leading dimensions there are: "
        "average over all dimensions": lambda got, *_: isinstance(got, Tensor) and got.dim() > 0,
        f"each position is compared with its own token (no shift): {_SHIFT}": _compared(
            (slice(None), lambda tokens: tokens),
            (slice(1, None), lambda tokens: tokens[..., 1:]),
            (slice(None, -1), lambda tokens: tokens[..., :-1]),
        ),
        f"the shift goes the wrong way: {_SHIFT}": _compared(
            (slice(1, None), lambda tokens: tokens[..., :-1]),
            (slice(None), lambda tokens: tokens.roll(1, -1)),
        ),
        f"the last position is compared with the first token (roll): {_SHIFT}": _compared(
            (slice(None), lambda tokens: tokens.roll(-1, -1)),
        ),
        f"large logits give NaN or infinity: {_LOG_SOFTMAX}": seen.not_finite,
        "the loss is negative, and -ln p never is: see the sign, and whether a softmax comes "
        "before the logarithm": lambda got, *_: bool(got < -1e-3),
        f"large logits give another loss, so something is cut off or overflows: {_LOG_SOFTMAX}, "
        "and change nothing": _too_large,
        "close, but not exact: nothing is added to p, and the mean is that of -ln p in "
        "nats": seen.nearly_right,
        "another number than the mean of -ln p over all predictions that have a "
        "successor": comes_back(Tensor),
    },
)


def check_next_token_loss(answer: Any, logits: Tensor, tokens: Tensor) -> Any:
    """Compare the loss of `logits` `(..., n, vocab_size)` on `tokens` `(..., n)`.

    To 1e-2 where logits are large: in float32 two of 10,000 can't be nearer than 1e-3.
    """
    large = bool((logits.abs() > 100).any())
    return _check_loss(answer, logits, tokens, tolerance=1e-2 if large else None)


def check_too_short(answer: Any, *shape: int, vocab_size: int = 5) -> None:
    """Check that tokens of `shape` `(..., n)`, `n` below 2, are refused."""
    _check_loss.raises(
        answer,
        ValueError,
        torch.randn(*shape, vocab_size),
        torch.randint(vocab_size, shape),
        says=("token", "position", "sequence", "length", "logits", "short", "few", "two", "2",
              "1", "n "),
        why="a prediction needs a token that comes next, so n must be at least 2",
    )  # fmt: skip


def _losses(*shapes: tuple[int, ...], dtype: Any = None) -> Callable[[Any], Any]:
    """A case of logits of shapes (..., n, vocab_size)."""
    return lambda f: [
        check_next_token_loss(f, 1.5 * torch.randn(s, dtype=dtype), torch.randint(s[-1], s[:-1]))
        for s in shapes
    ]


def _large(f: Any) -> None:
    shape, signs = (3, 5, 6), torch.tensor([1e4, -1e4])
    rows = signs.repeat(8)[:15].view(3, 5, 1)
    for logits in (
        signs[torch.randint(2, shape)],
        1e4 * torch.randn(shape).clamp(-1, 1),
        rows + 3 * torch.randn(shape),
        -rows[0] + 3 * torch.randn(shape[1:]),
    ):
        check_next_token_loss(f, logits, torch.randint(6, logits.shape[:-1]))


def _layouts(f: Any) -> None:
    tokens = torch.randint(7, (5, 2)).mT
    for logits in (torch.randn(2, 7, 5).mT, torch.randn(5, 2, 7).transpose(0, 1)):
        check_next_token_loss(f, logits, tokens)
    check_next_token_loss(f, torch.randn(2, 5, 14)[..., ::2], torch.randint(7, (2, 10))[:, ::2])


EXERCISE.cases["next_token_loss"] = {
    "logits (..., n, vocab_size) and tokens (..., n), any leading dimensions": _losses(
        (3, 5, 6), (7, 4), (2, 3, 4, 9), (1, 6, 5), (2, 1, 2, 3, 4)
    ),
    "two positions": _losses((2, 5), (3, 2, 5), (2, 2, 2, 4)),
    "sizes that are alike": _losses((4, 4, 4), (3, 5, 4), (5, 6, 5), (4, 3)),
    "many positions, and a large vocabulary": _losses((2, 90, 30), (2, 4, 3000)),
    "a vocabulary of one token": _losses((2, 3, 1), (4, 1)),
    "finite for logits of ±1e4": _large,
    "logits and tokens in any memory layout": _layouts,
    "the dtype of the logits": _losses((2, 4, 5), (6, 3), dtype=torch.float64),
    "ValueError for n < 2": all_of(
        lambda f: check_too_short(f, 1),
        lambda f: check_too_short(f, 3, 1),
        lambda f: check_too_short(f, 0),
    ),
}


# --- sample_next ---------------------------------------------------------------------------


def _sample(
    logits: Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    sample_next(torch.zeros(1), temperature, top_k, torch.Generator())  # refuses bad input
    n = logits.shape[-1]
    largest = logits.argmax(-1)
    if temperature == 0:
        return largest
    z = logits / temperature
    k = min(top_k or n, n)
    best, ids = z.topk(k, -1)
    low = torch.full_like(z, -math.inf)
    kept = low.scatter(-1, ids, best)
    p = torch.softmax(kept, -1)
    rows = p.reshape(-1, n)
    g = generator
    drawn = torch.multinomial(rows, 1, generator=g)
    tokens = drawn.reshape(logits.shape[:-1])
    return tokens


def _run_sample(
    answer: Any, logits: Tensor, draws: int | None = None, seed: int | None = None, **options: Any
) -> Any:
    """The ids for `logits`, or with `draws` their frequencies in as many equal rows.

    `temperature` and `top_k` are passed on where they are given: the defaults are the answer's.
    Of the reference come the probabilities themselves.
    """
    if draws is None:
        return sampling.as_ids(answer(logits, **options, **a_generator(seed)))
    rows = logits.expand(draws, *logits.shape).contiguous()
    shape = tuple(rows.shape[:-1])
    if answer is sample_next:
        return counted(shape, Drawn(probabilities(logits, **options), math.inf))
    ids = sampling.as_ids(answer(rows, **options, **a_generator(seed)))
    if not isinstance(ids, Tensor) or ids.is_floating_point():
        return ids
    found = sampling.frequencies(ids, logits.shape[-1]) if ids.shape == shape else "unknown"
    return counted(ids.shape, found)


def _shape_of(result: Any) -> Any:
    return result[sampling.SHAPE] if isinstance(result, dict) else tuple(result.shape)


def _shaped(is_so: Callable[[tuple[int, ...], Any], bool]) -> Predicate:
    """Ids of another shape than the right one, of which `is_so(shape, right shape)`."""
    return lambda got, expected, *args, **kwargs: (
        _shape_of(got) != _shape_of(expected) and is_so(_shape_of(got), _shape_of(expected))
    )


def _at(when: Predicate, **given: Any) -> Predicate:
    """`when`, where the call has these options."""
    return lambda *args, **kwargs: kwargs.items() >= given.items() and when(*args, **kwargs)


def _no_ids(got: Any, *args: Any, **kwargs: Any) -> bool:
    whole = isinstance(got, Tensor) and got.dtype == torch.int64
    return not whole and not isinstance(got, Raised | dict)


_REFUSED, _IDS = raised("ValueError", "AssertionError"), comes_back(Tensor)
_DRAW = "draw from softmax(logits / temperature), taken over the vocabulary (dim=-1)"

check_sample_next = EXERCISE.check(
    "sample_next",
    arguments=("logits", "temperature", "top_k"),
    reference=sample_next,
    text=[_sample],
    procedure=_run_sample,
    expects="token ids of shape (...) for logits (..., vocab_size), drawn from softmax(logits / "
    "temperature) among the top_k largest; the arg max at temperature 0",
    wrong={
        "temperature 0 means the arg max, so deal with it first": {
            "temperature == 0 -> False": "temperature 0 is divided by, which gives NaN",
        },
        "temperature 0 gives the index of each row's largest logit, argmax(dim=-1)": {
            "largest = logits.argmin(-1)": "the smallest logit is taken (arg min)",
            "largest = logits.argmax(0)": "the arg max runs over the wrong dimension (the first)",
            "largest = logits.argmax(-2)": "the arg max runs over the wrong dimension (dim -2)",
            "largest = logits.argmax()": "the arg max runs over all of the logits, not each row's",
            "largest = logits.amax(-1)": "the largest logit comes back, not its index",
            "largest = F.one_hot(logits.argmax(-1), n)": "a one-hot vector comes back",
            "largest = logits.argmax(-1, True)": "the last dimension is kept",
        },
        "divide the logits by the temperature before the softmax": {
            "z = logits": "the temperature is ignored (or added, which changes nothing)",
            "z = logits * temperature": "the logits are multiplied by the temperature",
            "z = logits / temperature ** 2": "the logits are divided by the temperature twice",
            "z = logits / math.sqrt(temperature)": "the logits are divided by √temperature",
            "z = logits / (1 + temperature)": "the logits are divided by 1 + temperature",
            "z = -logits / temperature": "the sign of the logits is flipped",
            "z = torch.softmax(logits, -1) / temperature": "temperature comes after the softmax",
            "z = logits; k = n": "temperature and top_k are both ignored",
        },
        "top_k is the number of tokens to keep, those with the largest logits": {
            "k = n": "top_k is ignored",
            "k = max(1, min((top_k or n + 1) - 1, n))": "top_k is off by one (one too few)",
            "k = min((top_k or n) + 1, n)": "top_k is off by one (one too many)",
            "k = max(1, n - (top_k or 0))": "top_k is taken for the number of tokens to leave out",
        },
        "each row's top_k largest logits stay, and the others become -inf": {
            "best, ids = z.topk(k, -1, False)": "the top_k smallest logits are kept",
            "kept = z.scatter(-1, ids, -math.inf) if top_k else z": "the top_k largest are removed",
            "kept = z.masked_fill(torch.arange(n) >= k, -math.inf)": "the first top_k ids are kept",
            "low = torch.zeros_like(z)": "logits outside the top_k become 0, an ordinary logit",
            "kept = F.pad(best, (0, n - k), value=-math.inf) if top_k else z": "the place among "
            "the top_k is taken for the token's id, which topk's indices hold",
            "kept = z.masked_fill(z < best.reshape(-1, k)[0, -1], -1e9) if top_k else z": "the "
            "top_k largest of the first row decide for all rows",
            "kept = z.masked_fill(z < z.flatten().topk(k)[0][-1], -1e9) if top_k else z": "the "
            "top_k largest of all rows together are kept",
        },
        _DRAW: {
            ("p = torch.ones_like(z)", "p = kept.softmax(0)"): "all tokens are equally likely",
            "kept = low.scatter(-1, ids, 0.0)": "the top_k are all equally likely",
            "kept = low.scatter(-1, ids, 0.0) if top_k else z": "the top_k are all equally likely",
            "tokens = largest": "the most likely token always comes (arg max)",
            "tokens = kept.argmin(-1)": "the least likely token always comes",
            "p = torch.softmax(torch.softmax(kept, -1), -1)": "the softmax is applied twice",
            ("p = kept.clamp(0)", "p = kept.abs()"): "the exponential is missing",
            "p = kept - kept.amin(-1, True)": "the logits are only shifted to be positive",
            "p = torch.sigmoid(kept)": "a sigmoid replaces the softmax",
            "p = kept": "the logits are taken for probabilities",
        },
        "each row is drawn from its own logits, and torch.multinomial takes one or two dimensions: "
        "flatten the leading ones for it, and restore them after (reshape)": {
            "rows = p.reshape(-1, n)[:1].expand(p.numel() // n, n)": "all rows are drawn from the "
            "first row's logits",
            "rows = p": "leading dimensions are not flattened for torch.multinomial",
        },
        "the ids have shape (...) for logits (..., vocab_size)": {
            ("tokens = drawn.reshape(*logits.shape[:-1], 1)", "tokens = drawn"): "the last "
            "dimension is kept (size 1, as torch.multinomial gives it) instead of squeezed",
            "tokens = drawn.squeeze()": "dimensions are lost or flattened (view or squeeze)",
        },
        **sampling.OTHER_DEFAULTS,
    },
    seen={
        "temperature 0 is refused: it means the arg max": _at(_REFUSED, temperature=0),
        "top_k = 1 is refused: it leaves the largest logit only": _at(_REFUSED, top_k=1),
        "temperature 0 is divided by: deal with it first (arg max)": raised("ZeroDivisionError"),
        "the last dimension is kept (size 1, as torch.multinomial gives it): one id is asked for, "
        "so squeeze it": _shaped(lambda shape, right: shape == (*right, 1)),
        "there is a dimension too many, as of probabilities or a one-hot vector: token ids are "
        "asked for": _shaped(lambda shape, right: shape[:-1] == right),
        "dimensions are lost, flattened or new: the ids have shape (...) for logits (..., "
        "vocab_size)": _shaped(lambda shape, right: True),
        "numbers that are not whole come back: the index of the largest logit is asked for "
        "(argmax), not the largest logit": other_dtype(torch.float32, torch.float64),
        "torch.multinomial takes one or two dimensions: flatten the leading ones for it, and "
        "restore them after (reshape)": says("prob_dist must be 1 or 2 dim"),
        "what is drawn from are no probabilities: apply the softmax first, and divide by no "
        "0": says("probability tensor contains", "invalid multinomial", "probabilities "),
        "the arguments have other names: the signature is sample_next(logits, temperature=1.0, "
        "top_k=None, generator=None)": says("unexpected keyword argument"),
        "one token is drawn for all rows, or the same always comes: draw for each "
        "row": lambda got, *_, **__: bool((got.get(FREQUENCIES).shares.amax(-1) == 1).all()),
        "a single number is made of several ids, as by item(): give each row of the logits an id "
        "of its own": says("converted to Scalar", "only one element"),
        "ids outside the vocabulary": lambda got, *_, **__: isinstance(got.get(FREQUENCIES), str),
        "the result is not a tensor of whole numbers: token ids are asked for": _no_ids,
        "temperature 0 does not give the arg max: the token with the largest logit is asked "
        "for": _at(_IDS, temperature=0),
        "top_k = 1 does not give the arg max: only the largest logit stays": _at(_IDS, top_k=1),
        f"the tokens come with other probabilities: {_DRAW}, among the top_k": comes_back(dict),
    },
)

check_sample_next_seeds = sampling.seeds_check(
    EXERCISE,
    "sample_next",
    lambda f, x, generator: f(x.expand(200, *x.shape).contiguous(), generator=generator),
    arguments=("logits", "seed", "another seed"),
    reference=sample_next,
    text=[_sample],
)

ROWS = torch.tensor([[[0.5, 2.5, -1.0, 1.0, 0.0, 1.8], [1.5, -1.0, 0.9, 0.4, 2.5, -2.5]]])


def _largest(**options: Any) -> Callable[[Any], Any]:
    others = (ROWS.double(), ROWS.mT.contiguous().mT, ROWS.transpose(0, 1), ROWS[:, :, None])
    cases = (ROWS[0, 0], ROWS[0], ROWS, *others)
    return lambda f: [check_sample_next(f, logits, **options) for logits in cases]


def _limit(f: Any) -> Any:
    # Close, but not equal: only the limit itself tells the largest from the next.
    close = torch.randperm(30).expand(4, 30) / 1000
    cases = (torch.randn(4, 4), torch.randn(2, 3, 40), close)
    return [check_sample_next(f, logits, temperature=0) for logits in cases]


def _drawn(*options: dict[str, Any]) -> Callable[[Any], Any]:
    return lambda f: [
        check_sample_next(f, logits, **given, draws=4000, seed=a_seed())
        for given in options
        for logits in (ROWS[0, 1], ROWS[0], ROWS)
    ]


def _refuses(why: str, *calls: dict[str, Any]) -> Callable[[Any], None]:
    def case(f: Any) -> None:
        for given in calls:
            says = ("top_k", "top-k", "top k") if "top_k" in given else ("temperature",)
            says = (*says, str(given[says[0]]))
            check_sample_next.raises(f, ValueError, torch.randn(2, 6), **given, says=says, why=why)

    return case


EXERCISE.cases["sample_next"] = {
    "temperature 0 is the arg max": all_of(
        _largest(temperature=0), _largest(temperature=0.0), _limit
    ),
    "top_k of 1 leaves the largest logit": all_of(
        _largest(top_k=1), _largest(temperature=3.0, top_k=1)
    ),
    "a token that is ahead by far": lambda f: check_sample_next(
        f, torch.tensor([[0.0, 40.0, -40.0], [5.0, 1.0, 40.0]]), temperature=0.5
    ),
    "drawn from softmax(logits / temperature), any leading dimensions": _drawn(
        {}, {"temperature": 3.0}, {"temperature": 0.4}
    ),
    "drawn among the top_k largest": all_of(
        _drawn({"top_k": 2}, {"temperature": 2.0, "top_k": 4}, {"top_k": 6}),
        lambda f: check_sample_next(f, ROWS[0], temperature=1.5, top_k=3, draws=4000),
    ),
    "all tokens unless top_k is given": lambda f: check_sample_next(
        f, torch.linspace(0.2, -0.2, 60), draws=2400
    ),
    "equal generator seeds give equal tokens": lambda f: check_sample_next_seeds(
        f, ROWS[0], seed := a_seed(), seed + 1
    ),
    "ValueError for a negative temperature": _refuses(
        "a temperature can't be negative", {"temperature": -0.1}, {"temperature": -2}
    ),
    "ValueError for top_k < 1": _refuses(
        "at least one token must be kept",
        *({"top_k": 0}, {"top_k": -1}, {"temperature": 0.7, "top_k": 0}),
    ),
}


# --- generate ------------------------------------------------------------------------------


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
    prompt, n = (tokens, tokens.shape[1])  # noqa: F841  (edits use them)
    k = top_k
    g = generator
    T = temperature
    steps = range(n_new)
    with torch.no_grad():
        for i in steps:  # noqa: B007
            given = tokens
            logits = model(given)[:, -1]
            new = sample_next(logits, T, k, g)
            last = new[:, None]
            tokens = torch.cat((tokens, last), 1)
    model.train(was_training)
    return tokens


def _run_generate(
    answer: Any, tokens: Tensor, n_new: int, vocab_size: int, training: bool = False
) -> Any:
    """The tokens that temperature 0 gives, and the mode in which the model is left."""
    model = Reader(vocab_size).train(training)
    made = answer(model, tokens, n_new, temperature=0.0)
    return None if made is None else {TOKENS: made, MODE: model.training}


check_generate = EXERCISE.check(
    "generate",
    arguments=("tokens", "n_new", "vocab_size"),
    reference=generate,
    text=[_generate],
    procedure=_run_generate,
    expects="tokens (batch, n) with n_new more, (batch, n + n_new): each drawn by sample_next from "
    "the logits at the last position, given all tokens so far; the model left in its training mode "
    "(here: temperature 0, and a model of the test's own)",
    wrong={
        **GENERATED,
        "the model gets all tokens so far, and the last logits count, model(tokens)[:, -1]": {
            "given = tokens[:, -1:]": "the model gets only the last token each time",
            "given = tokens[:, -1:] if i else tokens": "in later steps it gets only the last token",
            "given = tokens[:, n:] if i else tokens": "in later steps it gets only the new tokens",
            "given = prompt": "the model gets only the prompt each time",
            **{
                f"given = tokens[:, -{size}:]": f"the model gets only the last {size} tokens"
                for size in (2, 3, 4, 8, 16)
            },
            "given = tokens[:, -n:]": "the model gets a window of fixed length (sliding)",
            "given = tokens[:, :-1]": "the last token is not given to the model",
            "logits = model(given)[:, 0]": "the logits at the first position are used",
            "logits = model(given)[:, -2]": "the logits at the position before the last are used",
            "logits = model(given)[:, n - 1]": "the prompt's last position is used at every step",
            "logits = model(given).mean(1)": "the logits of all positions are averaged",
        },
        "n_new tokens are appended, and the model is called for each": {
            "steps = [1] * (n_new > 0); logits = model(given)[:, -n_new:]; last = new": "all new "
            "tokens are made in one step",
        },
    },
    seen={
        **seen_of_tokens("generate"),
        "a token is not the most likely one that follows all tokens so far: give the model all of "
        "them, and temperature to sample_next": of_tokens(
            lambda got, want: got.shape == want.shape
        ),
    },
)


check_generate_often = sampling.pairs_check(EXERCISE, "generate", Chain, generate, _generate)

check_generate_seeds = sampling.seeds_check(
    EXERCISE,
    "generate",
    lambda f, x, generator: f(Chain(x), torch.zeros(60, 1).long(), 3, generator=generator),
    arguments=("logits after each token", "seed", "another seed"),
    reference=generate,
    text=[_generate],
)


def _made(*cases: tuple[int, int, int, int], **training: bool) -> Callable[[Any], Any]:
    return lambda f: [
        check_generate(f, torch.randint(v, (batch, n)), n_new=n_new, vocab_size=v, **training)
        for batch, n, n_new, v in cases
    ]


EXERCISE.cases["generate"] = {
    "tokens (batch, n) with n_new more, one at a time": _made((3, 5, 6, 12), (2, 20, 8, 50)),
    "a single sequence": _made((1, 3, 12, 11), (1, 2, 12, 3), (1, 2, 12, 3)),
    "a prompt of one token": _made((4, 1, 5, 7)),
    "a single new token, or none": _made((1, 4, 1, 9), (2, 3, 0, 9)),
    "tokens in any memory layout": lambda f: check_generate(
        f, torch.randint(9, (5, 2)).mT, n_new=3, vocab_size=9
    ),
    "the model's training mode is left as it was found": _made(
        (3, 5, 6, 12), (1, 4, 1, 9), (2, 3, 0, 9), training=True
    ),
    **sampling.sampled_cases(check_generate_often, check_generate_seeds),
}
