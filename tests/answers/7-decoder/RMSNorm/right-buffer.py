class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.register_buffer('epsilon', torch.tensor(float(eps)))
        self.weight = torch.nn.parameter.Parameter(torch.empty(d_model))
        nn.init.ones_(self.weight)

    def forward(self, x):
        wide = x.float()
        rms = torch.sqrt(wide.square().mean(-1, keepdim=True) + self.epsilon)
        return (wide / rms * self.weight).to(x.dtype)
