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
