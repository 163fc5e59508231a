class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError(f"Embedding size {d_model} can't be split between {n_heads} heads")
        self.n_heads = n_heads
        self.d_head = d_model // n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=bias)
        self.W_k = nn.Linear(d_model, d_model, bias=bias)
        self.W_v = nn.Linear(d_model, d_model, bias=bias)
        self.W_o = nn.Linear(d_model, d_model, bias=bias)
        self.register_buffer("scale", torch.tensor(1 / math.sqrt(self.d_head)))
        self.dropout = nn.Dropout(0.0)

    def forward(self, x, context=None, mask=None):
        batch, n_q = x.shape[:-2], x.shape[-2]
        source = x if context is None else context
        n_k = source.shape[-2]

        def heads(t, n):
            return t.reshape(-1, n, self.n_heads, self.d_head).permute(0, 2, 1, 3)

        q = heads(F.linear(x, self.W_q.weight, self.W_q.bias), n_q)
        k = heads(F.linear(source, self.W_k.weight, self.W_k.bias), n_k)
        v = heads(F.linear(source, self.W_v.weight, self.W_v.bias), n_k)
        scores = q @ k.transpose(2, 3) * self.scale
        if mask is not None:
            full = mask.expand(*batch, n_q, n_k).reshape(-1, 1, n_q, n_k)
            scores = scores + torch.zeros(full.shape).masked_fill(~full, -math.inf)
        weights = self.dropout(scores.softmax(-1))
        output = self.W_o((weights @ v).permute(0, 2, 1, 3).reshape(*batch, n_q, -1))
        return output, weights.reshape(*batch, self.n_heads, n_q, n_k)
