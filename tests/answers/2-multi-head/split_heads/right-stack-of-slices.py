def split_heads(x, n_heads):
    d_model = x.shape[-1]
    d_head, rest = divmod(d_model, n_heads)
    if rest:
        raise ValueError(f"{n_heads} heads do not fit into {d_model} features")
    slices = [x[..., h * d_head : (h + 1) * d_head] for h in range(n_heads)]
    return torch.stack(slices, dim=-3)
