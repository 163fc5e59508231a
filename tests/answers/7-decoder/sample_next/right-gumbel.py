def sample_next(logits, temperature=1.0, top_k=None, generator=None):
    if temperature < 0:
        raise ValueError(f'temperature must not be negative, got {temperature}')
    if top_k is not None and top_k < 1:
        raise ValueError(f'top_k must be at least 1, got {top_k}')
    if temperature == 0:
        return logits.argmax(-1)
    scaled = logits / temperature
    if top_k is not None:
        kth = scaled.topk(top_k, -1).values[..., -1:]
        scaled = scaled.masked_fill(scaled < kth, -math.inf)
    u = torch.rand(scaled.shape, generator=generator, dtype=scaled.dtype).clamp(1e-20, 1 - 1e-7)
    return (scaled - torch.log(-torch.log(u))).argmax(-1)
