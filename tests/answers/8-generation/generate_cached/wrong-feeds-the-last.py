# names: last new token
def generate_cached(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    was = model.training
    model.eval()
    caches = model.new_caches()
    with torch.no_grad():
        logits = model(tokens, caches)[:, -1]
        for _ in range(n_new):
            new = sample_next(logits, temperature, top_k, generator)[:, None]
            tokens = torch.cat((tokens, new), dim=1)
            logits = model(new, caches)[:, -1]
    model.train(was)
    return tokens
