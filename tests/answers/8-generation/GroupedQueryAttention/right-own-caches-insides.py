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
