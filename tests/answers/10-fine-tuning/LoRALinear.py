# --- right: deep copy, then merged
class LoRALinear(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        if rank < 1 or rank > min(linear.in_features, linear.out_features):
            raise ValueError(f"no rank of {rank}")
        linear.weight.requires_grad_(False)
        if linear.bias is not None:
            linear.bias.requires_grad_(False)
        self.linear, self.rank, self.alpha = linear, rank, alpha
        kind = linear.weight.dtype
        self.A = nn.Parameter(torch.randn(rank, linear.in_features).to(kind))
        self.B = nn.Parameter(torch.zeros(linear.out_features, rank).to(kind))

    def forward(self, x):
        return self.linear(x) + self.alpha / self.rank * x @ self.A.T @ self.B.T

    def merged(self):
        import copy

        new = copy.deepcopy(self.linear)
        new.weight.data += self.alpha / self.rank * (self.B @ self.A).detach()
        return new


# --- right: einsum
class LoRALinear(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        out, into = linear.weight.shape
        if not 0 < rank <= min(out, into):
            raise ValueError("rank " + str(rank))
        for parameter in linear.parameters():
            parameter.requires_grad = False
        self.linear = linear
        self.s = alpha / rank
        self.register_parameter("A", nn.Parameter(torch.rand(rank, into, dtype=linear.weight.dtype)))
        self.register_parameter("B", nn.Parameter(torch.zeros_like(linear.weight[:, :rank])))

    def forward(self, x):
        change = torch.einsum("...i,ri,or->...o", x, self.A, self.B)
        return self.linear(x) + self.s * change

    def merged(self):
        out, into = self.linear.weight.shape
        has = self.linear.bias is not None
        new = nn.Linear(into, out, bias=has, dtype=self.linear.weight.dtype)
        change = self.s * torch.einsum("ri,or->oi", self.A, self.B)
        weights = {"weight": self.linear.weight + change}
        if has:
            weights["bias"] = self.linear.bias
        new.load_state_dict(weights)
        return new


# --- right: functional
class LoRALinear(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        most = min(linear.weight.shape)
        if rank > most or rank <= 0:
            raise ValueError(f"rank must be in 1..{most}")
        self.linear = linear
        self.linear.requires_grad_(False)
        self.A = nn.Parameter(torch.empty_like(linear.weight[:rank]))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self.B = nn.Parameter(linear.weight.new_zeros(linear.out_features, rank))
        self.scaling = alpha / rank

    def forward(self, x):
        return self.linear(x) + F.linear(F.linear(x, self.A), self.B) * self.scaling

    @torch.no_grad()
    def merged(self):
        old = self.linear
        new = nn.Linear(old.in_features, old.out_features, old.bias is not None).to(old.weight.dtype)
        new.weight.copy_(torch.addmm(old.weight, self.B, self.A, alpha=self.scaling))
        if old.bias is not None:
            new.bias.copy_(old.bias)
        return new


# --- right: merged by what it does to the unit vectors
class LoRALinear(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        d_out, d_in = linear.weight.shape
        if rank not in range(1, min(d_out, d_in) + 1):
            raise ValueError(f"rank = {rank}")
        self.linear = linear
        for weight in (linear.weight, linear.bias):
            if weight is not None:
                weight.requires_grad = False
        self.A = nn.Parameter(torch.randn(rank, d_in).to(linear.weight) * 0.02)
        self.B = nn.Parameter(torch.zeros(d_out, rank).to(linear.weight))
        self.factor = alpha / rank

    def change(self, x):
        return self.factor * ((x @ self.A.mT) @ self.B.mT)

    def forward(self, x):
        result = self.linear(x)
        return result + self.change(x)

    def merged(self):
        W, b = self.linear.weight, self.linear.bias
        new = nn.Linear(W.shape[1], W.shape[0], bias=b is not None, dtype=W.dtype)
        unit = torch.eye(W.shape[1], dtype=W.dtype)
        new.weight = nn.Parameter((W + self.change(unit).T).detach().clone())
        if b is not None:
            new.bias = nn.Parameter(b.detach().clone())
        return new


# --- right: set at last
class LoRALinear(nn.Module):
    def __init__(self, linear, rank, alpha):
        if rank < 1 or any(rank > side for side in linear.weight.shape):
            raise ValueError(f"the rank, {rank}, does not fit")
        super().__init__()
        self.scale = alpha / rank
        dtype = linear.weight.dtype
        A = torch.zeros(rank, linear.weight.shape[1], dtype=dtype).uniform_(-1, 1)
        B = torch.zeros(linear.weight.shape[0], rank, dtype=dtype)
        self.A, self.B = nn.Parameter(A), nn.Parameter(B)
        self.add_module("linear", linear)
        self.linear.weight.requires_grad_(False)
        self.linear.bias is None or self.linear.bias.requires_grad_(False)

    def forward(self, x):
        thin = torch.matmul(x, self.A.transpose(0, 1))
        return torch.add(self.linear(x), torch.matmul(thin, self.B.transpose(0, 1)), alpha=self.scale)

    def merged(self):
        weight = self.linear.weight.detach() + self.scale * (self.B.detach() @ self.A.detach())
        new = nn.Linear(*reversed(weight.shape), bias=self.linear.bias is not None, dtype=weight.dtype)
        new.weight.data = weight
        if new.bias is not None:
            new.bias.data = self.linear.bias.detach().clone()
        return new


# --- wrong: adapter that trains layers
# names: A is not an nn.Parameter|A is a layer
class LoRALinear(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        if not 1 <= rank <= min(linear.weight.shape):
            raise ValueError(f"rank {rank}")
        self.linear = linear.requires_grad_(False)
        self.A = nn.Linear(linear.in_features, rank, bias=False)
        self.B = nn.Linear(rank, linear.out_features, bias=False)
        nn.init.zeros_(self.B.weight)
        self.scale = alpha / rank

    def forward(self, x):
        return self.linear(x) + self.scale * self.B(self.A(x))

    def merged(self):
        new = nn.Linear(self.linear.in_features, self.linear.out_features)
        new.weight.data = self.linear.weight + self.scale * self.B.weight @ self.A.weight
        return new


# --- wrong: forgets the rank's upper limit
# names: not refused|instead of ValueError
class LoRALinear(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        d_out, d_in = linear.weight.shape
        if rank < 1 or rank > max(d_in, d_out):
            raise ValueError(f"rank {rank}")
        self.linear = linear.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(rank, d_in, dtype=linear.weight.dtype))
        self.B = nn.Parameter(torch.zeros(d_out, rank, dtype=linear.weight.dtype))
        self.scale = alpha / rank

    def forward(self, x):
        return self.linear(x) + self.scale * x @ self.A.T @ self.B.T

    def merged(self):
        import copy

        new = copy.deepcopy(self.linear)
        new.weight.data += self.scale * (self.B @ self.A).detach()
        return new


# --- wrong: adds to the layer in forward
# names: with other numbers in linear, A and B the result is another|gets no gradient
class LoRALinear(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        d_out, d_in = linear.weight.shape
        if not 1 <= rank <= min(d_in, d_out):
            raise ValueError(f"rank {rank}")
        self.linear = linear.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(rank, d_in, dtype=linear.weight.dtype))
        self.B = nn.Parameter(torch.zeros(d_out, rank, dtype=linear.weight.dtype))
        self.scale = alpha / rank

    def forward(self, x):
        self.linear.weight.data += self.scale * (self.B @ self.A).detach()
        return self.linear(x)

    def merged(self):
        import copy

        return copy.deepcopy(self.linear)


# --- wrong: copies all, with no bias thought of
# names: a layer may have no bias
class LoRALinear(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        d_out, d_in = linear.weight.shape
        if not 1 <= rank <= min(d_in, d_out):
            raise ValueError(f"rank {rank}")
        self.linear = linear
        linear.weight.requires_grad = False
        linear.bias.requires_grad = False
        self.A = nn.Parameter(torch.randn(rank, d_in, dtype=linear.weight.dtype))
        self.B = nn.Parameter(torch.zeros(d_out, rank, dtype=linear.weight.dtype))
        self.scale = alpha / rank

    def forward(self, x):
        return self.linear(x) + self.scale * x @ self.A.T @ self.B.T

    def merged(self):
        import copy

        new = copy.deepcopy(self.linear)
        new.weight.data += self.scale * (self.B @ self.A).detach()
        return new


# --- wrong: copies the weight alone
# names: the new layer has another bias than linear
class LoRALinear(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        d_out, d_in = linear.weight.shape
        if not 1 <= rank <= min(d_in, d_out):
            raise ValueError(f"rank {rank}")
        self.linear = linear.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(rank, d_in, dtype=linear.weight.dtype))
        self.B = nn.Parameter(torch.zeros(d_out, rank, dtype=linear.weight.dtype))
        self.scale = alpha / rank

    def forward(self, x):
        return self.linear(x) + self.scale * x @ self.A.T @ self.B.T

    def merged(self):
        d_out, d_in = self.linear.weight.shape
        new = nn.Linear(
            d_in, d_out, bias=self.linear.bias is not None, dtype=self.linear.weight.dtype
        )
        new.weight.data = (self.linear.weight + self.scale * self.B @ self.A).detach()
        return new


# --- wrong: keeps A and B in the merged layer
# names: has other parameters than linear
class LoRALinear(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        d_out, d_in = linear.weight.shape
        if not 1 <= rank <= min(d_in, d_out):
            raise ValueError(f"rank {rank}")
        self.linear = linear.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(rank, d_in, dtype=linear.weight.dtype))
        self.B = nn.Parameter(torch.zeros(d_out, rank, dtype=linear.weight.dtype))
        self.scale = alpha / rank

    def forward(self, x):
        return self.linear(x) + self.scale * x @ self.A.T @ self.B.T

    def merged(self):
        import copy

        new = copy.deepcopy(self.linear)
        new.weight.data += self.scale * (self.B @ self.A).detach()
        new.A, new.B = self.A, self.B
        return new


# --- wrong: loop over a batch
# names: with other numbers in linear, A and B the result is another
class LoRALinear(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        d_out, d_in = linear.weight.shape
        if not 1 <= rank <= min(d_in, d_out):
            raise ValueError(f"rank {rank}")
        self.linear = linear.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(rank, d_in, dtype=linear.weight.dtype))
        self.B = nn.Parameter(torch.zeros(d_out, rank, dtype=linear.weight.dtype))
        self.scale = alpha / rank

    def forward(self, x):
        rows = [self.linear(row) for row in x]
        for i, row in enumerate(x[:-1]):
            rows[i] = rows[i] + self.scale * row @ self.A.T @ self.B.T
        return torch.stack(rows)

    def merged(self):
        import copy

        new = copy.deepcopy(self.linear)
        new.weight.data += self.scale * (self.B @ self.A).detach()
        return new


# --- wrong: numpy
# names: gets no gradient|detach
class LoRALinear(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        d_out, d_in = linear.weight.shape
        if not 1 <= rank <= min(d_in, d_out):
            raise ValueError(f"rank {rank}")
        self.linear = linear.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(rank, d_in, dtype=linear.weight.dtype))
        self.B = nn.Parameter(torch.zeros(d_out, rank, dtype=linear.weight.dtype))
        self.scale = alpha / rank

    def forward(self, x):
        BA = self.B.detach().double().numpy() @ self.A.detach().double().numpy()
        return self.linear(x) + self.scale * (x @ torch.from_numpy(BA).to(x.dtype).T)

    def merged(self):
        import copy

        new = copy.deepcopy(self.linear)
        new.weight.data += self.scale * (self.B @ self.A).detach()
        return new
