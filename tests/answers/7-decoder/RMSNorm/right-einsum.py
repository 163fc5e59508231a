class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.d = d_model
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x):
        f = x.float()
        ms = torch.einsum('...d,...d->...', f, f)[..., None] / self.d
        return ((f / (ms + self.eps).sqrt()) * self.weight.float()).to(x.dtype)
