def alibi_bias(n_heads, n):
    slopes = torch.cumprod(torch.full((n_heads,), 2.0 ** (-8 / n_heads), dtype=torch.float64), 0)
    grid_i, grid_j = torch.meshgrid(torch.arange(n), torch.arange(n), indexing="ij")
    return (slopes.reshape(n_heads, 1, 1) * -(grid_i - grid_j).abs()).to(torch.float32)
