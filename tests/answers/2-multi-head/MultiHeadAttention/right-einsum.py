class MultiHeadAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int, bias: bool = True):
        super().__init__()
        self.h = n_heads
        self.d, rest = divmod(d_model, n_heads)
        if rest != 0:
            raise ValueError("the number of heads must divide d_model")
        for name in "qkvo":
            setattr(self, f"W_{name}", nn.Linear(d_model, d_model, bias=bias))

    def forward(self, x, context=None, mask=None):
        source = context if context is not None else x
        q = self.W_q(x).unflatten(-1, (self.h, self.d))
        k = self.W_k(source).unflatten(-1, (self.h, self.d))
        v = self.W_v(source).unflatten(-1, (self.h, self.d))
        scores = torch.einsum("...qhd,...khd->...hqk", q, k) * self.d**-0.5
        if mask is not None:
            allowed = torch.unsqueeze(mask, -3)
            scores = torch.where(allowed, scores, torch.full_like(scores, -1e9))
        weights = F.softmax(scores, -1)
        mixed = torch.einsum("...hqk,...khd->...qhd", weights, v)
        return self.W_o(mixed.flatten(-2)), weights
