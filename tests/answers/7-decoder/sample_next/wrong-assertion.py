# names: AssertionError instead of ValueError
def sample_next(logits, temperature=1.0, top_k=None, generator=None):
    assert temperature >= 0, 'temperature'
    assert top_k is None or top_k >= 1, 'top_k'
    if temperature == 0:
        return logits.argmax(-1)
    scaled = logits / temperature
    if top_k is not None:
        kth = scaled.topk(top_k, -1).values[..., -1:]
        scaled = scaled.masked_fill(scaled < kth, -math.inf)
    p = torch.softmax(scaled, -1)
    flat = torch.multinomial(p.reshape(-1, p.shape[-1]), 1, generator=generator)
    return flat.reshape(logits.shape[:-1])
