# names: appended
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads = {n_heads} must divide d_model = {d_model}")
        self.n_heads = n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=bias)
        self.W_k = nn.Linear(d_model, d_model, bias=bias)
        self.W_v = nn.Linear(d_model, d_model, bias=bias)
        self.W_o = nn.Linear(d_model, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        context = x if context is None else torch.cat([x, context], dim=-2)
        Q = split_heads(self.W_q(x), self.n_heads)
        K = split_heads(self.W_k(context), self.n_heads)
        V = split_heads(self.W_v(context), self.n_heads)
        if mask is not None:
            mask = mask.unsqueeze(-3)
        heads, weights = scaled_dot_product_attention(Q, K, V, mask)
        return self.W_o(merge_heads(heads)), weights
