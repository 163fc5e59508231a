"""MultiHeadAttention, its layers and its forward pass: what often goes wrong, and hidden cases."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from checks import seen
from checks.compare import same
from checks.mistakes import Wrong
from checks.modules import NO_SUPER, at_random
from checks.multi_head.exercise import EXERCISE
from checks.multi_head.heads import BATCH, BATCHES, DEALT, FRONT, REFUSED, RESHAPED, VIEW, refuses
from checks.multi_head.merge_heads import SIDE_BY_SIDE
from checks.multi_head.split_heads import CUT
from checks.seen import Predicate, raised
from reference import attention
from reference.attention import merge_heads, split_heads

# --- MultiHeadAttention: the layers --------------------------------------------------------

LAYERS = ("W_q", "W_k", "W_v", "W_o")
WEIGHTS, BIASES = ([f"{name}.{part}" for name in LAYERS] for part in ("weight", "bias"))
TOTAL = "numbers to learn in all"


def _layers(answer: Any, d_model: int, n_heads: int, **kwargs: Any) -> dict[str, Any]:
    """Shapes of what a new module would save, and how many parameters it has."""
    module = answer(d_model, n_heads, **kwargs)
    shapes: dict[str, Any] = {name: tuple(t.shape) for name, t in module.state_dict().items()}
    return shapes | {TOTAL: sum(p.numel() for _, p in module.named_parameters())}


def _unnamed(*parts: str) -> Predicate:
    """Whether a layer's name is missing and there is one that has one of these parts."""
    return lambda got, *a, **k: not {*got} >= {*WEIGHTS} and any(p in n for n in got for p in parts)


def _sized(wrong: Callable[[int, int], int]) -> Predicate:
    """Whether a layer of another shape than the right one has this size, of (d_model, n_heads)."""
    return lambda got, e, d, h, **k: any(wrong(d, h) in got[w] and got[w] != e[w] for w in WEIGHTS)


_SEEN_IN_LAYERS: dict[str, Predicate] = {
    "the class can't be made as MultiHeadAttention(d_model, n_heads) or with bias=False: __init__ "
    "takes (self, d_model, n_heads, "
    "bias=True)": lambda got, *a, **k: raised("TypeError", says="argument")(got) and not got.where,
    "the class is not an nn.Module: class MultiHeadAttention(nn.Module)": raised(says="state_dict"),
    "the projections of queries, keys and values are one fused layer: the contract names three, "
    "W_q, W_k and W_v, and W_o": _unnamed("qkv", "QKV", "in_proj", "kv"),
    "there is a list of layers, as if each head had layers of its own: one layer W_q makes the "
    "queries of all heads, and so do W_k and W_v": _unnamed(".0.", ".1."),
    "the weights are bare parameters (nn.Parameter): W_q is an nn.Linear layer, with its weight "
    "and bias inside": lambda got, *a, **k: bool({*LAYERS} & {*got}),
    "the output projection W_o is missing: one more layer mixes the merged "
    "heads": lambda got, *a, **k: {name for name in got if "weight" in name} == {*WEIGHTS[:3]},
    "nothing is registered: the layers are attributes of the module, self.W_q = nn.Linear(...); "
    "nn.Module sees none in a plain list or dict": lambda got, *a, **k: {*got} == {TOTAL},
    "the layers have other names: they are called W_q, W_k, W_v and W_o": _unnamed(""),
    "the number of heads divides the size of the projections (d_head where d_model is right): each "
    "layer is for all heads": _sized(lambda d, h: d // h),
    "every head gets d_model features (n_heads * d_model in all): a head has d_head = d_model // "
    "n_heads": _sized(lambda d, h: d * h),
    "a layer has the wrong size: all four go from d_model to "
    "d_model": lambda got, expected, *a, **k: any(got[w] != expected[w] for w in WEIGHTS),
    "a bias is missing: with bias=True, the default, all four layers have "
    "one": lambda got, expected, *a, **k: any(b in expected and b not in got for b in BIASES),
    "bias is ignored: with bias=False no layer has one (pass bias=bias to "
    "each)": lambda got, expected, *a, **k: any(b in got and b not in expected for b in BIASES),
    "there are extra layers or parameters (a norm, a scale): the four are all there is to "
    "learn": lambda got, expected, *a, **k: got[TOTAL] > expected[TOTAL],
    "layers are shared (two names for one): W_q, W_k, W_v and W_o are four "
    "layers": lambda got, expected, *a, **k: got[TOTAL] < expected[TOTAL],
}

_check_layers = EXERCISE.check(
    "MultiHeadAttention",
    arguments=("d_model", "n_heads"),
    reference=attention.MultiHeadAttention,
    procedure=_layers,
    expects="a module with four nn.Linear layers named W_q, W_k, W_v and W_o, each from d_model to "
    "d_model features, all with a bias (the default) or all without (bias=False), and nothing "
    "else to learn (shown is what state_dict() holds)",
    wrong=NO_SUPER,
    seen=REFUSED | _SEEN_IN_LAYERS,
)


# --- MultiHeadAttention: the forward pass --------------------------------------------------


class _Attention(attention.MultiHeadAttention):
    def forward(self, x: Tensor, context: Tensor | None = None, mask: Tensor | None = None) -> Any:
        context = x if context is None else context
        t = (x, context, context)
        layers = (self.W_q, self.W_k, self.W_v)
        q, k, v = (W(s) for W, s in zip(layers, t, strict=True))
        split = (q, k, v)
        h = self.n_heads
        Q, K, V = (split_heads(s, h) for s in split)
        d_head = Q.shape[-1]
        scale = math.sqrt(d_head)
        scores = Q @ K.mT / scale
        m = None if mask is None else mask.unsqueeze(-3)
        masked = scores if m is None else scores.masked_fill(~m, -math.inf)
        weights = torch.softmax(masked, -1)
        joined = merge_heads(weights @ V)
        output = self.W_o(joined)
        return (output, weights)


_FROM_THE_FRONT = "heads = cut.transpose(1, 2); merged = x.transpose(1, 2).flatten(-2)"
_WRONG_IN_FORWARD: Wrong = {
    "the merged heads go through W_o once, as the last step": {
        "output = joined": "the output projection W_o is forgotten",
        "output = self.W_o(self.W_o(joined))": "W_o is applied twice",
        "output = self.W_o(joined) + x": "x is added to the output (a residual)",
        "output = torch.relu(self.W_o(joined))": "an activation (ReLU) is applied to the output",
        "output = F.layer_norm(self.W_o(joined), x.shape[-1:])": "the output is normalised",
        tuple(f"output = layers[{i}](joined)" for i in range(3)): "another layer takes W_o's place",
        "output = self.W_o(joined / h)": "the output is scaled by the number of heads",
        (
            "joined = merge_heads(self.W_o(weights @ V))",
            "joined = weights @ V",
        ): "W_o comes before the heads are merged, or they are not merged",
    },
    "split queries, keys and values with split_heads, merge what comes out with merge_heads": {
        "Q, K, V = (split_heads(q, h), k, split_heads(v, h))": "the keys are not split into heads",
        "Q, K, V = (split_heads(q, h), split_heads(k, h), v)": "the values are not split into "
        "heads",
        "Q, K, V = (q, split_heads(k, h), split_heads(v, h)); d_head = K.shape[-1]": "the queries "
        "are not split into heads",
        "joined = (weights @ V).flatten(-2)": "the heads are not merged, as flatten(-2) joins the "
        "positions of each head",
    },
    "return (output, weights), with weights of shape (..., n_heads, n_q, n_k)": {
        "return (output, weights.mean(-3))": "the weights are averaged over the heads (as "
        "nn.MultiheadAttention does unless told otherwise)",
        "return (output, weights.sum(-3))": "the weights are added up over the heads",
        "return (output, weights[..., 0, :, :])": "only the first head's weights come back",
        "return (output, weights[..., -1, :, :])": "only the last head's weights come back",
        "return (output, weights.mT)": "the weights are transposed",
        "return (output, weights.squeeze())": "a dimension of size 1 of the weights is squeezed",
        "return (output, weights.transpose(-3, -2))": "the weights have heads and queries swapped",
        "return (output, weights.movedim(-3, 0))": "the weights have the heads before the batch",
        "return (output, weights.movedim(-3, -1))": "the weights have the heads last",
        "return (output, weights.flatten(0, -3))": "batch and heads share a dimension",
        ("return (output, weights.mean(-2))", "return (output, weights.mean(-1))"): "the weights "
        "are averaged over queries or keys",
        "return (output, torch.softmax(scores, -1))": "the weights come back without the mask",
        "return (output, scores)": "the scores come back instead of the weights",
        "return (weights, output)": "the results are swapped",
    },
    "queries come from x, keys and values from context, or from x without one": {
        "t = (x, x, x)": "context is ignored",
        "else context -> else x + context": "context is added to x",
        "else context -> else torch.cat([x, context], -2)": "context is appended to x",
        "else context -> else torch.cat([context, x], -2)": "x is appended to context",
        "t = (context, context, context)": "context is used for the queries as well",
        "t = (context, x, x)": "x and context are swapped",
        "t = (x, x, context)": "the keys come from x",
        "t = (x, context, x)": "the values come from x",
        "context = context": "a context is asked for",
    },
    "forward(x, context=None, mask=None)": {
        "context=None, mask=None -> mask=None, context=None": "wrong order of forward's arguments",
        "m = mask.unsqueeze(-3)": "the mask is used also where it is None, and no key is hidden",
    },
    "the queries are W_q(x), the keys W_k(context), the values W_v(context)": {
        "layers = (self.W_k, self.W_q, self.W_v)": "keys and queries use each other's layers",
        "layers = (self.W_q, self.W_v, self.W_k)": "keys and values use each other's layers",
        "layers = (self.W_v, self.W_k, self.W_q)": "queries and values use each other's layers",
        "layers = (self.W_q, self.W_q, self.W_v)": "the keys are projected with W_q",
        "layers = (self.W_q, self.W_k, self.W_k)": "the values are projected with W_k",
        "layers = 3 * (self.W_q,)": "W_q is used for queries, keys and values",
        "split = (x, k, v)": "the queries are not projected",
        "split = (q, context, v)": "the keys are not projected",
        "split = (q, k, context)": "the values are not projected",
        "split = t": "nothing is projected",
    },
    "call the layers, W_q(x), W_k(context) and W_v(context), and no more": {
        "W(s) -> W(s).relu()": "an activation (ReLU) follows the layers",
        "W(s) -> s @ W.weight.T": "the bias of the layers is not added",
        "W(s) -> s @ W.weight.T; output = joined @ self.W_o.weight.T": "no layer's bias is added",
        ("W(s) -> F.linear(s, W.weight.T, W.bias)", "W(s) -> s @ W.weight"): "the weight matrices "
        "are transposed (nn.Linear stores (d_out, d_in))",
    },
    "the scores Q Kᵀ are divided by the square root of d_head, once": {
        "scale = 1": "the scores are not scaled",
        "scale = math.sqrt(x.shape[-1])": "the scores are divided by the square root of d_model",
        "scale = d_head": "the scores are divided by d_head instead of its square root, or scaled "
        "twice (scaled_dot_product_attention scales already)",
        "scale = math.sqrt(h)": "the scores are divided by the square root of n_heads",
        "scale = math.sqrt(K.shape[-2])": "the scores are divided by the square root of n_k",
        "scale = math.sqrt(Q.shape[-2])": "the scores are divided by the square root of n_q",
        "scale = 1 / math.sqrt(d_head)": "the scores are multiplied by the square root of d_head",
        "scores = K @ Q.mT / scale": "queries and keys are swapped (K Qᵀ)",
    },
    "softmax(scores, -1) runs over the keys, in each head alone": {
        "weights = torch.softmax(masked, -2)": "the softmax runs over the queries (dim=-2)",
        "weights = torch.softmax(masked, -3)": "the softmax runs over the heads",
        "weights = torch.softmax(masked, 1)": "the softmax runs over dimension 1",
        "weights = masked": "the softmax is missing, and the weights are the scores",
        "weights = torch.softmax(torch.softmax(masked, -1), -1)": "the softmax is applied twice",
        "weights = torch.sigmoid(masked)": "a sigmoid replaces the softmax",
        "weights = masked.exp() / masked.exp().sum(-1, True)": "exp overflows for large scores",
        "masked, -1 -> masked + torch.full_like(masked, -math.inf).triu(1), -1": "a causal mask is "
        "always applied, not only the mask given",
    },
    **CUT,
    **SIDE_BY_SIDE,
    "split and merge the heads with your split_heads and merge_heads": {
        "heads = x.reshape(*batch, n_heads, n, d_head); rows = x": "the heads are viewed "
        "(reshaped) without a transpose, so that positions and features are mixed up",
        "heads = cut; merged = x.flatten(-2)": "the transpose of heads and positions is missing, "
        "so that the heads of one position attend to each other",
        "cut = x.unflatten(-1, (d_head, n_heads)).mT; rows = x.movedim(-3, -1)": f"{DEALT}, and "
        "merged so",
        (_FROM_THE_FRONT, f"{_FROM_THE_FRONT}; d_head = x.shape[-1] // h"): "the batch is not "
        f"handled ({FRONT})",
    },
    "there are n_heads of them, over d_head features each": {
        "h = x.shape[-1] // self.n_heads; scale = math.sqrt(h)": "n_heads and d_head are swapped",
        "h = 1": "n_heads is ignored, there is one head over all features",
        "Q, K, V = split; joined = weights @ V; m = mask": "n_heads is ignored, and the weights "
        "have no dimension for heads",
    },
    "in all heads masked keys (False) get the score minus infinity before the softmax": {
        "masked = scores": "the mask is ignored",
        "m is None -> m is None or t[1] is not x": "the mask is ignored where a context is given",
        ("~m -> m", "~m, -math.inf -> m, -1e9"): "the mask's convention is inverted "
        "(nn.MultiheadAttention means the opposite by it)",
        "scores.masked_fill(~m, -math.inf) -> scores * m": "masked scores become 0, as they are "
        "multiplied by the mask or filled with 0",
        tuple(f"-math.inf -> {low}" for low in (-1, -10, -100, "math.inf")): "masked scores become "
        "a number that is not low enough, or plus infinity",
        "scores.masked_fill(~m, -math.inf) -> scores + m": "the mask is added as 0 and 1",
        "~m -> ~m & (torch.arange(h) == 0)[:, None, None]": "only the first head is masked",
        "masked = scores; weights = torch.softmax(scores, -1) * "
        "(1 if m is None else m)": "the mask is applied after the softmax",
    },
    "mask.unsqueeze(-3) puts a dimension for heads before its queries (rows) and keys (columns)": {
        "unsqueeze(-3) -> unsqueeze(-3).mT": "the mask is transposed",
        "m = mask": "the mask is not broadcast over the heads, and the sequences of a batch are "
        "taken for heads (as with unsqueeze(0))",
        "unsqueeze(-3) -> unsqueeze(1)": "the mask's dimension for heads is put at 1, unsqueeze(1)",
        "unsqueeze(-3) -> unsqueeze(-2)": "the mask's dimension for heads is put before the keys",
        "unsqueeze(-3) -> view(-1, *mask.shape[-2:])[:1]": "only the first sequence's mask is used",
    },
}


def _misfit(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
    """An error that speaks of sizes, or weights of another shape."""
    text = any(raised(says=word)(got) for word in ("size", "shape", "expand"))
    return text or seen.part(1, seen.other_shape)(got, expected)


def _with_mask(predicate: Predicate) -> Predicate:
    """`predicate` of a call with a mask."""
    return lambda got, e, x, context=None, mask=None, **k: mask is not None and predicate(got, e)


_SEEN_IN_FORWARD: dict[str, Predicate] = {
    "a context is asked for: without one, keys and values come from "
    "x": lambda got, e, x, context=None, *a, **k: context is None and raised(says="None")(got),
    "a tensor is asked whether it is true, as in context or x, or if mask: ask whether it "
    "is None": raised(says="Boolean value of Tensor"),
    "no weights come back: return (output, weights)": lambda got, *a, **k: got[1] is None,
    "only one result comes back: return the tuple (output, weights)": seen.comes_back(Tensor),
    "not two results come back: return the tuple (output, weights)": seen.other_count,
    "some weights are 0 though no mask is given, as with dropout: plain attention is asked "
    "for": lambda got, e, x, c=None, mask=None, **k: mask is None and 0 in got[1] and 0 not in e[1],
    "NaN or infinity comes back: exp overflows for large scores unless the row's maximum is "
    "subtracted, and a row of only -inf has no softmax": seen.any_part(seen.not_finite),
    "the mask does not fit: it is broadcast over heads and batch once it has a dimension for the "
    "heads right before its last two, mask.unsqueeze(-3)": _with_mask(_misfit),
    "x and context may differ in length: tell n_q and n_k "
    "apart": lambda got, e, x, context=None, *a, **k: context.shape != x.shape and _misfit(got, e),
    "a layer gets other than d_model features, as where heads are added up or left out instead of "
    "merged: the heads of a position stand side by side": raised(says="shapes cannot be multi"),
    **RESHAPED,
    BATCH: seen.batch_fails(3),
    "the weights are right but the output is not: the values go through W_v, the weighted values "
    "of all heads are merged, and W_o comes "
    "last": seen.part(1, lambda got, expected, *a, **k: same(got, expected, 1e-4)),
    "the weights are not right with this mask: True means that the query may attend to the key, in "
    "every head alike; other scores are minus infinity": _with_mask(seen.part(1, seen.same_shape)),
}


def _forward(
    answer: Any, *args: Any, d_model: int, n_heads: int, bias: bool, weights: Any, **by_name: Any
) -> Any:
    module = answer(d_model, n_heads, bias)
    module.load_state_dict(weights.state, strict=False)
    return module(*args, **by_name)


_check_forward = EXERCISE.check(
    "MultiHeadAttention",
    arguments=("x", "context", "mask"),
    reference=attention.MultiHeadAttention,
    text=[split_heads, merge_heads, _Attention],
    procedure=_forward,
    parts=("output", "weights"),
    expects="queries from x, keys and values from context (from x without one), split into heads; "
    "in each head softmax(Q Kᵀ / √d_head) over the keys that the mask allows; the heads merged and "
    "put through W_o; returned as (output, weights) with weights of shape (..., n_heads, n_q, n_k)",
    wrong=_WRONG_IN_FORWARD,
    seen=VIEW | _SEEN_IN_FORWARD,
)


def check_multi_head_attention(
    answer: Any, d_model: int, n_heads: int, *args: Any, bias: bool = True, **by_name: Any
) -> Any:
    """Check a module's layers, then one call with x, context and mask, and random weights."""
    _check_layers(answer, d_model, n_heads, **({} if bias else {"bias": False}))
    return _check_call(answer, d_model, n_heads, *args, bias=bias, **by_name)


def _check_call(
    answer: Any, d_model: int, n_heads: int, *args: Any, bias: bool = True, **by_name: Any
) -> Any:
    made: Any = {"d_model": d_model, "n_heads": n_heads, "bias": bias}
    weights = at_random(attention.MultiHeadAttention(**made))
    return _check_forward(answer, *args, **by_name, **made, weights=weights)


def check_refuses(answer: Any, d_model: int, n_heads: int) -> Any:
    """Check that the class is not made for heads that don't divide `d_model`."""
    return refuses(_check_layers, answer, d_model, d_model, n_heads)


def _some(*shape: int) -> Tensor:
    """A mask of about half of the keys, and of one at least for each query."""
    drawn = torch.rand(*shape)
    return (drawn < 0.5) | (drawn == drawn.amin(-1, True))


_FIRST = (5,)
"""Of the first case: x of five positions, without a batch."""


def _case(
    f: Any, *shape: int, n_k: int = 0, mask: Any = (), d: int = 12, n_heads: int = 3, **more: Any
) -> Any:
    """One call: x of `shape`, with `d` features; a context of `n_k` positions and a mask if any.

    Layers of usual sizes are looked at in the first case alone: that takes a dozen questions to
    the answer's process, where a call takes five.
    """
    if n_k:
        more["context"] = torch.randn(*shape[:-1], n_k, d)
    if mask:
        more["mask"] = _some(*mask)
    is_usual = (d, n_heads, more.get("bias", True)) == (12, 3, True)
    check = _check_call if is_usual and shape != _FIRST else check_multi_head_attention
    return check(f, d, n_heads, torch.randn(*shape, d), **more)


EXERCISE.cases["MultiHeadAttention"] = {
    "without a batch": lambda f: [_case(f, *_FIRST), _case(f, *_FIRST, n_k=7)],
    "any leading dimensions": lambda f: [_case(f, *batch, 5) for batch in BATCHES],
    "keys and values from context": lambda f: [
        _case(f, *shape, n_k=n_k) for *shape, n_k in ((2, 5, 7), (2, 4, 5, 3), (2, 5, 1), (2, 5, 5))
    ],
    "a single query": lambda f: [_case(f, 2, 1), _case(f, 2, 1, n_k=6)],
    "1 to d_model heads": lambda f: [_case(f, 2, 5, n_heads=h) for h in (1, 4, 12)],
    "sizes that are alike": lambda f: _case(f, 4, 4, d=16, n_heads=4),
    "many features": lambda f: _case(f, 2, 16, d=64, n_heads=8),
    "many positions": lambda f: _case(f, 60, n_k=90),
    "bias=False": lambda f: [_case(f, 1, 5, bias=False), _case(f, 2, 5, n_k=7, bias=False)],
    "x and context in any memory layout": lambda f: _check_call(
        f, 12, 3, torch.randn(2, 12, 5).mT, torch.randn(7, 2, 12).transpose(0, 1)
    ),
    "agrees with nn.MultiheadAttention, for large inputs too": lambda f: [
        _check_call(f, 12, 3, 40 * torch.randn(2, 5, 12), tolerance=0.02, mask=mask)
        for mask in (None, _some(2, 5, 5))
    ],
    "mask of shape (n_q, n_k) or (1, n_k)": lambda f: [
        _case(f, *batch, 5, mask=(n, 5)) for batch in ((), (2,), (2, 3)) for n in (1, 5)
    ],
    "mask broadcasts to (..., n_q, n_k)": lambda f: [
        _case(f, *batch, 5, mask=(*before, n, 5))
        for *batch, before in ((2, (1,)), (2, (2,)), (2, 3, (3,)), (2, 3, (2, 1)), (2, 3, (2, 3)))
        for n in (1, 5)
    ],
    "mask is the same for every head": lambda f: [
        _case(f, b, 5, mask=(b, n, 5)) for b, n in ((3, 1), (3, 5), (5, 1))
    ],
    "mask of x and context": lambda f: [
        _case(f, 2, 5, n_k=7, mask=mask) for mask in ((5, 7), (2, 1, 7), (2, 5, 7))
    ],
    "mask in any memory layout": lambda f: _check_call(
        f, 12, 3, torch.randn(3, 5, 12), mask=torch.ones(5, 5).triu().mT > 0
    ),
    "forward(x, context=None, mask=None)": lambda f: [
        _check_call(f, 12, 3, torch.randn(2, 5, 12), *more)
        for context in [torch.randn(2, 7, 12)]
        for more in ((context,), (context, _some(2, 5, 7)), (None, _some(5, 5)))
    ],
    "ValueError where n_heads does not divide d_model": lambda f: [
        check_refuses(f, *sizes) for sizes in ((12, 5), (4, 8), (10, 4))
    ],
}
