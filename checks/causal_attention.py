"""Causal attention with rotated queries and keys: known misconceptions of exercises 7 and 8."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from checks.mistakes import Wrong
from reference.attention import causal_mask, merge_heads, split_heads
from reference.block import GroupedQueryAttention, repeat_kv
from reference.positions import sinusoidal_encoding


def rope(x: Tensor, first: int = 0, base: float = 10000.0) -> Tensor:
    """Rotate (..., n, d) by positions from `first` on (RoFormer, section 3.4.2)."""
    n, d = x.shape[-2:]
    at = first + torch.arange(n)
    i = torch.arange(0, d, 2)
    angles = at[:, None] * base ** (-i / d)
    cos, sin = (angles.cos().to(x), angles.sin().to(x))
    even, odd = (x[..., 0::2], x[..., 1::2])
    pairs = (even * cos - odd * sin, even * sin + odd * cos)
    turned = torch.stack(pairs, -1).flatten(-2)
    return turned


class PlainAttention(nn.Module):
    """Grouped-query attention, a step a line. Exercise 7 has as many key heads as query heads."""

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        n_kv_heads: int | None = None,
        rope_base: float = 10000.0,
    ) -> None:
        super().__init__()
        GroupedQueryAttention(d_model, n_heads, n_kv_heads)  # refuses bad input
        group = n_heads // (n_kv_heads or n_heads)
        base = rope_base
        self.n_heads, self.group, self.base = (n_heads, group, base)
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, d_model // group, bias=False)
        self.W_v = nn.Linear(d_model, d_model // group, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x: Tensor, cache: Any = None) -> Any:
        h = self.n_heads
        m = h // self.group
        n = x.shape[-2]
        past = 0 if cache is None else cache.n_seen
        first, base = (past, self.base)
        W = (self.W_q, self.W_k, self.W_v)
        t = (x, x, x)
        p = [layer(s) for layer, s in zip(W, t, strict=True)]
        q, k, v = (split_heads(s, heads) for s, heads in zip(p, (h, m, m), strict=True))
        Q = rope(q, first, base)
        K = rope(k, first, base)
        V = v
        stored = (K, V) if cache is None else cache.extend(K, V)
        K, V = (repeat_kv(s, h // m) for s in stored)
        scores = Q @ K.mT / math.sqrt(Q.shape[-1])
        total = K.shape[-2]
        mask = causal_mask(total)[total - n :]
        low = -math.inf
        hidden = scores.masked_fill(~mask, low)
        weights = torch.softmax(hidden, -1)
        found = merge_heads(weights @ V)
        output = self.W_o(found)
        return output


def sinusoids(x: Tensor) -> Tensor:
    """The sinusoidal encoding of positions that fits x, (n, d)."""
    return sinusoidal_encoding(x.shape[-2], x.shape[-1])


TEXT = (split_heads, merge_heads, rope, repeat_kv, PlainAttention)
_ALSO = ("", "; low = -1e9", "; weights = torch.softmax(hidden, -1).nan_to_num()")
_SPLIT_VIEW = "heads = x.reshape(*x.shape[:-2], n_heads, x.shape[-2], -1)"
_MERGE_VIEW = "merged = x.reshape(*x.shape[:-3], x.shape[-2], -1)"
CAUSAL_ATTENTION: Wrong = {
    "let each position see itself and earlier ones, and set other scores to -inf before the "
    "softmax": {
        "hidden = scores": "there is no causal mask",
        "mask = causal_mask(n).mT": "the mask is the wrong way round (transposed, upper triangle)",
        "mask = torch.ones(n, n).tril(1).bool()": "a position sees one later (off by one)",
        "mask = torch.eye(n).bool()": "a position sees only itself",
        "low = 0.0": "masked scores are set to 0 instead of -inf, and exp(0) is 1",
        tuple(f"mask = ~causal_mask(n){also}" for also in _ALSO): "the mask is inverted",
        tuple(f"mask = causal_mask(n).tril(-1){also}" for also in _ALSO): "the mask leaves out the "
        "position itself (off by one, j < i)",
        "weights = torch.softmax(scores, -1).tril()": "the mask comes after the softmax",
    },
    "divide the scores by the square root of d_head": {
        "scores = Q @ K.mT": "the scores are not scaled",
        "scores = Q @ K.mT / Q.shape[-1]": "the scores are divided by d_head itself",
        "scores = Q @ K.mT / math.sqrt(x.shape[-1])": "the scores are divided by √d_model",
        "scores = Q @ K.mT / math.sqrt(h)": "the scores are divided by √n_heads",
        "scores = Q @ K.mT / math.sqrt(n)": "the scores are divided by √n",
        "scores = Q @ K.mT * math.sqrt(Q.shape[-1])": "the scores are multiplied by √d_head",
    },
    "make n_heads heads of d_model / n_heads features each": {
        "h = 1": "n_heads is ignored (a single head of d_model features)",
        **{f"h = {n}": f"n_heads is ignored ({n} is hard-coded)" for n in (2, 4, 8)},
        "h = x.shape[-1] // self.n_heads": "d_head and n_heads are mixed up",
    },
    "(..., n, n_heads, d_head) must become (..., n_heads, n, d_head), and back for merging": {
        _SPLIT_VIEW: "the heads are split without a transpose",
        f"{_SPLIT_VIEW}; {_MERGE_VIEW}": "the heads are split and merged without a transpose",
        _MERGE_VIEW: "the heads are merged without a transpose",
        "q = p[0].reshape(*x.shape[:-2], h, n, -1); Q = rope(q, first, base)": "the queries are "
        "split without a transpose",
        "k = p[1].reshape(*x.shape[:-2], m, n, -1); K = rope(k, first, base)": "the keys are split "
        "without a transpose",
        "V = p[2].reshape(*x.shape[:-2], m, n, -1)": "the values are split without a transpose",
    },
    "give it features h*d_head to (h+1)*d_head - 1": {
        "cut = x.unflatten(-1, (-1, n_heads)).mT": "head h takes every n_heads-th feature",
    },
    "let the merged heads go through W_o once": {
        "output = found": "W_o is not used",
        "found = merge_heads(weights)": "the weights go on, not the output, weights @ V (attention "
        "gives both)",
        "output = self.W_o(self.W_o(found))": "W_o is used twice",
    },
    "make each an nn.Linear of its own": {
        f"self.{b} = self.{a}": f"{a} and {b} are one and the same layer"
        for a, b in (("W_q", "W_k"), ("W_k", "W_v"), ("W_q", "W_v"), ("W_v", "W_o"))
    },
    "make queries with W_q, keys with W_k, values with W_v": {
        "W = (self.W_k, self.W_q, self.W_v)": "W_q and W_k are swapped",
        "W = (self.W_q, self.W_v, self.W_k)": "W_k and W_v are swapped",
        "W = (self.W_v, self.W_k, self.W_q)": "W_q and W_v are swapped",
        "W = (self.W_q, self.W_q, self.W_v)": "the keys are made with W_q",
        "W = (self.W_q, self.W_k, self.W_k)": "the values are made with W_k",
        "W = (self.W_q, self.W_k, self.W_q)": "the values are made with W_q",
    },
    "take the softmax over the keys, dim=-1": {
        "weights = torch.softmax(hidden, -2)": "the softmax runs over the queries (dim -2)",
        "weights = scores.tril()": "the softmax is missing",
    },
}
"""What may go wrong in causal attention: edits of `TEXT`."""
ROPE: Wrong = {
    "turn queries and keys alone by apply_rope, after the split, (..., n_heads, n, d_head)": {
        "Q = q; K = k": "RoPE is missing, or without effect because it takes heads for positions",
        "V = rope(v)": "RoPE is applied to the values too",
        "K = k": "RoPE is applied to the queries only",
        "Q = q": "RoPE is applied to the keys only",
        "Q = q; V = rope(v)": "RoPE is applied to keys and values, not to queries and keys",
        "Q = split_heads(rope(p[0]), h); K = split_heads(rope(p[1]), h)": "RoPE is applied before "
        "the split into heads, with the angles of d_model",
        "t = (rope(x), rope(x), x); Q = q; K = k": "RoPE is applied to x before the projection",
        "t = 3 * (rope(x),); Q = q; K = k": "RoPE is applied to all of the attention's input",
        "t = 3 * (x + sinusoids(x),); Q = q; K = k": "sinusoidal positions replace RoPE",
        ("Q = rope(q, 1)", "K = rope(k, 1)"): "RoPE is off by one between queries and keys",
        "Q = q; K = k; found = merge_heads(rope(weights @ V))": "RoPE is applied to the heads' "
        "output",
        "Q = q; K = k; found = rope(merge_heads(weights @ V))": "RoPE is applied to the merged "
        "heads",
        "Q = q; K = k; hidden = scores": "there is neither a causal mask nor RoPE",
    },
    "turn once, by positions 0 to n-1, as apply_rope does": {
        "at = 2 * torch.arange(n)": "RoPE is applied twice",
        "at = -torch.arange(n)": "RoPE turns the wrong way (as with the sine's sign flipped)",
    },
    "turn pairs (2i, 2i+1) by 10000**(-2i/d_head) times the position, as apply_rope does": {
        "i = torch.arange(d // 2)": "RoPE's angles fall with i/d_head instead of 2i/d_head",
        "i = -torch.arange(0, d, 2)": "the sign in RoPE's exponent is wrong",
        "i = torch.zeros(d // 2)": "all pairs turn by the same angle",
        **{f"10000.0 -> {b}": f"RoPE's base is {b:g}" for b in (100.0, 1e3, 1e5, 5e5, 1e6)},
        "even, odd = x.chunk(2, -1); turned = torch.cat(pairs, -1)": "RoPE pairs i with i + "
        "d_head/2 (half-split)",
    },
}
"""What may go wrong with the rotation in it: edits of `TEXT`."""
