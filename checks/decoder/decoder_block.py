"""DecoderBlock: what often goes wrong, and hidden cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from checks import modules, seen
from checks.causal_attention import CAUSAL_ATTENTION, ROPE, TEXT, PlainAttention
from checks.decoder.exercise import EXERCISE
from checks.decoder.rms_norm import centred as centred  # edits use it
from checks.decoder.swiglu import PlainSwiGLU
from checks.mistakes import Wrong
from checks.seen import SEVERAL_CAME, batch_fails, right_at, says
from reference.block import DecoderBlock, RMSNorm


class _Block(nn.Module):
    def __init__(self, d_model: int, n_heads: int, d_ff: int) -> None:
        super().__init__()
        self.attention_norm = RMSNorm(d_model)
        self.attention = PlainAttention(d_model, n_heads)
        self.feed_forward_norm = RMSNorm(d_model)
        self.feed_forward = PlainSwiGLU(d_model, d_ff)

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
    f"compute {PRE_NORM}": {
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
        "a = n1(centred(x)); b = n2(centred(y))": "the norms are LayerNorms, not RMSNorm",
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
    "no position may see another sequence": {
        "y = x + attend(a.flatten(0, -2)).reshape(x.shape)": "the batch is flattened",
    },
    "use silu, W_down(silu(W_gate(x)) * W_up(x))": {
        "activation = F.gelu": "the feed-forward's activation is a GELU",
        "activation = F.relu": "the feed-forward's activation is a ReLU",
        "g = gate(x)": "the feed-forward's activation is missing",
    },
}

_check_decoder_block = EXERCISE.check(
    "DecoderBlock",
    arguments=("x", "n_heads", "d_ff", "parameters"),
    reference=DecoderBlock,
    procedure=lambda f, x, h, d_ff, w: modules.run(f, f(x.shape[-1], h, d_ff), w.state, x),
    text=[*TEXT, PlainSwiGLU, _Block],
    expects=f"{PRE_NORM}: pre-norm; the attention is causal, its queries and keys are rotated by "
    "apply_rope; the result has the shape of x",
    wrong={
        **modules.NO_SUPER,
        **_HALVES,
        **CAUSAL_ATTENTION,
        **ROPE,
        "make it causal_mask(n), n = x.shape[-2]": {
            "mask = causal_mask(len(x))": "the mask has the size of the batch, len(x)",
        },
        "let RoPE on queries and keys tell positions, and nothing else": {
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
        "the batch is not handled: x may have any number of leading dimensions, none included, so "
        "count from the end": batch_fails(3),
        "with 40 positions the sizes don't fit: a mask, or a table made once, must be as long "
        "as x, which may have any number of positions": lambda got, _, x, *__, **___: (
            x.shape[-2] == 40 and says("size of tensor", "shape '[", "must match")(got)
        ),
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


def _blocks(*cases: tuple[int, ...]) -> Callable[[Any], Any]:
    """Cases of the shape of x, (..., n, d_model), with n_heads and d_ff behind it."""
    return lambda f: [
        check_DecoderBlock(f, torch.randn(*shape), n_heads, d_ff) for *shape, n_heads, d_ff in cases
    ]


EXERCISE.cases["DecoderBlock"] = {
    "x of shape (..., n, d_model), any leading dimensions": _blocks(
        (3, 4, 16, 4, 12), (5, 12, 3, 9), (2, 3, 4, 8, 2, 10), (1, 2, 1, 3, 8, 4, 7)
    ),
    "a single position": _blocks((2, 1, 8, 2, 6)),
    "a single head, and heads of two features": _blocks((1, 6, 8, 1, 24), (2, 3, 12, 6, 5)),
    "sizes that are alike": _blocks((4, 8, 8, 2, 8), (2, 4, 16, 4, 16)),
    "many positions": _blocks((1, 40, 24, 3, 30)),
    "large numbers": lambda f: check_DecoderBlock(f, 3 * torch.randn(2, 6, 12), 2, 9),
    "x in any memory layout": lambda f: check_DecoderBlock(f, torch.randn(2, 12, 5).mT, 3, 7),
}
