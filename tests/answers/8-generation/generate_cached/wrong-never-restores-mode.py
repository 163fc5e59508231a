# names: left in eval mode
def generate_cached(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    model.eval()
    caches = model.new_caches()
    unseen = tokens
    with torch.no_grad():
        for _ in range(n_new):
            unseen = sample_next(model(unseen, caches)[:, -1], temperature, top_k, generator)[:, None]
            tokens = torch.cat((tokens, unseen), dim=1)
    return tokens
