def merge_heads(x):
    merged = x[..., 0, :, :]
    for h in range(1, x.shape[-3]):
        merged = torch.cat((merged, x[..., h, :, :]), dim=-1)
    return merged
