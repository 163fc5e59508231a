def _stream(model, unseen, n_new, *how):
    caches = model.new_caches()
    for step in range(n_new):
        new = sample_next(model(unseen, caches)[:, -1], *how)
        yield new
        unseen = new.unsqueeze(1)


def generate_cached(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    before = model.training
    model.eval()
    try:
        with torch.no_grad():
            more = list(_stream(model, tokens, n_new, temperature, top_k, generator))
    finally:
        model.train(before)
    return torch.stack([*tokens.T, *more]).T
