def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    if top_p == 1:
        return probabilities / probabilities.sum(dim=-1, keepdim=True)
    ordered, ids = torch.topk(probabilities.double(), probabilities.shape[-1], dim=-1)
    logits = ordered.log()
    logits[ordered.cumsum(dim=-1) - ordered >= top_p] = -math.inf
    ordered = torch.softmax(logits, dim=-1).to(probabilities.dtype)
    result = torch.zeros_like(probabilities)
    result.scatter_(-1, ids, ordered)
    return result
