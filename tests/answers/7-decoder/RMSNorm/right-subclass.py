class RMSNorm(nn.RMSNorm):
    def __init__(self, d_model, eps=1e-6):
        super().__init__(d_model, eps=eps)

    def forward(self, x):
        return super().forward(x.float()).to(x.dtype)
