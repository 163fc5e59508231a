# names: evaluation mode
def generate_cached(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    caches = model.new_caches()
    given = tokens
    for i in range(n_new):
        with torch.no_grad():
            last = model(given, caches)[:, -1]
        given = sample_next(last, temperature, top_k, generator)[:, None]
        tokens = torch.hstack((tokens, given))
    return tokens
