class SwiGLU(nn.Module):
    def __init__(self, d_model, d_ff):
        super().__init__()
        linear = lambda a, b: nn.Linear(a, b, bias=False)
        self.W_gate, self.W_up = linear(d_model, d_ff), linear(d_model, d_ff)
        self.W_down = linear(d_ff, d_model)
        self.act = nn.SiLU()

    def forward(self, x):
        return self.W_down(self.act(self.W_gate(x)).mul(self.W_up(x)))
