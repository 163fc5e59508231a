# names: fraction of queries
def previous_token_score(weights):
    n = weights.shape[-1]
    hits = weights.argmax(-1)[..., 1:] == torch.arange(n - 1)
    return hits.to(weights.dtype).mean(-1)
