def split_heads(x, n_heads):
    if x.shape[-1] % n_heads != 0:
        raise ValueError(f"Number of heads {n_heads} has to divide {x.shape[-1]}")
    return torch.stack(torch.chunk(x, n_heads, dim=-1), dim=x.dim() - 2)
