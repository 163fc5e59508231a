def mean_ablate(heads, which):
    result = heads.clone()
    for index in which:
        if index < 0 or index >= heads.shape[1]:
            raise ValueError(f"there is no head {index}")
        result[:, index, :, :] = heads[:, index, :, :].mean(dim=0).mean(dim=0)
    return result
