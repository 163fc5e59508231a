class DecoderBlock(nn.Module):
    def __init__(self, d_model, n_heads, d_ff):
        super().__init__()
        self.n_heads = n_heads
        self.attention = nn.ModuleDict({name: nn.Linear(d_model, d_model, bias=False) for name in ("W_q", "W_k", "W_v", "W_o")})
        self.attention_norm, self.feed_forward_norm = RMSNorm(d_model), RMSNorm(d_model)
        self.feed_forward = SwiGLU(d_model, d_ff)

    def attend(self, x):
        a = self.attention
        q, k, v = (split_heads(a[name](x), self.n_heads) for name in ("W_q", "W_k", "W_v"))
        heads = F.scaled_dot_product_attention(apply_rope(q), apply_rope(k), v, is_causal=True)
        return a["W_o"](merge_heads(heads))

    def forward(self, x):
        h = x + self.attend(self.attention_norm(x))
        return h + self.feed_forward(self.feed_forward_norm(h))
