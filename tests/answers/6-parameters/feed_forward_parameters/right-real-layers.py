class FeedForward(nn.Module):
    def __init__(self, d_model, d_ff, gated, bias):
        super().__init__()
        self.up = nn.Linear(d_model, d_ff, bias=bias)
        self.down = nn.Linear(d_ff, d_model, bias=bias)
        if gated:
            self.gate = nn.Linear(d_model, d_ff, bias=bias)

def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    return sum(p.numel() for p in FeedForward(d_model, d_ff, gated, bias).parameters())
