class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, bias=True):
        super().__init__()
        if n_heads <= 0 or d_model % n_heads != 0:
            raise ValueError(f"n_heads is {n_heads}, but d_model = {d_model} must be a multiple of it")
        self.layers = nn.ModuleList([nn.Linear(d_model, d_model, bias=bias) for _ in range(4)])
        self.W_q, self.W_k, self.W_v, self.W_o = self.layers
        self.n_heads = n_heads

    def forward(self, x, context=None, mask=None):
        sources = (x, *([x if context is None else context] * 2))
        Q, K, V = [split_heads(W(s), self.n_heads) for W, s in zip(self.layers, sources)]
        scores = Q @ K.mT / math.sqrt(Q.shape[-1])
        if mask is not None:
            scores.masked_fill_(~mask.unsqueeze(-3), -math.inf)
        weights = softmax(scores)
        return self.W_o(merge_heads(weights @ V)), weights
