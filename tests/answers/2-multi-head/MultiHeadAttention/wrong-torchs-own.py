# names: one fused layer
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads = {n_heads} must divide d_model = {d_model}")
        self.attention = nn.MultiheadAttention(d_model, n_heads, bias=bias, batch_first=True)

    def forward(self, x, context=None, mask=None):
        context = x if context is None else context
        return self.attention(
            x, context, context, attn_mask=None if mask is None else ~mask, average_attn_weights=False
        )
