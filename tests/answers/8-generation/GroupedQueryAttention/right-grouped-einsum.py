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
