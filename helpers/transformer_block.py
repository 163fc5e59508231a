"""The original encoder and decoder blocks (post-norm) and the decoder-only model (pre-norm).

No block has dropout: nothing here is trained long enough to need it. A block gives a tensor of
its input's shape; `record_attention` shows the weights that it computed on the way.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers.attention import (
    MultiHeadAttention,
    causal_mask,
    merge_heads,
    scaled_dot_product_attention,
    split_heads,
)
from helpers.positional_encoding import apply_rope


class FeedForward(nn.Module):
    """`W_2(activation(W_1(x)))`, the same at every position (Vaswani et al. 2017, section 3.3).

    `nn.Linear` layers with bias: `W_1` from `d_model` to `d_ff`, `W_2` back.
    """

    def __init__(
        self, d_model: int, d_ff: int, activation: Callable[[Tensor], Tensor] = F.relu
    ) -> None:
        super().__init__()
        self.W_1 = nn.Linear(d_model, d_ff)
        self.W_2 = nn.Linear(d_ff, d_model)
        self.activation = activation

    def forward(self, x: Tensor) -> Tensor:
        """Shapes: `x` and the result `(..., d_model)`."""
        return self.W_2(self.activation(self.W_1(x)))


class EncoderBlock(nn.Module):
    """Self-attention and feed-forward, each followed by add and norm (Vaswani et al. 2017, 3.1).

    Attributes: `attention` (`MultiHeadAttention`), `norm1`, `feed_forward` (`FeedForward`),
    `norm2` (`nn.LayerNorm`). Agrees with `nn.TransformerEncoderLayer` (`norm_first=False`).
    """

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        d_ff: int,
        activation: Callable[[Tensor], Tensor] = F.relu,
        eps: float = 1e-5,
    ) -> None:
        super().__init__()
        self.attention = MultiHeadAttention(d_model, n_heads)
        self.norm1 = nn.LayerNorm(d_model, eps=eps)
        self.feed_forward = FeedForward(d_model, d_ff, activation)
        self.norm2 = nn.LayerNorm(d_model, eps=eps)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """Shapes: `x` and the result `(..., n, d_model)`; `mask` as in `MultiHeadAttention`."""
        x = self.norm1(x + self.attention(x, mask=mask)[0])
        return self.norm2(x + self.feed_forward(x))


class CrossAttentionDecoderBlock(nn.Module):
    """The original decoder block: it looks back, then at the encoder's output (section 3.1).

    Attributes: `attention`, `norm1`, `cross_attention`, `norm2`, `feed_forward`, `norm3`. Agrees
    with `nn.TransformerDecoderLayer` (`norm_first=False`) given a causal mask.
    """

    def __init__(self, d_model: int, n_heads: int, d_ff: int) -> None:
        super().__init__()
        self.attention = MultiHeadAttention(d_model, n_heads)
        self.norm1 = nn.LayerNorm(d_model)
        self.cross_attention = MultiHeadAttention(d_model, n_heads)
        self.norm2 = nn.LayerNorm(d_model)
        self.feed_forward = FeedForward(d_model, d_ff)
        self.norm3 = nn.LayerNorm(d_model)

    def forward(self, x: Tensor, memory: Tensor, memory_mask: Tensor | None = None) -> Tensor:
        """Shapes: `x` and the result `(..., n, d_model)`, `memory` `(..., n_k, d_model)`, the
        encoder's output; `memory_mask` broadcasts to `(..., n, n_k)`. Self-attention is causal."""
        mask = causal_mask(x.shape[-2]).to(x.device)
        x = self.norm1(x + self.attention(x, mask=mask)[0])
        x = self.norm2(x + self.cross_attention(x, memory, memory_mask)[0])
        return self.norm3(x + self.feed_forward(x))


class RMSNorm(nn.Module):
    """`x / √(mean(x²) + eps) * weight` over the features (Zhang & Sennrich 2019, equation 4).

    Computed in float32 (or float64, where `x` is) and returned in the input's dtype.
    """

    def __init__(self, d_model: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x: Tensor) -> Tensor:
        """Shapes: `x` and the result `(..., d_model)`."""
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        normalised = wide * torch.rsqrt(wide.square().mean(dim=-1, keepdim=True) + self.eps)
        return (normalised * self.weight).to(x.dtype)


class SwiGLU(nn.Module):
    """`W_down(silu(W_gate(x)) * W_up(x))` (Shazeer 2020, "GLU Variants", equation 6).

    Bias-free `nn.Linear` layers: `W_gate` and `W_up` from `d_model` to `d_ff`, `W_down` back.
    """

    def __init__(self, d_model: int, d_ff: int) -> None:
        super().__init__()
        self.W_gate = nn.Linear(d_model, d_ff, bias=False)
        self.W_up = nn.Linear(d_model, d_ff, bias=False)
        self.W_down = nn.Linear(d_ff, d_model, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Shapes: `x` and the result `(..., d_model)`."""
        return self.W_down(F.silu(self.W_gate(x)) * self.W_up(x))


class KVCache:
    """The keys and values of the tokens that one layer has seen.

    `K` and `V` are `(..., n_kv_heads, n_seen, d_head)`, or `None` before the first token; the
    keys are rotated already (Pope et al. 2022, "Efficiently Scaling Transformer Inference",
    section 2).
    """

    def __init__(self) -> None:
        self.K: Tensor | None = None
        self.V: Tensor | None = None

    @property
    def n_seen(self) -> int:
        """How many positions are stored."""
        return 0 if self.K is None else self.K.shape[-2]

    def extend(self, K: Tensor, V: Tensor) -> tuple[Tensor, Tensor]:
        """Append new keys and values, `(..., n_kv_heads, n, d_head)`; gives all there are now."""
        self.K = K if self.K is None else torch.cat((self.K, K), dim=-2)
        self.V = V if self.V is None else torch.cat((self.V, V), dim=-2)
        return self.K, self.V


class CausalSelfAttention(nn.Module):
    """Attention to earlier positions and itself, with RoPE on queries and keys.

    Bias-free `nn.Linear` layers `W_q`, `W_k`, `W_v`, `W_o`. Where `n_kv_heads < n_heads`, each
    key and value head serves `n_heads // n_kv_heads` query heads that stand side by side
    (Ainslie et al. 2023, "GQA", section 2.2).

    Raises `ValueError` where `n_heads` does not divide `d_model` (unless `d_head` is given) or
    `n_kv_heads` does not divide `n_heads`.
    """

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        n_kv_heads: int | None = None,
        d_head: int | None = None,
        rope_base: float = 10000.0,
    ) -> None:
        super().__init__()
        if d_head is None:
            if d_model % n_heads != 0:
                raise ValueError(
                    f"n_heads is {n_heads}; it must divide d_model = {d_model} without remainder"
                )
            d_head = d_model // n_heads
        if n_kv_heads is None:
            n_kv_heads = n_heads
        if n_heads % n_kv_heads != 0:
            raise ValueError(
                f"n_kv_heads is {n_kv_heads}; it must divide n_heads = {n_heads} without remainder"
            )
        self.n_heads, self.n_kv_heads, self.rope_base = n_heads, n_kv_heads, rope_base
        self.W_q = nn.Linear(d_model, n_heads * d_head, bias=False)
        self.W_k = nn.Linear(d_model, n_kv_heads * d_head, bias=False)
        self.W_v = nn.Linear(d_model, n_kv_heads * d_head, bias=False)
        self.W_o = nn.Linear(n_heads * d_head, d_model, bias=False)

    def forward(self, x: Tensor, cache: KVCache | None = None) -> tuple[Tensor, Tensor]:
        """Shapes: `x` `(..., n, d_model)`; gives `output` of the same shape and `weights`
        `(..., n_heads, n, n_seen + n)`. With a `cache`, `x` holds only the positions after the
        `n_seen` that it stores, and is added to it."""
        n_seen = 0 if cache is None else cache.n_seen
        n = x.shape[-2]
        positions = torch.arange(n_seen, n_seen + n, device=x.device)
        Q = apply_rope(split_heads(self.W_q(x), self.n_heads), positions, self.rope_base)
        K = apply_rope(split_heads(self.W_k(x), self.n_kv_heads), positions, self.rope_base)
        V = split_heads(self.W_v(x), self.n_kv_heads)
        if cache is not None:
            K, V = cache.extend(K, V)
        if self.n_kv_heads < self.n_heads:
            K = K.repeat_interleave(self.n_heads // self.n_kv_heads, dim=-3)
            V = V.repeat_interleave(self.n_heads // self.n_kv_heads, dim=-3)
        mask = causal_mask(n_seen + n)[n_seen:].to(x.device)
        heads, weights = scaled_dot_product_attention(Q, K, V, mask)
        return self.W_o(merge_heads(heads)), weights


class DecoderBlock(nn.Module):
    """The pre-norm block of Llama and its like (Touvron et al. 2023, section 2.2).

    Attributes: `attention_norm` (`RMSNorm`), `attention` (`CausalSelfAttention`),
    `feed_forward_norm`, `feed_forward` (`SwiGLU`). Raises `ValueError` as `CausalSelfAttention`.
    """

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        d_ff: int,
        n_kv_heads: int | None = None,
        d_head: int | None = None,
        rope_base: float = 10000.0,
        eps: float = 1e-6,
    ) -> None:
        super().__init__()
        self.attention_norm = RMSNorm(d_model, eps)
        self.attention = CausalSelfAttention(d_model, n_heads, n_kv_heads, d_head, rope_base)
        self.feed_forward_norm = RMSNorm(d_model, eps)
        self.feed_forward = SwiGLU(d_model, d_ff)

    def forward(self, x: Tensor, cache: KVCache | None = None) -> Tensor:
        """Shapes: `x` and the result `(..., n, d_model)`; `cache` as in `CausalSelfAttention`."""
        x = x + self.attention(self.attention_norm(x), cache)[0]
        return x + self.feed_forward(self.feed_forward_norm(x))


class DecoderConfig(Protocol):
    """What `DecoderLM` reads of a configuration, such as `helpers.parameters.ModelConfig`."""

    @property
    def vocab_size(self) -> int: ...
    @property
    def d_model(self) -> int: ...
    @property
    def n_layers(self) -> int: ...
    @property
    def n_heads(self) -> int: ...
    @property
    def d_ff(self) -> int: ...
    @property
    def n_kv_heads(self) -> int | None: ...
    @property
    def d_head(self) -> int | None: ...


class DecoderLM(nn.Module):
    """A whole decoder-only language model: embedding, blocks, final norm, output layer.

    Attributes: `embedding` (not scaled), `blocks`, `norm`, `output` (no bias, its own weight).
    Of `config` it reads `vocab_size`, `d_model`, `n_layers`, `n_heads`, `d_ff`, `n_kv_heads` and
    `d_head`: the architecture is always that of `DecoderBlock`. Raises `ValueError` as
    `CausalSelfAttention` does.
    """

    def __init__(
        self, config: DecoderConfig, rope_base: float = 10000.0, eps: float = 1e-6
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.blocks = nn.ModuleList(
            DecoderBlock(
                config.d_model,
                config.n_heads,
                config.d_ff,
                config.n_kv_heads,
                config.d_head,
                rope_base,
                eps,
            )
            for _ in range(config.n_layers)
        )
        self.norm = RMSNorm(config.d_model, eps)
        self.output = nn.Linear(config.d_model, config.vocab_size, bias=False)

    def forward(self, tokens: Tensor, caches: list[KVCache] | None = None) -> Tensor:
        """Shapes: `tokens` `(..., n)`, ids; gives logits `(..., n, vocab_size)`. With `caches`,
        one a block, `tokens` holds only those after the ones the caches have seen."""
        x = self.embedding(tokens)
        for layer, block in enumerate(self.blocks):
            x = block(x, None if caches is None else caches[layer])
        return self.output(self.norm(x))


@contextmanager
def record_attention(blocks: Iterable[nn.Module]) -> Iterator[list[Tensor]]:
    """Collect the weights that the `attention` of each block computes inside the `with`.

    Gives a list that grows by one detached tensor `(..., n_heads, n_q, n_k)` for every call of a
    block, in the order of the calls:
    `with record_attention(model.blocks) as weights: model(tokens)`.
    """
    recorded: list[Tensor] = []
    handles = [
        block.get_submodule("attention").register_forward_hook(
            lambda _module, _inputs, result: recorded.append(result[1].detach())
        )
        for block in blocks
    ]
    try:
        yield recorded
    finally:
        for handle in handles:
            handle.remove()


def sample_next(
    logits: Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Draw a token from `softmax(logits / temperature)`, among the `top_k` most likely ones.

    Shapes: `logits` `(..., vocab_size)`; gives ids `(...)`. Temperature 0 is the arg max. Top-k
    sampling: Fan et al. 2018, "Hierarchical Neural Story Generation", section 5.

    Raises `ValueError` for a negative `temperature` or `top_k < 1`.
    """
    if temperature < 0:
        raise ValueError(f"temperature is {temperature}; it must be 0 (arg max) or greater")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k is {top_k}; it must be at least 1, or None for all tokens")
    if temperature == 0:
        return logits.argmax(dim=-1)
    # The largest becomes 0 first, so that a tiny temperature can't overflow to inf - inf.
    scaled = (logits.float() - logits.float().amax(dim=-1, keepdim=True)) / temperature
    if top_k is not None:
        best, ids = scaled.topk(min(top_k, scaled.shape[-1]), dim=-1)
        scaled = torch.full_like(scaled, -torch.inf).scatter(-1, ids, best)
    rows = F.softmax(scaled, dim=-1).reshape(-1, scaled.shape[-1])
    return torch.multinomial(rows, 1, generator=generator).reshape(logits.shape[:-1])


def generate(
    model: nn.Module,
    tokens: Tensor,
    n_new: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Append `n_new` sampled tokens, one at a time, computing all positions anew for each.

    Shapes: `tokens` `(batch, n)`; gives `(batch, n + n_new)`. The model runs in eval mode and is
    left in the mode in which it was found. Raises `ValueError` as `sample_next` does.
    """
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            for _ in range(n_new):
                new = sample_next(model(tokens)[..., -1, :], temperature, top_k, generator)
                tokens = torch.cat((tokens, new[..., None]), dim=-1)
    finally:
        model.train(was_training)
    return tokens


def generate_cached(
    model: DecoderLM,
    tokens: Tensor,
    n_new: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """As `generate`, with the keys and values of earlier tokens kept instead of computed anew."""
    was_training = model.training
    model.eval()
    caches = [KVCache() for _ in model.blocks]
    unseen = tokens
    try:
        with torch.no_grad():
            for _ in range(n_new):
                new = sample_next(model(unseen, caches)[..., -1, :], temperature, top_k, generator)
                unseen = new[..., None]
                tokens = torch.cat((tokens, unseen), dim=-1)
    finally:
        model.train(was_training)
    return tokens
