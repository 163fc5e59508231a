# --- right: cdist
def alibi_bias(n_heads, n):
    slopes = 2.0 ** (-8.0 * torch.arange(1, n_heads + 1) / n_heads)

    p = torch.arange(n).float().unsqueeze(-1)
    return (-slopes)[:, None, None] * torch.cdist(p, p, p=1)


# --- right: cumprod
def alibi_bias(n_heads, n):
    slopes = torch.cumprod(torch.full((n_heads,), 2.0 ** (-8 / n_heads), dtype=torch.float64), 0)
    grid_i, grid_j = torch.meshgrid(torch.arange(n), torch.arange(n), indexing="ij")
    return (slopes.reshape(n_heads, 1, 1) * -(grid_i - grid_j).abs()).to(torch.float32)


# --- right: einsum
def alibi_bias(n_heads, n):
    slopes = 2.0 ** (-8.0 * torch.arange(1, n_heads + 1) / n_heads)
    p = torch.arange(n)
    distance = (p[None, :] - p[:, None]).abs()
    return -torch.einsum("h,ij->hij", slopes, distance.float())


# --- right: geometric
def alibi_bias(n_heads, n):
    # as in the paper: start at 2**(-8/n_heads), the ratio is the same number
    start = 2 ** (-(2 ** -(math.log2(n_heads) - 3)))
    slopes = torch.tensor([start * start**i for i in range(n_heads)])
    i = torch.arange(n)
    return slopes.view(-1, 1, 1) * -torch.abs(i.view(1, -1) - i.view(-1, 1))


# --- right: list
def alibi_bias(n_heads, n):
    return torch.tensor(
        [
            [[-abs(i - j) * 2.0 ** (-8.0 * h / n_heads) for j in range(n)] for i in range(n)]
            for h in range(1, n_heads + 1)
        ]
    )


# --- right: loops
def alibi_bias(n_heads, n):
    bias = torch.zeros(n_heads, n, n)
    for h in range(n_heads):
        m = 2 ** (-8 * (h + 1) / n_heads)
        for i in range(n):
            for j in range(n):
                bias[h, i, j] = -m * abs(i - j)
    return bias


# --- right: minimum
def alibi_bias(n_heads, n):
    slopes = 2.0 ** (-8.0 * torch.arange(1, n_heads + 1) / n_heads)

    d = torch.arange(n)[None] - torch.arange(n)[:, None]
    return torch.stack([m * torch.minimum(d, -d) for m in slopes])


# --- right: numpy
def alibi_bias(n_heads, n):
    m = np.exp2(-8 * np.arange(1, n_heads + 1) / n_heads)
    d = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    return torch.tensor(-m[:, None, None] * d, dtype=torch.float32)


# --- right: triangles
def alibi_bias(n_heads, n):
    slopes = 2.0 ** (-8.0 * torch.arange(1, n_heads + 1) / n_heads)

    p = torch.arange(n, dtype=torch.float32)
    lower = (p[:, None] - p).tril()
    return -(lower + lower.T) * slopes[:, None, None]


# --- wrong: bloom
# names: one row for all queries
def alibi_bias(n_heads, n):
    slopes = 2.0 ** (-8.0 * torch.arange(1, n_heads + 1) / n_heads)
    return slopes[:, None, None] * torch.arange(n)[None, None, :]


# --- wrong: clamped
# names: upper triangle is
def alibi_bias(n_heads, n):
    slopes = 2.0 ** (-8.0 * torch.arange(1, n_heads + 1) / n_heads)
    p = torch.arange(n)
    distance = (p[:, None] - p[None, :]).clamp(min=0)
    return -slopes[:, None, None] * distance


# --- wrong: distance cut
# names: cut off
def alibi_bias(n_heads, n):
    slopes = 2.0 ** (-8.0 * torch.arange(1, n_heads + 1) / n_heads)
    p = torch.arange(n)
    distance = (p[None, :] - p[:, None]).abs().clamp(max=3)
    return -slopes[:, None, None] * distance


# --- wrong: hard coded heads
# names: hard-coded
def alibi_bias(n_heads, n):
    slopes = 2.0 ** (-8.0 * torch.arange(1, 9) / 8)
    p = torch.arange(n)
    distance = (p[None, :] - p[:, None]).abs()
    return -slopes[:, None, None] * distance


# --- wrong: integer
# names: whole numbers
def alibi_bias(n_heads, n):
    slopes = 2.0 ** (-8.0 * torch.arange(1, n_heads + 1) / n_heads)
    p = torch.arange(n)
    distance = (p[None, :] - p[:, None]).abs()
    bias = -slopes[:, None, None] * distance
    return bias.long()


# --- wrong: slopes only
# names: slopes alone
def alibi_bias(n_heads, n):
    slopes = 2.0 ** (-8.0 * torch.arange(1, n_heads + 1) / n_heads)
    return slopes


# --- wrong: slopes in one dimension
# names: two dimensions of size 1
def alibi_bias(n_heads, n):
    m = 2.0 ** (-8.0 * torch.arange(1, n_heads + 1) / n_heads)
    i = torch.arange(n)
    return -m * (i[:, None] - i).abs()
