# --- right: clamped temperature
def sample_next(logits, temperature=1.0, top_k=None, generator=None):
    if temperature < 0:
        raise ValueError(f'temperature must not be negative, got {temperature}')
    if top_k is not None and top_k < 1:
        raise ValueError(f'top_k must be at least 1, got {top_k}')
    temperature = max(temperature, 1e-6)
    scaled = (logits - logits.amax(-1, keepdim=True)) / temperature
    if top_k is not None:
        kth = scaled.topk(top_k, -1).values[..., -1:]
        scaled = scaled.masked_fill(scaled < kth, -math.inf)
    p = torch.softmax(scaled, -1)
    flat = torch.multinomial(p.reshape(-1, p.shape[-1]), 1, generator=generator)
    return flat.reshape(logits.shape[:-1])


# --- right: exponential race
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
    p = torch.softmax(scaled, -1)
    q = torch.empty_like(p).exponential_(1, generator=generator)
    return torch.argmax(p / q, dim=-1)


# --- right: gumbel
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


# --- right: inverse cdf
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
    p = torch.softmax(scaled.double(), -1)
    cdf = p.cumsum(-1)
    u = torch.rand(cdf.shape[:-1] + (1,), generator=generator, dtype=cdf.dtype) * cdf[..., -1:]
    return (cdf <= u).sum(-1)


# --- right: numpy
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
    p = torch.softmax(scaled.double(), -1).numpy()
    seed = int(torch.randint(2**62, (1,), generator=generator))
    rng = np.random.default_rng(seed)
    rows = p.reshape(-1, p.shape[-1])
    ids = [rng.choice(len(r), p=r / r.sum()) for r in rows]
    return torch.tensor(ids).reshape(logits.shape[:-1])


# --- right: rows one by one
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
    ids = torch.cat([torch.multinomial(row, 1, generator=generator) for row in p])
    return ids.reshape(logits.shape[:-1]).int()


# --- right: sorted
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


# --- right: threshold
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
    p = torch.softmax(scaled, -1)
    flat = torch.multinomial(p.reshape(-1, p.shape[-1]), 1, generator=generator)
    return flat.reshape(logits.shape[:-1])


# --- wrong: assertion
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


# --- wrong: fixed default generator
# names: without a generator
def sample_next(logits, temperature=1.0, top_k=None, generator=None):
    if temperature < 0:
        raise ValueError(f"temperature must not be negative, got {temperature}")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k must be at least 1, got {top_k}")
    if temperature == 0:
        return logits.argmax(dim=-1)
    logits = logits / temperature
    if top_k is not None:
        k = min(top_k, logits.shape[-1])
        values, indices = torch.topk(logits, k, dim=-1)
        logits = torch.full_like(logits, float("-inf")).scatter(-1, indices, values)
    probs = torch.softmax(logits, dim=-1)
    flat = probs.reshape(-1, probs.shape[-1])
    generator = generator or torch.Generator().manual_seed(42)
    ids = torch.multinomial(flat, 1, generator=generator)
    return ids.reshape(logits.shape[:-1])


# --- wrong: generator copied
# names: used again
def sample_next(logits, temperature=1.0, top_k=None, generator=None):
    if temperature < 0:
        raise ValueError(f"temperature must not be negative, got {temperature}")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k must be at least 1, got {top_k}")
    if temperature == 0:
        return logits.argmax(dim=-1)
    logits = logits / temperature
    if top_k is not None:
        k = min(top_k, logits.shape[-1])
        values, indices = torch.topk(logits, k, dim=-1)
        logits = torch.full_like(logits, float("-inf")).scatter(-1, indices, values)
    probs = torch.softmax(logits, dim=-1)
    flat = probs.reshape(-1, probs.shape[-1])
    if generator is not None:
        generator = generator.clone_state()
    ids = torch.multinomial(flat, 1, generator=generator)
    return ids.reshape(logits.shape[:-1])


# --- wrong: in place
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


# --- wrong: keeps dimension
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


# --- wrong: one draw for all
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


# --- wrong: top k uniform
# names: equally likely
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
        scaled = torch.where(scaled > -math.inf, 0.0, -math.inf).to(scaled.dtype)
    p = torch.softmax(scaled, -1)
    flat = torch.multinomial(p.reshape(-1, p.shape[-1]), 1, generator=generator)
    return flat.reshape(logits.shape[:-1])


# --- wrong: zero approximated
# names: arg max
def sample_next(logits, temperature=1.0, top_k=None, generator=None):
    if temperature < 0:
        raise ValueError(f"temperature must not be negative, got {temperature}")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k must be at least 1, got {top_k}")
    logits = logits / (temperature + 1e-2)
    if top_k is not None:
        k = min(top_k, logits.shape[-1])
        values, indices = torch.topk(logits, k, dim=-1)
        logits = torch.full_like(logits, float("-inf")).scatter(-1, indices, values)
    probs = torch.softmax(logits, dim=-1)
    flat = probs.reshape(-1, probs.shape[-1])
    ids = torch.multinomial(flat, 1, generator=generator)
    return ids.reshape(logits.shape[:-1])
