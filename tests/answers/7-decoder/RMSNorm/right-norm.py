class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x):
        wide = x.float()
        rms = (wide.norm(dim=-1, keepdim=True) ** 2 / x.shape[-1] + self.eps) ** 0.5
        return torch.mul(wide / rms, self.weight).type_as(x)
