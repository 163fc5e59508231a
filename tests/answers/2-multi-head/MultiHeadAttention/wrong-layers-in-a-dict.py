# names: nothing is registered
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads = {n_heads} must divide d_model = {d_model}")
        self.n_heads = n_heads
        self.layers = {name: nn.Linear(d_model, d_model, bias=bias) for name in ("W_q", "W_k", "W_v", "W_o")}

    def forward(self, x, context=None, mask=None):
        context = x if context is None else context
        Q, K, V = (
            split_heads(self.layers[name](t), self.n_heads)
            for name, t in (("W_q", x), ("W_k", context), ("W_v", context))
        )
        mask = None if mask is None else mask.unsqueeze(-3)
        heads, weights = scaled_dot_product_attention(Q, K, V, mask)
        return self.layers["W_o"](merge_heads(heads)), weights
