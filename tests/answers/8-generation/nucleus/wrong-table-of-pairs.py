# names: too much memory
def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    if top_p == 1:
        return probabilities
    likelier = probabilities[..., None, :] > probabilities[..., :, None]
    before = torch.where(likelier, probabilities[..., None, :], 0.0).sum(dim=-1)
    kept = probabilities * (before < top_p)
    return kept / kept.sum(dim=-1, keepdim=True)
