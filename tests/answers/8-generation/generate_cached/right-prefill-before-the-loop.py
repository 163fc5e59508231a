def generate_cached(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    if n_new == 0:
        return tokens
    mode = model.training
    model.eval()
    new = []
    try:
        with torch.no_grad():
            caches = model.new_caches()
            logits = model(tokens, caches)
            new.append(sample_next(logits[:, -1, :], temperature, top_k, generator))
            while len(new) < n_new:
                logits = model(new[-1].unsqueeze(-1), caches)
                new.append(sample_next(logits[:, -1, :], temperature, top_k, generator))
    finally:
        model.train(mode)
    return torch.cat((tokens, torch.stack(new, dim=1)), dim=1)
