# names: one token is drawn for all rows
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
    p = torch.softmax(scaled, -1).reshape(-1, logits.shape[-1])
    one = torch.multinomial(p[0], 1, generator=generator)
    return one.expand(len(p)).reshape(logits.shape[:-1])
