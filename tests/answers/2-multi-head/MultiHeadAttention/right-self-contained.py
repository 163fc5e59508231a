class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, bias=True):
        super().__init__()
        if d_model % n_heads:
            raise ValueError(f"d_model={d_model} is not divisible by n_heads={n_heads}")
        self.d_model, self.n_heads, self.d_head = d_model, n_heads, d_model // n_heads
        self.W_q = nn.Linear(d_model, d_model, bias)
        self.W_k = nn.Linear(d_model, d_model, bias)
        self.W_v = nn.Linear(d_model, d_model, bias)
        self.W_o = nn.Linear(d_model, d_model, bias)

    def _heads(self, t):
        t = t.reshape(*t.shape[:-1], self.n_heads, self.d_head)
        return t.transpose(-2, -3)

    def forward(self, x, context=None, mask=None):
        if context is None:
            context = x
        q, k, v = self._heads(self.W_q(x)), self._heads(self.W_k(context)), self._heads(self.W_v(context))
        scores = torch.matmul(q, k.transpose(-1, -2)) / self.d_head**0.5
        if mask is not None:
            scores = scores.masked_fill(torch.logical_not(mask[..., None, :, :]), float("-inf"))
        weights = torch.softmax(scores, dim=-1)
        heads = torch.matmul(weights, v).transpose(-2, -3)
        return self.W_o(heads.reshape(*x.shape[:-1], self.d_model)), weights
