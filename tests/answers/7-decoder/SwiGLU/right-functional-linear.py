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
