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
