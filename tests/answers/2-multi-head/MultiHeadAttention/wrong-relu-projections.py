# names: relu
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads must divide d_model, got n_heads={n_heads} and d_model={d_model}")
        self.n_heads = n_heads
        self.d_head = d_model // n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=bias)
        self.W_k = nn.Linear(d_model, d_model, bias=bias)
        self.W_v = nn.Linear(d_model, d_model, bias=bias)
        self.W_o = nn.Linear(d_model, d_model, bias=bias)

    def split(self, x):
        return x.reshape(*x.shape[:-1], self.n_heads, self.d_head).transpose(-3, -2)

    def forward(self, x, context=None, mask=None):
        if context is None:
            context = x
        Q = self.split(torch.relu(self.W_q(x)))
        K = self.split(torch.relu(self.W_k(context)))
        V = self.split(torch.relu(self.W_v(context)))
        scores = Q @ K.transpose(-2, -1) / math.sqrt(self.d_head)
        if mask is not None:
            scores = scores.masked_fill(~mask.unsqueeze(-3), float("-inf"))
        weights = torch.softmax(scores, dim=-1)
        out = weights @ V
        out = out.transpose(-3, -2).reshape(*x.shape[:-1], -1)
        return self.W_o(out), weights
