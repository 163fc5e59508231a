# names: the heads overlap
def split_heads(x, n_heads):
    if x.shape[-1] % n_heads:
        raise ValueError("n_heads must divide d_model")
    d_head = x.shape[-1] // n_heads
    return torch.stack([x[..., h : h + d_head] for h in range(n_heads)], dim=-3)
