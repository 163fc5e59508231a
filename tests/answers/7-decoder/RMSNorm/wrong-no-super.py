# names: super
class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x):
        return x
