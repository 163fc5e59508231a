"""Attention as the exercises define it: one head, many heads, masks, scores of what a head does.

Shapes: `...` is any number of leading batch dimensions, none included. A mask is boolean and
`True` means that this query may attend to this key, as in `F.scaled_dot_product_attention`;
`nn.MultiheadAttention` means the opposite by `True`.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn


def project_qkv(x: Tensor, W_q: Tensor, W_k: Tensor, W_v: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Queries, keys and values of every position (Vaswani et al. 2017, section 3.2).

    Shapes: `x` `(..., n, d_model)`, `W_q` and `W_k` `(d_model, d_k)`, `W_v` `(d_model, d_v)`;
    gives `Q` and `K` `(..., n, d_k)` and `V` `(..., n, d_v)`.

    Raises `ValueError` where a matrix does not have `d_model` rows.
    """
    for name, w in (("W_q", W_q), ("W_k", W_k), ("W_v", W_v)):
        if w.shape[0] != x.shape[-1]:
            raise ValueError(
                f"{name} has shape {tuple(w.shape)}; its first dimension must be "
                f"d_model = {x.shape[-1]}, the last dimension of x"
            )
    W = (W_q, W_k, W_v)
    Q, K, V = (x @ w for w in W)
    return (Q, K, V)


def softmax(x: Tensor, dim: int = -1) -> Tensor:
    """Positive numbers that sum to 1 along `dim`, in the proportions of `exp(x)`.

    Shapes: `x` any; the result has its shape and dtype. The largest entry is subtracted before
    the exponential, which changes nothing in exact arithmetic and keeps inputs of ±1e4 finite.
    An entry of `-inf` gets exactly 0; where all are `-inf` the result is NaN, as in PyTorch.
    """
    top = x.amax(dim, True)
    e = torch.exp(x - top)
    total = e.sum(dim, True)
    return e / total


def scaled_dot_product_attention(
    Q: Tensor, K: Tensor, V: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """`softmax(Q Kᵀ / √d_k) V` (Vaswani et al. 2017, section 3.2.1, equation 1).

    Shapes: `Q` `(..., n_q, d_k)`, `K` `(..., n_k, d_k)`, `V` `(..., n_k, d_v)`; `mask` boolean,
    broadcasting to `(..., n_q, n_k)`, `True` where the query may attend to the key. Gives
    `output` `(..., n_q, d_v)` and `weights` `(..., n_q, n_k)`.

    A masked key gets a weight of exactly 0. A query with no key left gets weights and output
    of 0. Raises `ValueError` where the sizes don't fit and `TypeError` for a mask that is not
    boolean.
    """
    if Q.shape[-1] != K.shape[-1]:
        raise ValueError(
            f"K has d_k = {K.shape[-1]} features; it must have as many as Q: {Q.shape[-1]}"
        )
    if K.shape[-2] != V.shape[-2]:
        raise ValueError(
            f"V has n_k = {V.shape[-2]} rows; it must have as many as K: {K.shape[-2]}"
        )
    scores = Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])
    if mask is None:
        weights = softmax(scores)
    else:
        if mask.dtype != torch.bool:
            raise TypeError(
                f"mask has dtype {mask.dtype}; it must be torch.bool, True where attending "
                "is allowed"
            )
        # A row of only -inf is NaN after softmax. The second fill makes it 0, and on the way back
        # the first one does the same for its gradient.
        weights = softmax(scores.masked_fill(~mask, -math.inf)).masked_fill(~mask, 0.0)
    return weights @ V, weights


def split_heads(x: Tensor, n_heads: int) -> Tensor:
    """Cut the features into heads: head `h` gets features `h*d_head` to `(h+1)*d_head - 1`.

    Shapes: `x` `(..., n, d_model)`; gives `(..., n_heads, n, d_head)` with
    `d_head = d_model // n_heads` (Vaswani et al. 2017, section 3.2.2).

    Raises `ValueError` where `n_heads` does not divide `d_model`.
    """
    _check_heads(x.shape[-1], n_heads)
    *batch, n, d_model = x.shape
    d_head = d_model // n_heads
    cut = x.reshape(*batch, n, n_heads, d_head)
    heads = cut.transpose(-3, -2)
    return heads


def merge_heads(x: Tensor) -> Tensor:
    """Put the heads side by side again, the inverse of `split_heads`.

    Shapes: `x` `(..., n_heads, n, d_head)`; gives `(..., n, n_heads * d_head)`.
    """
    *batch, n_heads, n, d_head = x.shape
    shape = (*batch, n, n_heads * d_head)
    rows = x.transpose(-3, -2)
    merged = rows.reshape(shape)
    return merged


class MultiHeadAttention(nn.Module):
    """Attention by `n_heads` heads at once (Vaswani et al. 2017, section 3.2.2).

    `nn.Linear` layers `W_q`, `W_k`, `W_v`, `W_o`, each from `d_model` to `d_model` features.
    There is no dropout. Raises `ValueError` where `n_heads` does not divide `d_model`.
    """

    def __init__(self, d_model: int, n_heads: int, bias: bool = True) -> None:
        super().__init__()
        _check_heads(d_model, n_heads)
        self.n_heads = n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=bias)
        self.W_k = nn.Linear(d_model, d_model, bias=bias)
        self.W_v = nn.Linear(d_model, d_model, bias=bias)
        self.W_o = nn.Linear(d_model, d_model, bias=bias)

    def forward(
        self, x: Tensor, context: Tensor | None = None, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Queries from `x`, keys and values from `context`, or from `x` where there is none.

        Shapes: `x` `(..., n_q, d_model)`, `context` `(..., n_k, d_model)`; `mask` boolean, of at
        least two dimensions, broadcasting to `(..., n_q, n_k)`, the same for every head. Gives
        `output` `(..., n_q, d_model)` and `weights` `(..., n_heads, n_q, n_k)`.

        Raises `ValueError` for a mask of fewer than two dimensions.
        """
        if mask is not None:
            if mask.dim() < 2:
                raise ValueError(
                    f"mask has shape {tuple(mask.shape)}; it must have at least two dimensions "
                    "and broadcast to (..., n_q, n_k)"
                )
            mask = mask.unsqueeze(-3)
        source = x if context is None else context
        Q = split_heads(self.W_q(x), self.n_heads)
        K = split_heads(self.W_k(source), self.n_heads)
        V = split_heads(self.W_v(source), self.n_heads)
        heads, weights = scaled_dot_product_attention(Q, K, V, mask)
        return self.W_o(merge_heads(heads)), weights


def causal_mask(n: int) -> Tensor:
    """Boolean `(n, n)`, `True` at `[i, j]` where `j <= i`: nobody looks at later positions.

    Vaswani et al. 2017, section 3.2.3.
    """
    return torch.ones(n, n, dtype=torch.bool).tril()


def padding_mask(lengths: Tensor, n: int) -> Tensor:
    """Boolean `(batch, 1, n)` of `lengths` `(batch,)`, `True` at the first `lengths[b]` keys.

    Raises `ValueError` where a length is below 0 or above `n`.
    """
    if bool(((lengths < 0) | (lengths > n)).any()):
        raise ValueError(f"lengths is {lengths.tolist()}; every length must be from 0 to n = {n}")
    key, length = torch.arange(n, device=lengths.device), lengths[:, None]
    real = key < length
    return real[:, None]


def attention_entropy(weights: Tensor) -> Tensor:
    """How widely a query spreads its attention: `-Σ w log w`, in nats, with `0 log 0 = 0`.

    Shapes: `weights` `(..., n_k)`; gives `(...)`. 0 for a single key, `log n_k` for uniform
    weights (Shannon 1948, section 6).
    """
    return -torch.xlogy(weights, weights).sum(dim=-1)


def previous_token_score(weights: Tensor) -> Tensor:
    """How much a head looks one position back: the mean of `weights[i, i-1]` over `i >= 1`.

    Shapes: `weights` `(..., n, n)`; gives `(...)`, from 0 to 1. NaN for `n = 1`, which has no
    previous token (Elhage et al. 2021, "Previous token heads").
    """
    return weights.diagonal(offset=-1, dim1=-2, dim2=-1).mean(dim=-1)


def most_attended(weights: Tensor, tokens: Sequence[str]) -> list[str]:
    """For each query, the token with the largest weight, the first of equals.

    Shapes: `weights` `(n, n)` (any number of queries will do), `tokens` `n` strings, one a key.
    Raises `ValueError` where `tokens` has another length than the rows of `weights`.
    """
    if weights.shape[-1] != len(tokens):
        raise ValueError(
            f"tokens has {len(tokens)} entries; it must have one for each of the "
            f"{weights.shape[-1]} keys"
        )
    # torch.argmax promises no order among equals, the sum of "no maximum so far" does.
    is_largest = weights == weights.amax(dim=-1, keepdim=True)
    first = (is_largest.cumsum(dim=-1) == 0).sum(dim=-1)
    return [tokens[key] for key in first.tolist()]


def _check_heads(d_model: int, n_heads: int) -> None:
    if n_heads < 1 or d_model % n_heads != 0:
        raise ValueError(
            f"n_heads is {n_heads}; it must divide d_model = {d_model} without remainder"
        )
