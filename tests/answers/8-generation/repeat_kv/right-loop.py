def repeat_kv(x, n_repeats):
    heads = []
    for head in x.unbind(dim=-3):
        for _ in range(n_repeats):
            heads.append(head)
    return torch.stack(heads, dim=-3)
