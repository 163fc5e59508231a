# names: last dimension is kept
def sample_next(logits, temperature=1.0, top_k=None, generator=None):
    if temperature < 0:
        raise ValueError(f'temperature must not be negative, got {temperature}')
    if top_k is not None and top_k < 1:
        raise ValueError(f'top_k must be at least 1, got {top_k}')
    if temperature == 0:
        return logits.argmax(-1, keepdim=True)
    scaled = logits / temperature
    if top_k is not None:
        kth = scaled.topk(top_k, -1).values[..., -1:]
        scaled = scaled.masked_fill(scaled < kth, -math.inf)
    p = torch.softmax(scaled, -1)
    flat = torch.multinomial(p.reshape(-1, p.shape[-1]), 1, generator=generator)
    return flat.reshape(*logits.shape[:-1], 1)
