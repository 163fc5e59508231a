# --- right: buffer
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


# --- right: einsum
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


# --- right: functional
class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x):
        return F.rms_norm(x.float(), (x.shape[-1],), self.weight, self.eps).to(x.dtype)


# --- right: half weight
class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x):
        wide = x.float()
        normed = wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + self.eps)
        return normed.to(x.dtype) * self.weight.to(x.dtype)


# --- right: keeps float64
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


# --- right: norm
class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x):
        wide = x.float()
        rms = (wide.norm(dim=-1, keepdim=True) ** 2 / x.shape[-1] + self.eps) ** 0.5
        return torch.mul(wide / rms, self.weight).type_as(x)


# --- right: rsqrt
class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x):
        wide = x.to(torch.float32)
        normed = wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.eps)
        return (self.weight * normed).to(x.dtype)


# --- right: subclass
class RMSNorm(nn.RMSNorm):
    def __init__(self, d_model, eps=1e-6):
        super().__init__(d_model, eps=eps)

    def forward(self, x):
        return super().forward(x.float()).to(x.dtype)


# --- wrong: half
# names: in half precision squares
class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x):
        return (x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps) * self.weight.to(x.dtype))


# --- wrong: in place
# names: changes its argument x
class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    @torch.no_grad()
    def forward(self, x):
        x /= torch.sqrt(x.float().pow(2).mean(-1, keepdim=True) + self.eps).to(x.dtype)
        x *= self.weight.to(x.dtype)
        return x


# --- wrong: keepdim
# names: keepdim
class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x):
        f = x.float()
        return (f * torch.rsqrt(f.square().mean(-1) + self.eps) * self.weight).to(x.dtype)


# --- wrong: llama order
# names: result is float32
class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x):
        f = x.float()
        return (f * torch.rsqrt(f.square().mean(-1, keepdim=True) + self.eps)).type_as(x) * self.weight


# --- wrong: no super
# names: super
class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x):
        return x


# --- wrong: plain tensor
# names: nn.Parameter
class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = torch.ones(d_model)

    def forward(self, x):
        f = x.float()
        return (f * torch.rsqrt(f.square().mean(-1, keepdim=True) + self.eps) * self.weight).to(x.dtype)


# --- wrong: scalar weight
# names: weight has the wrong shape
class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, x):
        f = x.float()
        return (f * torch.rsqrt(f.square().mean(-1, keepdim=True) + self.eps) * self.weight).to(x.dtype)


# --- wrong: mean of absolute values
# names: absolute value
class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x):
        size = torch.abs(x.float()).mean(-1, keepdim=True)
        normed = x.float() * torch.rsqrt(size + self.eps)
        return normed.mul(self.weight).to(x.dtype)
