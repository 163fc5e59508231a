def generate(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    batch, n = tokens.shape
    out = torch.zeros(batch, n + n_new, dtype=tokens.dtype)
    out[:, :n] = tokens
    was = model.training
    try:
        model.eval()
        for i in range(n, n + n_new):
            with torch.no_grad():
                out[:, i] = sample_next(model(out[:, :i])[:, i - 1], temperature, top_k, generator)
    finally:
        if was:
            model.train()
    return out
