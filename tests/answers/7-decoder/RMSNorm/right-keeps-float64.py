class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x):
        dtype = x.dtype
        wide = x if dtype == torch.float64 else x.float()
        scale = 1 / torch.sqrt(torch.mean(wide * wide, dim=-1, keepdim=True).add(self.eps))
        return (wide * scale * self.weight).to(dtype)
