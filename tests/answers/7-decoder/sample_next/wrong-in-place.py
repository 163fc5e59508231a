# names: changes its argument logits
def sample_next(logits, temperature=1.0, top_k=None, generator=None):
    if temperature < 0:
        raise ValueError(f"temperature must not be negative, got {temperature}")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k must be at least 1, got {top_k}")
    if temperature == 0:
        return logits.argmax(-1)
    logits -= logits.amax(-1, keepdim=True)
    logits /= temperature
    if top_k is not None:
        kth = logits.topk(top_k, -1).values[..., -1:]
        logits[logits < kth] = -math.inf
    weights = torch.softmax(logits, -1)
    drawn = torch.multinomial(weights.reshape(-1, weights.shape[-1]), 1, generator=generator)
    return drawn.reshape(weights.shape[:-1])
