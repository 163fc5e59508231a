# --- right: exp
class SwiGLU(nn.Module):
    def __init__(self, d_model, d_ff):
        super().__init__()
        self.W_gate = nn.Linear(d_model, d_ff, bias=False)
        self.W_up = nn.Linear(d_model, d_ff, bias=False)
        self.W_down = nn.Linear(d_ff, d_model, bias=False)

    def forward(self, x):
        g = self.W_gate(x)
        hidden = self.W_up(x) * (g / (1 + torch.exp(-g)))
        return self.W_down(hidden)


# --- right: extra buffer
class SwiGLU(nn.Module):
    def __init__(self, d_model, d_ff):
        super().__init__()
        self.register_buffer('sizes', torch.tensor([d_model, d_ff]))
        self.W_gate = nn.Linear(d_model, d_ff, False)
        self.W_up = nn.Linear(d_model, d_ff, False)
        self.W_down = nn.Linear(d_ff, d_model, False)

    def forward(self, x):
        hidden = F.silu(self.W_gate(x)) * self.W_up(x)
        return self.W_down(hidden)


# --- right: functional linear
class SwiGLU(nn.Module):
    def __init__(self, d_model, d_ff):
        super().__init__()
        self.W_gate = nn.Linear(d_model, d_ff, bias=False)
        self.W_up = nn.Linear(d_model, d_ff, bias=False)
        self.W_down = nn.Linear(d_ff, d_model, bias=False)

    def forward(self, x):
        gate = F.silu(F.linear(x, self.W_gate.weight))
        up = x @ self.W_up.weight.T
        return F.linear(torch.einsum('...f,...f->...f', gate, up), self.W_down.weight)


# --- right: module silu
class SwiGLU(nn.Module):
    def __init__(self, d_model, d_ff):
        super().__init__()
        linear = lambda a, b: nn.Linear(a, b, bias=False)
        self.W_gate, self.W_up = linear(d_model, d_ff), linear(d_model, d_ff)
        self.W_down = linear(d_ff, d_model)
        self.act = nn.SiLU()

    def forward(self, x):
        return self.W_down(self.act(self.W_gate(x)).mul(self.W_up(x)))


# --- right: one matmul
class SwiGLU(nn.Module):
    def __init__(self, d_model, d_ff):
        super().__init__()
        self.W_gate = nn.Linear(d_model, d_ff, bias=False)
        self.W_up = nn.Linear(d_model, d_ff, bias=False)
        self.W_down = nn.Linear(d_ff, d_model, bias=False)

    def forward(self, x):
        both = torch.cat([self.W_gate.weight, self.W_up.weight])
        gate, up = (x @ both.mT).chunk(2, dim=-1)
        return self.W_down(F.silu(gate) * up)


# --- right: sigmoid by hand
class SwiGLU(nn.Module):
    def __init__(self, d_model, d_ff):
        super().__init__()
        self.W_gate = nn.Linear(d_model, d_ff, bias=False)
        self.W_up = nn.Linear(d_model, d_ff, bias=False)
        self.W_down = nn.Linear(d_ff, d_model, bias=False)

    def forward(self, x):
        g = self.W_gate(x)
        return self.W_down(g * torch.sigmoid(g) * self.W_up(x))


# --- wrong: dropout
# names: dropout
class SwiGLU(nn.Module):
    def __init__(self, d_model, d_ff):
        super().__init__()
        self.W_gate = nn.Linear(d_model, d_ff, bias=False)
        self.W_up = nn.Linear(d_model, d_ff, bias=False)
        self.W_down = nn.Linear(d_ff, d_model, bias=False)

    def forward(self, x):
        gate = F.silu(self.W_gate(x))
        up = self.W_up(x)
        return self.W_down(F.dropout(gate * up, 0.1, training=self.training))


# --- wrong: float32 result
# names: dtype
class SwiGLU(nn.Module):
    def __init__(self, d_model, d_ff):
        super().__init__()
        self.W_gate = nn.Linear(d_model, d_ff, bias=False)
        self.W_up = nn.Linear(d_model, d_ff, bias=False)
        self.W_down = nn.Linear(d_ff, d_model, bias=False)

    def forward(self, x):
        gate = F.silu(self.W_gate(x))
        up = self.W_up(x)
        return self.W_down(gate * up).float()


# --- wrong: names
# names: name
class SwiGLU(nn.Module):
    def __init__(self, d_model, d_ff):
        super().__init__()
        self.w1 = nn.Linear(d_model, d_ff, bias=False)
        self.w3 = nn.Linear(d_model, d_ff, bias=False)
        self.w2 = nn.Linear(d_ff, d_model, bias=False)

    def forward(self, x):
        return self.w2(F.silu(self.w1(x)) * self.w3(x))


# --- wrong: no super
# names: super
class SwiGLU(nn.Module):
    def __init__(self, d_model, d_ff):
        self.W_gate = nn.Linear(d_model, d_ff, bias=False)
        self.W_up = nn.Linear(d_model, d_ff, bias=False)
        self.W_down = nn.Linear(d_ff, d_model, bias=False)

    def forward(self, x):
        return x


# --- wrong: shared
# names: are the same layer
class SwiGLU(nn.Module):
    def __init__(self, d_model, d_ff):
        super().__init__()
        self.W_gate = nn.Linear(d_model, d_ff, bias=False)
        self.W_up = self.W_gate
        self.W_down = nn.Linear(d_ff, d_model, bias=False)

    def forward(self, x):
        return self.W_down(F.silu(self.W_gate(x)) * self.W_up(x))


# --- wrong: two matrices
# names: a layer is missing
class SwiGLU(nn.Module):
    def __init__(self, d_model, d_ff):
        super().__init__()
        self.W_up = nn.Linear(d_model, d_ff, bias=False)
        self.W_down = nn.Linear(d_ff, d_model, bias=False)

    def forward(self, x):
        return self.W_down(F.silu(self.W_up(x)))
