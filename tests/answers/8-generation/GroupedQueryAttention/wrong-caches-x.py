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
