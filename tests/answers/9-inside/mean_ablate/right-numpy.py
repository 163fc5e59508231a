def mean_ablate(heads, which):
    array = np.array(heads.detach().numpy(), copy=True)
    for h in which:
        if h < 0 or h >= array.shape[1]:
            raise ValueError(f"head {h}: which must hold numbers below {array.shape[1]}")
    for h in which:
        array[:, h] = array[:, h].mean(axis=(0, 1), keepdims=True)
    return torch.from_numpy(array)
