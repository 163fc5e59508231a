# --- right: asks the cache afterwards
class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, n_heads, n_kv_heads=None, rope_base=10000.0):
        super().__init__()
        n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads is {n_heads}; it must divide d_model = {d_model}")
        if n_heads % n_kv_heads != 0:
            raise ValueError(f"n_kv_heads is {n_kv_heads}; it must divide n_heads = {n_heads}")
        self.n_heads, self.n_kv_heads, self.rope_base = n_heads, n_kv_heads, rope_base
        self.d_head = d_model // n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_v = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x, cache=None):
        q, k, v = (split_heads(w(x), h) for w, h in ((self.W_q, self.n_heads), (self.W_k, self.n_kv_heads), (self.W_v, self.n_kv_heads)))
        n = n_all = x.shape[-2]
        if cache is not None:
            n_all = cache.n_seen + n
        rope = lambda t: apply_rope(t, torch.arange(n_all - n, n_all), self.rope_base)
        k = rope(k)
        if cache is not None:
            k, v = cache.extend(k, v)
            n_all = cache.n_seen
        r = self.n_heads // self.n_kv_heads
        k, v = (t.unsqueeze(-3).expand(*t.shape[:-2], r, *t.shape[-2:]).flatten(-4, -3) for t in (k, v))
        scores = rope(q) @ k.transpose(-1, -2) * self.d_head**-0.5
        bias = torch.full((n, n_all), -1e9).triu(n_all - n + 1)
        return self.W_o(merge_heads((scores + bias).softmax(-1) @ v))


# --- right: fused enable gqa
class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, n_heads, n_kv_heads=None, rope_base=10000.0):
        super().__init__()
        n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads is {n_heads}; it must divide d_model = {d_model}")
        if n_heads % n_kv_heads != 0:
            raise ValueError(f"n_kv_heads is {n_kv_heads}; it must divide n_heads = {n_heads}")
        self.n_heads, self.n_kv_heads, self.rope_base = n_heads, n_kv_heads, rope_base
        self.d_head = d_model // n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_v = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x, cache=None):
        n = x.size(-2)
        start = cache.n_seen if cache else 0
        positions = torch.arange(start, start + n)
        q = apply_rope(split_heads(self.W_q(x), self.n_heads), positions, self.rope_base)
        k = apply_rope(split_heads(self.W_k(x), self.n_kv_heads), positions, self.rope_base)
        v = split_heads(self.W_v(x), self.n_kv_heads)
        if cache is not None:
            k, v = cache.extend(k, v)
        mask = torch.ones(n, k.size(-2), dtype=torch.bool).tril(diagonal=start)
        heads = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, enable_gqa=True)
        return self.W_o(merge_heads(heads))


# --- right: grouped einsum
class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, n_heads, n_kv_heads=None, rope_base=10000.0):
        super().__init__()
        n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads is {n_heads}; it must divide d_model = {d_model}")
        if n_heads % n_kv_heads != 0:
            raise ValueError(f"n_kv_heads is {n_kv_heads}; it must divide n_heads = {n_heads}")
        self.n_heads, self.n_kv_heads, self.rope_base = n_heads, n_kv_heads, rope_base
        self.d_head = d_model // n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_v = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x, cache=None):
        seen = 0 if cache is None else cache.n_seen
        at = seen + torch.arange(x.shape[-2])
        k = apply_rope(split_heads(self.W_k(x), self.n_kv_heads), at, self.rope_base)
        v = split_heads(self.W_v(x), self.n_kv_heads)
        if cache is not None:
            k, v = cache.extend(k, v)
        q = apply_rope(split_heads(self.W_q(x), self.n_heads), at, base=self.rope_base)
        q = q.unflatten(-3, (self.n_kv_heads, -1))
        scores = torch.einsum("...gqnd,...gmd->...gqnm", q, k) / self.d_head**0.5
        later = torch.arange(k.shape[-2]) > at[:, None]
        weights = scores.masked_fill(later, float("-inf")).softmax(-1)
        mixed = torch.einsum("...gqnm,...gmd->...gqnd", weights, v).flatten(-4, -3)
        return self.W_o(merge_heads(mixed))


# --- right: loop over heads
class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, n_heads, n_kv_heads=None, rope_base=10000.0):
        super().__init__()
        n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads is {n_heads}; it must divide d_model = {d_model}")
        if n_heads % n_kv_heads != 0:
            raise ValueError(f"n_kv_heads is {n_kv_heads}; it must divide n_heads = {n_heads}")
        self.n_heads, self.n_kv_heads, self.rope_base = n_heads, n_kv_heads, rope_base
        self.d_head = d_model // n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_v = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x, cache=None):
        n, d = x.shape[-2], self.d_head
        first = 0 if cache is None else cache.n_seen
        where = torch.arange(first, first + n)
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        keys = [apply_rope(K[..., h * d : (h + 1) * d], where, self.rope_base) for h in range(self.n_kv_heads)]
        values = [V[..., h * d : (h + 1) * d] for h in range(self.n_kv_heads)]
        keys, values = torch.stack(keys, -3), torch.stack(values, -3)
        if cache is not None:
            keys, values = cache.extend(keys, values)
        out = []
        for h in range(self.n_heads):
            kv = h // (self.n_heads // self.n_kv_heads)
            q = apply_rope(Q[..., h * d : (h + 1) * d], where, self.rope_base)
            mask = causal_mask(first + n)[-n:]
            out.append(scaled_dot_product_attention(q, keys[..., kv, :, :], values[..., kv, :, :], mask)[0])
        return self.W_o(torch.cat(out, -1))


# --- right: mask as a buffer
class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, n_heads, n_kv_heads=None, rope_base=10000.0):
        super().__init__()
        n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads is {n_heads}; it must divide d_model = {d_model}")
        if n_heads % n_kv_heads != 0:
            raise ValueError(f"n_kv_heads is {n_kv_heads}; it must divide n_heads = {n_heads}")
        self.n_heads, self.n_kv_heads, self.rope_base = n_heads, n_kv_heads, rope_base
        self.d_head = d_model // n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_v = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)
        self.register_buffer("mask", torch.ones(512, 512).tril().bool(), persistent=True)
        self.register_buffer("scale", torch.tensor(self.d_head).sqrt(), persistent=False)

    def forward(self, x, cache=None):
        offset = 0
        if cache is not None:
            offset = cache.n_seen
        length = x.shape[-2]
        positions = torch.arange(offset, offset + length)
        Q = apply_rope(split_heads(self.W_q(x), self.n_heads), positions, self.rope_base)
        K = apply_rope(split_heads(self.W_k(x), self.n_kv_heads), positions, self.rope_base)
        V = split_heads(self.W_v(x), self.n_kv_heads)
        if cache is not None:
            K, V = cache.extend(K=K, V=V)
        K = repeat_kv(K, self.n_heads // self.n_kv_heads)
        V = repeat_kv(V, self.n_heads // self.n_kv_heads)
        S = (Q @ K.mT) / self.scale
        S = S.masked_fill(self.mask[offset : offset + length, : offset + length].logical_not(), -torch.inf)
        return self.W_o(merge_heads(F.softmax(S, dim=-1) @ V))


# --- right: own caches insides
class KVCache:
    def __init__(self):
        self.K = self.V = None

    @property
    def n_seen(self):
        return 0 if self.K is None else self.K.shape[-2]

    def is_empty(self):
        return self.K is None

    def extend(self, K, V):
        if not self.is_empty():
            K, V = torch.cat((self.K, K), -2), torch.cat((self.V, V), -2)
        self.K, self.V = K, V
        return K, V


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, n_heads, n_kv_heads=None, rope_base=10000.0):
        super().__init__()
        n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads is {n_heads}; it must divide d_model = {d_model}")
        if n_heads % n_kv_heads != 0:
            raise ValueError(f"n_kv_heads is {n_kv_heads}; it must divide n_heads = {n_heads}")
        self.n_heads, self.n_kv_heads, self.rope_base = n_heads, n_kv_heads, rope_base
        self.d_head = d_model // n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_v = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x, cache=None):
        start = 0 if cache is None or cache.is_empty() else cache.K.shape[-2]
        n = x.shape[-2]
        where = torch.arange(start, start + n)
        Q = apply_rope(split_heads(self.W_q(x), self.n_heads), where, self.rope_base)
        K = apply_rope(split_heads(self.W_k(x), self.n_kv_heads), where, self.rope_base)
        V = split_heads(self.W_v(x), self.n_kv_heads)
        if cache is not None:
            cache.extend(K, V)
            K, V = cache.K, cache.V
        n_repeats = self.n_heads // self.n_kv_heads
        output, _ = scaled_dot_product_attention(
            Q, repeat_kv(K, n_repeats), repeat_kv(V, n_repeats), causal_mask(start + n)[start:]
        )
        return self.W_o(merge_heads(output))


# --- wrong: angles in the dtype of x
# names: rounded to the dtype of x|computed in float32
def turn(x, first, base):
    n, d = x.shape[-2:]
    theta = base ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
    angles = (first + torch.arange(n, dtype=x.dtype))[:, None] * theta
    a, b = x[..., 0::2], x[..., 1::2]
    cos, sin = angles.cos(), angles.sin()
    return torch.stack((a * cos - b * sin, a * sin + b * cos), dim=-1).flatten(-2)


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, n_heads, n_kv_heads=None, rope_base=10000.0):
        super().__init__()
        n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads is {n_heads}; it must divide d_model = {d_model}")
        if n_heads % n_kv_heads != 0:
            raise ValueError(f"n_kv_heads is {n_kv_heads}; it must divide n_heads = {n_heads}")
        self.n_heads, self.n_kv_heads, self.rope_base = n_heads, n_kv_heads, rope_base
        d_kv = d_model // n_heads * n_kv_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, d_kv, bias=False)
        self.W_v = nn.Linear(d_model, d_kv, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x, cache=None):
        first = 0 if cache is None else cache.n_seen
        Q = turn(split_heads(self.W_q(x), self.n_heads), first, self.rope_base)
        K = turn(split_heads(self.W_k(x), self.n_kv_heads), first, self.rope_base)
        V = split_heads(self.W_v(x), self.n_kv_heads)
        if cache is not None:
            K, V = cache.extend(K, V)
        K, V = (repeat_kv(t, self.n_heads // self.n_kv_heads) for t in (K, V))
        mask = causal_mask(K.shape[-2])[first:]
        output, _ = scaled_dot_product_attention(Q, K, V, mask)
        return self.W_o(merge_heads(output))


# --- wrong: caches x
# names: cache is given keys of another shape
class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, n_heads, n_kv_heads=None, rope_base=10000.0):
        super().__init__()
        n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads is {n_heads}; it must divide d_model = {d_model}")
        if n_heads % n_kv_heads != 0:
            raise ValueError(f"n_kv_heads is {n_kv_heads}; it must divide n_heads = {n_heads}")
        self.n_heads, self.n_kv_heads, self.rope_base = n_heads, n_kv_heads, rope_base
        self.d_head = d_model // n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_v = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x, cache=None):
        n = x.shape[-2]
        n_seen = 0 if cache is None else cache.n_seen
        positions = torch.arange(n_seen, n_seen + n)
        Q = apply_rope(split_heads(self.W_q(x), self.n_heads), positions, self.rope_base)
        K = apply_rope(split_heads(self.W_k(x), self.n_kv_heads), positions, self.rope_base)
        V = split_heads(self.W_v(x), self.n_kv_heads)
        if cache is not None:
            x, _ = cache.extend(x, x)
            K = apply_rope(split_heads(self.W_k(x), self.n_kv_heads), None, self.rope_base)
            V = split_heads(self.W_v(x), self.n_kv_heads)
        n_repeats = self.n_heads // self.n_kv_heads
        K, V = repeat_kv(K, n_repeats), repeat_kv(V, n_repeats)
        mask = causal_mask(n_seen + n)[n_seen:]
        heads, _ = scaled_dot_product_attention(Q, K, V, mask)
        return self.W_o(merge_heads(heads))


# --- wrong: is causal
# names: mask starts at position 0 with a cache
class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, n_heads, n_kv_heads=None, rope_base=10000.0):
        super().__init__()
        n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads is {n_heads}; it must divide d_model = {d_model}")
        if n_heads % n_kv_heads != 0:
            raise ValueError(f"n_kv_heads is {n_kv_heads}; it must divide n_heads = {n_heads}")
        self.n_heads, self.n_kv_heads, self.rope_base = n_heads, n_kv_heads, rope_base
        self.d_head = d_model // n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_v = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x, cache=None):
        n = x.shape[-2]
        n_seen = 0 if cache is None else cache.n_seen
        positions = torch.arange(n_seen, n_seen + n)
        Q = apply_rope(split_heads(self.W_q(x), self.n_heads), positions, self.rope_base)
        K = apply_rope(split_heads(self.W_k(x), self.n_kv_heads), positions, self.rope_base)
        V = split_heads(self.W_v(x), self.n_kv_heads)
        if cache is not None:
            K, V = cache.extend(K, V)
        n_repeats = self.n_heads // self.n_kv_heads
        K, V = repeat_kv(K, n_repeats), repeat_kv(V, n_repeats)
        heads = F.scaled_dot_product_attention(Q, K, V, is_causal=True)
        return self.W_o(merge_heads(heads))


# --- wrong: positions of the piece
# names: RoPE starts at 0
class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, n_heads, n_kv_heads=None, rope_base=10000.0):
        super().__init__()
        n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads is {n_heads}; it must divide d_model = {d_model}")
        if n_heads % n_kv_heads != 0:
            raise ValueError(f"n_kv_heads is {n_kv_heads}; it must divide n_heads = {n_heads}")
        self.n_heads, self.n_kv_heads, self.rope_base = n_heads, n_kv_heads, rope_base
        self.d_head = d_model // n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_v = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x, cache=None):
        n = x.shape[-2]
        n_seen = 0 if cache is None else cache.n_seen
        positions = torch.arange(n)
        Q = apply_rope(split_heads(self.W_q(x), self.n_heads), positions, self.rope_base)
        K = apply_rope(split_heads(self.W_k(x), self.n_kv_heads), positions, self.rope_base)
        V = split_heads(self.W_v(x), self.n_kv_heads)
        if cache is not None:
            K, V = cache.extend(K, V)
        n_repeats = self.n_heads // self.n_kv_heads
        K, V = repeat_kv(K, n_repeats), repeat_kv(V, n_repeats)
        mask = causal_mask(n_seen + n)[n_seen:]
        heads, _ = scaled_dot_product_attention(Q, K, V, mask)
        return self.W_o(merge_heads(heads))


# --- wrong: prefill mask for one
# names: no mask with a cache
class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, n_heads, n_kv_heads=None, rope_base=10000.0):
        super().__init__()
        n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads is {n_heads}; it must divide d_model = {d_model}")
        if n_heads % n_kv_heads != 0:
            raise ValueError(f"n_kv_heads is {n_kv_heads}; it must divide n_heads = {n_heads}")
        self.n_heads, self.n_kv_heads, self.rope_base = n_heads, n_kv_heads, rope_base
        self.d_head = d_model // n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_v = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x, cache=None):
        n = x.shape[-2]
        n_seen = 0 if cache is None else cache.n_seen
        positions = torch.arange(n_seen, n_seen + n)
        Q = apply_rope(split_heads(self.W_q(x), self.n_heads), positions, self.rope_base)
        K = apply_rope(split_heads(self.W_k(x), self.n_kv_heads), positions, self.rope_base)
        V = split_heads(self.W_v(x), self.n_kv_heads)
        if cache is not None:
            K, V = cache.extend(K, V)
        n_repeats = self.n_heads // self.n_kv_heads
        K, V = repeat_kv(K, n_repeats), repeat_kv(V, n_repeats)
        # With a cache there is one new position, which may see everything.
        mask = causal_mask(n) if cache is None else None
        heads, _ = scaled_dot_product_attention(Q, K, V, mask)
        return self.W_o(merge_heads(heads))


# --- wrong: queries grouped the other way
# names: repeated in the wrong order
class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, n_heads, n_kv_heads=None, rope_base=10000.0):
        super().__init__()
        n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads is {n_heads}; it must divide d_model = {d_model}")
        if n_heads % n_kv_heads != 0:
            raise ValueError(f"n_kv_heads is {n_kv_heads}; it must divide n_heads = {n_heads}")
        self.n_heads, self.n_kv_heads, self.rope_base = n_heads, n_kv_heads, rope_base
        self.d_head = d_model // n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_v = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x, cache=None):
        n = x.shape[-2]
        n_seen = 0 if cache is None else cache.n_seen
        positions = torch.arange(n_seen, n_seen + n)
        Q = apply_rope(split_heads(self.W_q(x), self.n_heads), positions, self.rope_base)
        K = apply_rope(split_heads(self.W_k(x), self.n_kv_heads), positions, self.rope_base)
        V = split_heads(self.W_v(x), self.n_kv_heads)
        if cache is not None:
            K, V = cache.extend(K, V)
        Q = Q.unflatten(-3, (-1, self.n_kv_heads))
        mask = causal_mask(n_seen + n)[n_seen:]
        heads, _ = scaled_dot_product_attention(Q, K.unsqueeze(-4), V.unsqueeze(-4), mask)
        return self.W_o(merge_heads(heads.flatten(-4, -3)))


# --- wrong: remembers itself
# names: cache holds nothing
class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, n_heads, n_kv_heads=None, rope_base=10000.0):
        super().__init__()
        n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads is {n_heads}; it must divide d_model = {d_model}")
        if n_heads % n_kv_heads != 0:
            raise ValueError(f"n_kv_heads is {n_kv_heads}; it must divide n_heads = {n_heads}")
        self.n_heads, self.n_kv_heads, self.rope_base = n_heads, n_kv_heads, rope_base
        self.d_head = d_model // n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_v = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x, cache=None):
        n = x.shape[-2]
        n_seen = self.past[0].shape[-2] if cache is not None and hasattr(self, 'past') else 0
        positions = torch.arange(n_seen, n_seen + n)
        Q = apply_rope(split_heads(self.W_q(x), self.n_heads), positions, self.rope_base)
        K = apply_rope(split_heads(self.W_k(x), self.n_kv_heads), positions, self.rope_base)
        V = split_heads(self.W_v(x), self.n_kv_heads)
        if cache is not None:
            if n_seen == 0 and not hasattr(self, 'past'):
                self.past = (K[..., :0, :], V[..., :0, :])
            K = torch.cat((self.past[0], K), -2)
            V = torch.cat((self.past[1], V), -2)
            self.past = (K, V)
        n_repeats = self.n_heads // self.n_kv_heads
        K, V = repeat_kv(K, n_repeats), repeat_kv(V, n_repeats)
        mask = causal_mask(n_seen + n)[n_seen:]
        heads, _ = scaled_dot_product_attention(Q, K, V, mask)
        return self.W_o(merge_heads(heads))


# --- wrong: turns everything again
# names: turned
class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, n_heads, n_kv_heads=None, rope_base=10000.0):
        super().__init__()
        n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads is {n_heads}; it must divide d_model = {d_model}")
        if n_heads % n_kv_heads != 0:
            raise ValueError(f"n_kv_heads is {n_kv_heads}; it must divide n_heads = {n_heads}")
        self.n_heads, self.n_kv_heads, self.rope_base = n_heads, n_kv_heads, rope_base
        self.d_head = d_model // n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_v = nn.Linear(d_model, n_kv_heads * self.d_head, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x, cache=None):
        n = x.shape[-2]
        n_seen = 0 if cache is None else cache.n_seen
        positions = torch.arange(n_seen, n_seen + n)
        Q = apply_rope(split_heads(self.W_q(x), self.n_heads), positions, self.rope_base)
        K = split_heads(self.W_k(x), self.n_kv_heads)
        V = split_heads(self.W_v(x), self.n_kv_heads)
        if cache is not None:
            K, V = cache.extend(K, V)
        K = apply_rope(K, base=self.rope_base)
        n_repeats = self.n_heads // self.n_kv_heads
        K, V = repeat_kv(K, n_repeats), repeat_kv(V, n_repeats)
        mask = causal_mask(n_seen + n)[n_seen:]
        heads, _ = scaled_dot_product_attention(Q, K, V, mask)
        return self.W_o(merge_heads(heads))
