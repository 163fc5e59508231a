def sample_next(logits, temperature=1.0, top_k=None, generator=None):
    if temperature < 0:
        raise ValueError(f'temperature must not be negative, got {temperature}')
    if top_k is not None and top_k < 1:
        raise ValueError(f'top_k must be at least 1, got {top_k}')
    if temperature == 0:
        return logits.argmax(-1)
    scaled = logits / temperature

    order = torch.argsort(scaled, dim=-1, descending=True)
    k = scaled.shape[-1] if top_k is None else min(top_k, scaled.shape[-1])
    order = order[..., :k]
    p = torch.softmax(scaled.gather(-1, order), -1)
    pick = torch.multinomial(p.flatten(0, -2) if p.dim() > 1 else p, 1, generator=generator)
    pick = pick.reshape(p.shape[:-1] + (1,))
    return order.gather(-1, pick).squeeze(-1)
