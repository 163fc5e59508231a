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
