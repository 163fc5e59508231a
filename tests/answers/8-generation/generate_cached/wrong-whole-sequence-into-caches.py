# names: have seen go through the model again
def generate_cached(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    was = model.training
    model.eval()
    caches = model.new_caches()
    with torch.no_grad():
        model(tokens, caches)
        for _ in range(n_new):
            logits = model(tokens, caches)[:, -1]
            tokens = torch.cat((tokens, sample_next(logits, temperature, top_k, generator)[:, None]), 1)
    model.train(was)
    return tokens
