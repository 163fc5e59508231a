# --- right: complex rope
class Attention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, d_model, bias=False)
        self.W_v = nn.Linear(d_model, d_model, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x):
        def turn(z):
            n, d = z.shape[-2:]
            angles = torch.outer(torch.arange(n).double(), 10000.0 ** (-torch.arange(0, d, 2).double() / d))
            c = torch.view_as_complex(z.double().reshape(*z.shape[:-1], -1, 2).contiguous())
            return torch.view_as_real(c * torch.polar(torch.ones_like(angles), angles)).flatten(-2).to(z.dtype)
        Q, K, V = (split_heads(W(x), self.n_heads) for W in (self.W_q, self.W_k, self.W_v))
        heads, _ = scaled_dot_product_attention(turn(Q), turn(K), V, causal_mask(x.shape[-2]))
        return self.W_o(merge_heads(heads))





class DecoderBlock(nn.Module):
    def __init__(self, d_model, n_heads, d_ff):
        super().__init__()
        self.attention_norm = RMSNorm(d_model)
        self.attention = Attention(d_model, n_heads)
        self.feed_forward_norm = RMSNorm(d_model)
        self.feed_forward = SwiGLU(d_model, d_ff)

    def forward(self, x):
        x = x + self.attention(self.attention_norm(x))
        return x + self.feed_forward(self.feed_forward_norm(x))


# --- right: einsum
class Attention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, d_model, bias=False)
        self.W_v = nn.Linear(d_model, d_model, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x):
        q, k, v = (W(x).unflatten(-1, (self.n_heads, -1)) for W in (self.W_q, self.W_k, self.W_v))
        q, k = (apply_rope(t.transpose(-3, -2)).transpose(-3, -2) for t in (q, k))
        scores = torch.einsum("...qhd,...khd->...hqk", q, k) * q.shape[-1] ** -0.5
        scores = scores + torch.full((x.shape[-2],) * 2, -1e9).triu(1)
        heads = torch.einsum("...hqk,...khd->...qhd", torch.softmax(scores, -1), v)
        return self.W_o(heads.flatten(-2))





class DecoderBlock(nn.Module):
    def __init__(self, d_model, n_heads, d_ff):
        super().__init__()
        self.attention_norm = RMSNorm(d_model)
        self.attention = Attention(d_model, n_heads)
        self.feed_forward_norm = RMSNorm(d_model)
        self.feed_forward = SwiGLU(d_model, d_ff)

    def forward(self, x):
        x = x + self.attention(self.attention_norm(x))
        return x + self.feed_forward(self.feed_forward_norm(x))


# --- right: fused
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


# --- right: loop over heads
class Attention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, d_model, bias=False)
        self.W_v = nn.Linear(d_model, d_model, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x):
        Q = apply_rope(split_heads(self.W_q(x), self.n_heads))
        K = apply_rope(split_heads(self.W_k(x), self.n_heads))
        V = split_heads(self.W_v(x), self.n_heads)
        out = []
        for h in range(self.n_heads):
            o, _ = scaled_dot_product_attention(Q[..., h, :, :], K[..., h, :, :], V[..., h, :, :], causal_mask(x.shape[-2]))
            out.append(o)
        return self.W_o(torch.cat(out, dim=-1))





class DecoderBlock(nn.Module):
    def __init__(self, d_model, n_heads, d_ff):
        super().__init__()
        self.attention_norm = RMSNorm(d_model)
        self.attention = Attention(d_model, n_heads)
        self.feed_forward_norm = RMSNorm(d_model)
        self.feed_forward = SwiGLU(d_model, d_ff)

    def forward(self, x):
        x = x + self.attention(self.attention_norm(x))
        return x + self.feed_forward(self.feed_forward_norm(x))


# --- right: mask buffer
class Attention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, d_model, bias=False)
        self.W_v = nn.Linear(d_model, d_model, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)
        self.register_buffer('mask', causal_mask(512))

    def forward(self, x):
        Q = apply_rope(split_heads(self.W_q(x), self.n_heads))
        K = apply_rope(split_heads(self.W_k(x), self.n_heads))
        V = split_heads(self.W_v(x), self.n_heads)
        n = x.shape[-2]
        heads, _ = scaled_dot_product_attention(Q, K, V, self.mask[:n, :n])
        return self.W_o(merge_heads(heads))





class DecoderBlock(nn.Module):
    def __init__(self, d_model, n_heads, d_ff):
        super().__init__()
        self.attention_norm = RMSNorm(d_model)
        self.attention = Attention(d_model, n_heads)
        self.feed_forward_norm = RMSNorm(d_model)
        self.feed_forward = SwiGLU(d_model, d_ff)

    def forward(self, x):
        x = x + self.attention(self.attention_norm(x))
        return x + self.feed_forward(self.feed_forward_norm(x))


# --- right: returns weights inside
class Attention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, d_model, bias=False)
        self.W_v = nn.Linear(d_model, d_model, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x):
        Q = apply_rope(split_heads(self.W_q(x), self.n_heads))
        K = apply_rope(split_heads(self.W_k(x), self.n_heads))
        V = split_heads(self.W_v(x), self.n_heads)
        heads, weights = scaled_dot_product_attention(Q, K, V, causal_mask(x.shape[-2]))
        return self.W_o(merge_heads(heads)), weights





class DecoderBlock(nn.Module):
    def __init__(self, d_model, n_heads, d_ff):
        super().__init__()
        self.attention_norm = RMSNorm(d_model)
        self.attention = Attention(d_model, n_heads)
        self.feed_forward_norm = RMSNorm(d_model)
        self.feed_forward = SwiGLU(d_model, d_ff)

    def forward(self, x):
        attended, _ = self.attention(self.attention_norm(x))
        x = x + attended
        x = x + self.feed_forward(self.feed_forward_norm(x))
        return x


# --- right: view based
class Attention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, d_model, bias=False)
        self.W_v = nn.Linear(d_model, d_model, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x):
        *leading, n, d = x.shape
        x = x.reshape(-1, n, d)
        B = len(x)
        h = self.n_heads
        q = self.W_q(x).view(B, n, h, d // h).transpose(1, 2)
        k = self.W_k(x).view(B, n, h, d // h).transpose(1, 2)
        v = self.W_v(x).view(B, n, h, d // h).transpose(1, 2)
        scores = apply_rope(q) @ apply_rope(k).transpose(-2, -1) / math.sqrt(d // h)
        scores = scores.masked_fill(torch.triu(torch.ones(n, n, dtype=torch.bool), diagonal=1), float("-inf"))
        out = scores.softmax(-1) @ v
        return self.W_o(out.transpose(1, 2).reshape(*leading, n, d))





class DecoderBlock(nn.Module):
    def __init__(self, d_model, n_heads, d_ff):
        super().__init__()
        self.attention_norm = RMSNorm(d_model)
        self.attention = Attention(d_model, n_heads)
        self.feed_forward_norm = RMSNorm(d_model)
        self.feed_forward = SwiGLU(d_model, d_ff)

    def forward(self, x):
        x = x + self.attention(self.attention_norm(x))
        return x + self.feed_forward(self.feed_forward_norm(x))


# --- wrong: adds tuple
# names: tuple
class Attention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, d_model, bias=False)
        self.W_v = nn.Linear(d_model, d_model, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x):
        Q = apply_rope(split_heads(self.W_q(x), self.n_heads))
        K = apply_rope(split_heads(self.W_k(x), self.n_heads))
        V = split_heads(self.W_v(x), self.n_heads)
        heads, weights = scaled_dot_product_attention(Q, K, V, causal_mask(x.shape[-2]))
        return self.W_o(merge_heads(heads)), weights





class DecoderBlock(nn.Module):
    def __init__(self, d_model, n_heads, d_ff):
        super().__init__()
        self.attention_norm = RMSNorm(d_model)
        self.attention = Attention(d_model, n_heads)
        self.feed_forward_norm = RMSNorm(d_model)
        self.feed_forward = SwiGLU(d_model, d_ff)

    def forward(self, x):
        x = x + self.attention(self.attention_norm(x))
        return x + self.feed_forward(self.feed_forward_norm(x))


# --- wrong: dropout
# names: dropout
class Attention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, d_model, bias=False)
        self.W_v = nn.Linear(d_model, d_model, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def split(self, x):
        return x.unflatten(-1, (self.n_heads, -1)).transpose(-3, -2)

    def forward(self, x):
        n = x.shape[-2]
        q = self.split(self.W_q(x))
        k = self.split(self.W_k(x))
        v = self.split(self.W_v(x))
        q, k = apply_rope(q), apply_rope(k)
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        mask = torch.ones(n, n, dtype=torch.bool).tril()
        scores = scores.masked_fill(~mask, float("-inf"))
        weights = torch.softmax(scores, dim=-1)
        out = (weights @ v).transpose(-3, -2).flatten(-2)
        return F.dropout(self.W_o(out), 0.1, self.training)


class DecoderBlock(nn.Module):
    def __init__(self, d_model, n_heads, d_ff):
        super().__init__()
        self.attention_norm = RMSNorm(d_model)
        self.attention = Attention(d_model, n_heads)
        self.feed_forward_norm = RMSNorm(d_model)
        self.feed_forward = SwiGLU(d_model, d_ff)

    def forward(self, x):
        x = x + self.attention(self.attention_norm(x))
        x = x + self.feed_forward(self.feed_forward_norm(x))
        return x


# --- wrong: mask zero
# names: 0 instead of -inf
class Attention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, d_model, bias=False)
        self.W_v = nn.Linear(d_model, d_model, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x):
        Q = apply_rope(split_heads(self.W_q(x), self.n_heads))
        K = apply_rope(split_heads(self.W_k(x), self.n_heads))
        V = split_heads(self.W_v(x), self.n_heads)
        n = x.shape[-2]
        scores = Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])
        weights = torch.softmax(scores.masked_fill(~causal_mask(n), 0), -1)
        return self.W_o(merge_heads(weights @ V))





class DecoderBlock(nn.Module):
    def __init__(self, d_model, n_heads, d_ff):
        super().__init__()
        self.attention_norm = RMSNorm(d_model)
        self.attention = Attention(d_model, n_heads)
        self.feed_forward_norm = RMSNorm(d_model)
        self.feed_forward = SwiGLU(d_model, d_ff)

    def forward(self, x):
        x = x + self.attention(self.attention_norm(x))
        return x + self.feed_forward(self.feed_forward_norm(x))


# --- wrong: names
# names: name
class Attention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, d_model, bias=False)
        self.W_v = nn.Linear(d_model, d_model, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x):
        Q = apply_rope(split_heads(self.W_q(x), self.n_heads))
        K = apply_rope(split_heads(self.W_k(x), self.n_heads))
        V = split_heads(self.W_v(x), self.n_heads)
        heads, _ = scaled_dot_product_attention(Q, K, V, causal_mask(x.shape[-2]))
        return self.W_o(merge_heads(heads))





class DecoderBlock(nn.Module):
    def __init__(self, d_model, n_heads, d_ff):
        super().__init__()
        self.norm1 = RMSNorm(d_model)
        self.attention = Attention(d_model, n_heads)
        self.norm2 = RMSNorm(d_model)
        self.feed_forward = SwiGLU(d_model, d_ff)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.feed_forward(self.norm2(x))


# --- wrong: normalised residual
# names: normalised x
class Attention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, d_model, bias=False)
        self.W_v = nn.Linear(d_model, d_model, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x):
        Q = apply_rope(split_heads(self.W_q(x), self.n_heads))
        K = apply_rope(split_heads(self.W_k(x), self.n_heads))
        V = split_heads(self.W_v(x), self.n_heads)
        heads, _ = scaled_dot_product_attention(Q, K, V, causal_mask(x.shape[-2]))
        return self.W_o(merge_heads(heads))





class DecoderBlock(nn.Module):
    def __init__(self, d_model, n_heads, d_ff):
        super().__init__()
        self.attention_norm = RMSNorm(d_model)
        self.attention = Attention(d_model, n_heads)
        self.feed_forward_norm = RMSNorm(d_model)
        self.feed_forward = SwiGLU(d_model, d_ff)

    def forward(self, x):
        x = self.attention_norm(x)
        x = x + self.attention(x)
        x = self.feed_forward_norm(x)
        return x + self.feed_forward(x)


# --- wrong: one batch dimension
# names: any number of leading dimensions
class Attention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, d_model, bias=False)
        self.W_v = nn.Linear(d_model, d_model, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x):
        B, n, d = x.shape
        h = self.n_heads
        q = self.W_q(x).view(B, n, h, d // h).transpose(1, 2)
        k = self.W_k(x).view(B, n, h, d // h).transpose(1, 2)
        v = self.W_v(x).view(B, n, h, d // h).transpose(1, 2)
        scores = apply_rope(q) @ apply_rope(k).transpose(-2, -1) / math.sqrt(d // h)
        scores = scores.masked_fill(torch.triu(torch.ones(n, n, dtype=torch.bool), diagonal=1), float("-inf"))
        out = scores.softmax(-1) @ v
        return self.W_o(out.transpose(1, 2).reshape(B, n, d))





class DecoderBlock(nn.Module):
    def __init__(self, d_model, n_heads, d_ff):
        super().__init__()
        self.attention_norm = RMSNorm(d_model)
        self.attention = Attention(d_model, n_heads)
        self.feed_forward_norm = RMSNorm(d_model)
        self.feed_forward = SwiGLU(d_model, d_ff)

    def forward(self, x):
        x = x + self.attention(self.attention_norm(x))
        return x + self.feed_forward(self.feed_forward_norm(x))


# --- wrong: one head
# names: n_heads is ignored
class Attention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, d_model, bias=False)
        self.W_v = nn.Linear(d_model, d_model, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x):
        Q, K, V = (W(x).unsqueeze(-3) for W in (self.W_q, self.W_k, self.W_v))
        Q, K = apply_rope(Q), apply_rope(K)
        heads, _ = scaled_dot_product_attention(Q, K, V, causal_mask(x.shape[-2]))
        return self.W_o(merge_heads(heads))





class DecoderBlock(nn.Module):
    def __init__(self, d_model, n_heads, d_ff):
        super().__init__()
        self.attention_norm = RMSNorm(d_model)
        self.attention = Attention(d_model, n_heads)
        self.feed_forward_norm = RMSNorm(d_model)
        self.feed_forward = SwiGLU(d_model, d_ff)

    def forward(self, x):
        x = x + self.attention(self.attention_norm(x))
        return x + self.feed_forward(self.feed_forward_norm(x))


# --- wrong: rope over heads
# names: heads for positions
class Attention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.W_q = nn.Linear(d_model, d_model, bias=False)
        self.W_k = nn.Linear(d_model, d_model, bias=False)
        self.W_v = nn.Linear(d_model, d_model, bias=False)
        self.W_o = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x):
        split = lambda t: t.unflatten(-1, (self.n_heads, -1))
        Q, K, V = (split(W(x)) for W in (self.W_q, self.W_k, self.W_v))
        Q, K, V = (t.transpose(-3, -2) for t in (apply_rope(Q), apply_rope(K), V))
        heads, _ = scaled_dot_product_attention(Q, K, V, causal_mask(x.shape[-2]))
        return self.W_o(merge_heads(heads))





class DecoderBlock(nn.Module):
    def __init__(self, d_model, n_heads, d_ff):
        super().__init__()
        self.attention_norm = RMSNorm(d_model)
        self.attention = Attention(d_model, n_heads)
        self.feed_forward_norm = RMSNorm(d_model)
        self.feed_forward = SwiGLU(d_model, d_ff)

    def forward(self, x):
        x = x + self.attention(self.attention_norm(x))
        return x + self.feed_forward(self.feed_forward_norm(x))
