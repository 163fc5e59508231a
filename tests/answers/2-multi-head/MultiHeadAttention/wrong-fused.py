# names: fused
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads = {n_heads} must divide d_model = {d_model}")
        self.n_heads = n_heads
        self.W_qkv = nn.Linear(d_model, 3 * d_model, bias=bias)
        self.W_o = nn.Linear(d_model, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        context = x if context is None else context
        Q = self.W_qkv(x).chunk(3, dim=-1)[0]
        _, K, V = self.W_qkv(context).chunk(3, dim=-1)
        Q, K, V = (split_heads(t, self.n_heads) for t in (Q, K, V))
        mask = None if mask is None else mask.unsqueeze(-3)
        heads, weights = scaled_dot_product_attention(Q, K, V, mask)
        return self.W_o(merge_heads(heads)), weights
