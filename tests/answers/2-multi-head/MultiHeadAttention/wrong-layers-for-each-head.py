# names: layers of its own
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads = {n_heads} must divide d_model = {d_model}")

        def layers():
            return nn.ModuleList(
                nn.Linear(d_model, d_model // n_heads, bias=bias) for _ in range(n_heads)
            )

        self.W_q, self.W_k, self.W_v = layers(), layers(), layers()
        self.W_o = nn.Linear(d_model, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        context = x if context is None else context
        outputs, weights = [], []
        for q, k, v in zip(self.W_q, self.W_k, self.W_v):
            o, w = scaled_dot_product_attention(q(x), k(context), v(context), mask)
            outputs.append(o)
            weights.append(w)
        return self.W_o(torch.cat(outputs, dim=-1)), torch.stack(weights, dim=-3)
