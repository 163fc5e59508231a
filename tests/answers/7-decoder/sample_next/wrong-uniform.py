# names: equally likely
def sample_next(logits, temperature=1.0, top_k=None, generator=None):
    if temperature < 0:
        raise ValueError(f'temperature must not be negative, got {temperature}')
    if top_k is not None and top_k < 1:
        raise ValueError(f'top_k must be at least 1, got {top_k}')
    if temperature == 0:
        return logits.argmax(-1)
    scaled = logits / temperature
    return torch.randint(logits.shape[-1], logits.shape[:-1], generator=generator)
