# --- right: einsum
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


# --- right: functional
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


# --- right: layers in a list too
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


# --- right: loop over heads
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads must divide d_model, got {n_heads} and {d_model}")
        self.n_heads = n_heads
        self.W_q, self.W_k, self.W_v, self.W_o = (
            nn.Linear(d_model, d_model, bias=bias) for _ in range(4)
        )

    def forward(self, x, context=None, mask=None):
        context = x if context is None else context
        outputs, weights = [], []
        parts = (self.W_q(x), self.W_k(context), self.W_v(context))
        for q, k, v in zip(*(p.chunk(self.n_heads, dim=-1) for p in parts)):
            output, w = scaled_dot_product_attention(q, k, v, mask)
            outputs.append(output)
            weights.append(w)
        return self.W_o(torch.cat(outputs, -1)), torch.stack(weights, -3)


# --- right: plain
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
        context = x if context is None else context
        Q = split_heads(self.W_q(x), self.n_heads)
        K = split_heads(self.W_k(context), self.n_heads)
        V = split_heads(self.W_v(context), self.n_heads)
        if mask is not None:
            mask = mask.unsqueeze(-3)
        heads, weights = scaled_dot_product_attention(Q, K, V, mask)
        return self.W_o(merge_heads(heads)), weights


# --- right: self contained
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


# --- right: torchs function
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


# --- wrong: context or x
# names: whether it is None
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads={n_heads} must divide d_model={d_model}")
        self.d_model = d_model
        self.n_heads = n_heads
        self.d_head = d_model // n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=bias)
        self.W_k = nn.Linear(d_model, d_model, bias=bias)
        self.W_v = nn.Linear(d_model, d_model, bias=bias)
        self.W_o = nn.Linear(d_model, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        context = context or x
        Q = split_heads(self.W_q(x), self.n_heads)
        K = split_heads(self.W_k(context), self.n_heads)
        V = split_heads(self.W_v(context), self.n_heads)
        scores = torch.matmul(Q, K.transpose(-2, -1)) / math.sqrt(self.d_head)
        if mask is not None:
            mask = mask.unsqueeze(-3)
            scores = scores.masked_fill(~mask, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        heads = torch.matmul(weights, V)
        output = self.W_o(merge_heads(heads))
        return output, weights


# --- wrong: dropout
# names: dropout
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
        context = x if context is None else context
        Q = split_heads(self.W_q(x), self.n_heads)
        K = split_heads(self.W_k(context), self.n_heads)
        V = split_heads(self.W_v(context), self.n_heads)
        if mask is not None:
            mask = mask.unsqueeze(-3)
        heads, weights = scaled_dot_product_attention(Q, K, V, mask)
        weights = F.dropout(weights, 0.3, self.training)
        heads = weights @ V
        return self.W_o(merge_heads(heads)), weights


# --- wrong: extra scale
# names: extra layers
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads = {n_heads} must divide d_model = {d_model}")
        self.n_heads = n_heads
        self.scale = nn.Parameter(torch.ones(1))
        self.W_q = nn.Linear(d_model, d_model, bias=bias)
        self.W_k = nn.Linear(d_model, d_model, bias=bias)
        self.W_v = nn.Linear(d_model, d_model, bias=bias)
        self.W_o = nn.Linear(d_model, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        context = x if context is None else context
        Q = split_heads(self.W_q(x), self.n_heads)
        K = split_heads(self.W_k(context), self.n_heads)
        V = split_heads(self.W_v(context), self.n_heads)
        if mask is not None:
            mask = mask.unsqueeze(-3)
        heads, weights = scaled_dot_product_attention(Q, K, V, mask)
        return self.scale * self.W_o(merge_heads(heads)), weights


# --- wrong: heads added up
# names: heads are added up
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError(f"n_heads={n_heads} must divide d_model={d_model}")
        self.d_model = d_model
        self.n_heads = n_heads
        self.d_head = d_model // n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=bias)
        self.W_k = nn.Linear(d_model, d_model, bias=bias)
        self.W_v = nn.Linear(d_model, d_model, bias=bias)
        self.W_o = nn.Linear(d_model, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        if context is None:
            context = x
        Q = split_heads(self.W_q(x), self.n_heads)
        K = split_heads(self.W_k(context), self.n_heads)
        V = split_heads(self.W_v(context), self.n_heads)
        scores = torch.matmul(Q, K.transpose(-2, -1)) / math.sqrt(self.d_head)
        if mask is not None:
            mask = mask.unsqueeze(-3)
            scores = scores.masked_fill(~mask, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        heads = torch.matmul(weights, V)
        output = self.W_o(heads.sum(dim=-3))
        return output, weights


# --- wrong: layers for each head
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


# --- wrong: needs a batch
# names: batch is not handled
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
        batch, n, d_model = x.shape
        context = x if context is None else context
        Q = split_heads(self.W_q(x), self.n_heads)
        K = split_heads(self.W_k(context), self.n_heads)
        V = split_heads(self.W_v(context), self.n_heads)
        if mask is not None:
            mask = mask.unsqueeze(-3)
        heads, weights = scaled_dot_product_attention(Q, K, V, mask)
        return self.W_o(merge_heads(heads)), weights


# --- wrong: torchs own
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


# --- wrong: view of transposed
# names: contiguous
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
        context = x if context is None else context
        Q = split_heads(self.W_q(x), self.n_heads)
        K = split_heads(self.W_k(context), self.n_heads)
        V = split_heads(self.W_v(context), self.n_heads)
        if mask is not None:
            mask = mask.unsqueeze(-3)
        heads, weights = scaled_dot_product_attention(Q, K, V, mask)
        return self.W_o(heads.transpose(-3, -2).view(x.shape)), weights
