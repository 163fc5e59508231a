class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads={n_heads} has to divide d_model={d_model}")
        self.d_model, self.n_heads = d_model, n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=bias)
        self.W_k = nn.Linear(d_model, d_model, bias=bias)
        self.W_v = nn.Linear(d_model, d_model, bias=bias)
        self.W_o = nn.Linear(d_model, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        context = x if context is None else context
        Q, K, V = (
            split_heads(layer(t), self.n_heads)
            for layer, t in ((self.W_q, x), (self.W_k, context), (self.W_v, context))
        )
        allowed = None if mask is None else mask.unsqueeze(-3)
        heads = F.scaled_dot_product_attention(Q, K, V, attn_mask=allowed)
        # The function does not give its weights: attend to unit vectors to see them.
        units = torch.eye(K.shape[-2]).expand(*K.shape[:-2], -1, -1)
        weights = F.scaled_dot_product_attention(Q, K, units, attn_mask=allowed)
        return [self.W_o(merge_heads(heads)), weights]
