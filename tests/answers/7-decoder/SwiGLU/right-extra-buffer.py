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
