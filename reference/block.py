"""The original encoder and decoder blocks (post-norm) and the decoder-only model (pre-norm).

No block has dropout: nothing here is trained long enough to need it. A block gives a tensor of
its input's shape; `record_attention` shows the weights that it computed on the way.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from reference.attention import (
    MultiHeadAttention,
    causal_mask,
    merge_heads,
    scaled_dot_product_attention,
    split_heads,
)
from reference.positions import rotate_from


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


def repeat_kv(x: Tensor, n_repeats: int) -> Tensor:
    """Each key or value head `n_repeats` times in a row, one for each query head that it serves.

    Shapes: `x` `(..., n_kv_heads, n, d_head)`; gives `(..., n_kv_heads * n_repeats, n, d_head)`,
    heads in the order 0, 0, 1, 1, …: query head `h` meets key head `h // n_repeats` (Ainslie et
    al. 2023, "GQA", section 2.2).
    """
    repeated = x.repeat_interleave(n_repeats, -3)
    return repeated


class KVCache:
    """The keys and values of the tokens that one layer has seen.

    `K` and `V` are `(..., n_seen, d)`, or `None` before the first token; the keys of the models
    here are rotated already (Pope et al. 2022, "Efficiently Scaling Transformer Inference",
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
        """Append new keys `(..., n_new, d_k)` and values `(..., n_new, d_v)`; gives all so far.

        What it gave before does not change.
        """
        self.K = K if self.K is None else torch.cat((self.K, K), dim=-2)
        self.V = V if self.V is None else torch.cat((self.V, V), dim=-2)
        return self.K, self.V


class GroupedQueryAttention(nn.Module):
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
        rope_base: float = 10000.0,
        d_head: int | None = None,
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
        if n_kv_heads < 1 or n_heads % n_kv_heads != 0:
            raise ValueError(
                f"n_kv_heads is {n_kv_heads}; it must divide n_heads = {n_heads} without remainder"
            )
        self.n_heads, self.n_kv_heads, self.rope_base = n_heads, n_kv_heads, rope_base
        self.W_q = nn.Linear(d_model, n_heads * d_head, bias=False)
        self.W_k = nn.Linear(d_model, n_kv_heads * d_head, bias=False)
        self.W_v = nn.Linear(d_model, n_kv_heads * d_head, bias=False)
        self.W_o = nn.Linear(n_heads * d_head, d_model, bias=False)

    def forward(self, x: Tensor, cache: KVCache | None = None) -> Tensor:
        """Shapes: `x` and the result `(..., n, d_model)`. With a `cache`, `x` holds only the
        positions after the `n_seen` that it stores, and is added to it.

        PyTorch's fused attention never holds all weights at once, and repeats no keys and values
        for the queries that share them; `attention_weights` does both.
        """
        Q, K, V = self._projections(x, cache)
        n, n_keys = Q.shape[-2], K.shape[-2]
        mask = causal_mask(n_keys)[n_keys - n :].to(x.device) if 1 < n < n_keys else None
        heads = F.scaled_dot_product_attention(
            Q, K, V, mask, is_causal=n == n_keys, enable_gqa=self.n_kv_heads < self.n_heads
        )
        return self.W_o(merge_heads(heads))

    def attention_weights(self, x: Tensor) -> Tensor:
        """The weights `(..., n_heads, n, n)` with which the positions of `x` `(..., n, d_model)`
        attend to each other."""
        Q, K, V = self._projections(x)
        n_repeats = self.n_heads // self.n_kv_heads
        K, V = repeat_kv(K, n_repeats), repeat_kv(V, n_repeats)
        mask = causal_mask(x.shape[-2]).to(x.device)
        return scaled_dot_product_attention(Q, K, V, mask)[1]

    def _projections(
        self, x: Tensor, cache: KVCache | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Queries of `x`, and keys and values of all positions so far, of `n_kv_heads` heads."""
        n_seen = 0 if cache is None else cache.n_seen
        Q = rotate_from(split_heads(self.W_q(x), self.n_heads), n_seen, self.rope_base)
        K = rotate_from(split_heads(self.W_k(x), self.n_kv_heads), n_seen, self.rope_base)
        V = split_heads(self.W_v(x), self.n_kv_heads)
        if cache is not None:
            K, V = cache.extend(K, V)
        return Q, K, V


class DecoderBlock(nn.Module):
    """The pre-norm block of Llama and its like (Touvron et al. 2023, section 2.2).

    Attributes: `attention_norm` (`RMSNorm`), `attention` (`GroupedQueryAttention`),
    `feed_forward_norm`, `feed_forward` (`SwiGLU`). Raises `ValueError` as `GroupedQueryAttention`.
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
        self.attention = GroupedQueryAttention(d_model, n_heads, n_kv_heads, rope_base, d_head)
        self.feed_forward_norm = RMSNorm(d_model, eps)
        self.feed_forward = SwiGLU(d_model, d_ff)

    def forward(self, x: Tensor, cache: KVCache | None = None) -> Tensor:
        """Shapes: `x` and the result `(..., n, d_model)`; `cache` as in `GroupedQueryAttention`."""
        x = x + self.attention(self.attention_norm(x), cache)
        return x + self.feed_forward(self.feed_forward_norm(x))


class DecoderConfig(Protocol):
    """What `DecoderLM` reads of a configuration, such as `reference.counting.ModelConfig`."""

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
    `GroupedQueryAttention` does.
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

    def new_caches(self) -> list[KVCache]:
        """An empty cache for each block, to be given to `forward`."""
        return [KVCache() for _ in self.blocks]

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

    Raises `ValueError` where a block is called with a cache: its weights are not computed then.
    """
    recorded: list[Tensor] = []

    def record(module: nn.Module, inputs: tuple[Any, ...], result: Any) -> None:
        if not isinstance(module, GroupedQueryAttention):
            recorded.append(result[1].detach())
            return
        if any(isinstance(given, KVCache) for given in inputs):
            raise ValueError("record_attention: give the model all tokens at once, without caches")
        with torch.no_grad():
            recorded.append(module.attention_weights(inputs[0]))

    handles = [block.get_submodule("attention").register_forward_hook(record) for block in blocks]
    try:
        yield recorded
    finally:
        for handle in handles:
            handle.remove()
