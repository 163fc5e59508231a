# names: AssertionError instead of ValueError
def nucleus(probabilities, top_p):
    assert 0 < top_p <= 1, "top_p"
    if top_p == 1:
        return probabilities
    ordered, ids = probabilities.sort(dim=-1, descending=True)
    ordered[ordered.cumsum(dim=-1) - ordered >= top_p] = 0.0
    return torch.zeros_like(ordered).scatter(-1, ids, ordered / ordered.sum(dim=-1, keepdim=True))
