# names: 0 is put in their place
def mean_ablate(heads, which):
    array = heads.numpy().copy()
    if any(h < 0 or h >= array.shape[1] for h in which):
        raise ValueError("which holds a head that there isn't")
    keep = np.ones(array.shape[1], dtype=array.dtype)
    keep[which] = 0
    return torch.from_numpy(array * keep[:, None, None])
