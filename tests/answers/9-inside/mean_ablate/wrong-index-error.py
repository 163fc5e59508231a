# names: instead of ValueError|nothing in your code checks for this input
def mean_ablate(heads, which):
    means = heads.mean((0, 2), keepdim=True)
    result = heads.clone()
    for h in which:
        result[:, h] = means[:, h]
    return result
