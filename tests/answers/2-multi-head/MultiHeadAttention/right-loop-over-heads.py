class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads must divide d_model, got {n_heads} and {d_model}")
        self.n_heads = n_heads
        self.W_q, self.W_k, self.W_v, self.W_o = (
            nn.Linear(d_model, d_model, bias=bias) for _ in range(4)
        )

    def forward(self, x, context=None, mask=None):
        context = x if context is None else context
        outputs, weights = [], []
        parts = (self.W_q(x), self.W_k(context), self.W_v(context))
        for q, k, v in zip(*(p.chunk(self.n_heads, dim=-1) for p in parts)):
            output, w = scaled_dot_product_attention(q, k, v, mask)
            outputs.append(output)
            weights.append(w)
        return self.W_o(torch.cat(outputs, -1)), torch.stack(weights, -3)
