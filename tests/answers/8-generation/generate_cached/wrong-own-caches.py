# names: the list that model\.new_caches\(\) gave
def generate_cached(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    was = model.training
    model.eval()
    caches = [KVCache() for _ in range(2)]
    unseen = tokens
    with torch.no_grad():
        for _ in range(n_new):
            unseen = sample_next(model(unseen, caches)[:, -1], temperature, top_k, generator)[:, None]
            tokens = torch.cat((tokens, unseen), dim=1)
    model.train(was)
    return tokens
