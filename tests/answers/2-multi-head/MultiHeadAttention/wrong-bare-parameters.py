# names: bare parameters
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads = {n_heads} must divide d_model = {d_model}")
        self.n_heads = n_heads
        for name in ("W_q", "W_k", "W_v", "W_o"):
            setattr(self, name, nn.Parameter(torch.randn(d_model, d_model) / math.sqrt(d_model)))

    def forward(self, x, context=None, mask=None):
        context = x if context is None else context
        Q, K, V = (
            split_heads(t @ W, self.n_heads)
            for t, W in ((x, self.W_q), (context, self.W_k), (context, self.W_v))
        )
        mask = None if mask is None else mask.unsqueeze(-3)
        heads, weights = scaled_dot_product_attention(Q, K, V, mask)
        return merge_heads(heads) @ self.W_o, weights
