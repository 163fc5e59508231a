# names: wrong size
class SwiGLU(nn.Module):
    def __init__(self, d_model, d_ff):
        super().__init__()
        h = 2 * d_ff // 3
        self.W_gate = nn.Linear(d_model, h, bias=False)
        self.W_up = nn.Linear(d_model, h, bias=False)
        self.W_down = nn.Linear(h, d_model, bias=False)

    def forward(self, x):
        return self.W_down(F.silu(self.W_gate(x)) * self.W_up(x))
