# names: view asks for heads that lie in one piece
def mean_ablate(heads, which):
    batch, n_heads, n, d_head = heads.shape
    if any(h < 0 or h >= n_heads for h in which):
        raise ValueError("which holds a head that there isn't")
    result = heads.clone()
    for h in which:
        result[:, h] = heads[:, h].view(batch * n, d_head).mean(0)
    return result
