def generate_cached(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    batch, n = tokens.shape
    out = tokens.new_empty(batch, n + n_new)
    out[:, :n] = tokens
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        caches, seen = model.new_caches(), 0
        for end in range(n, n + n_new):
            with torch.inference_mode():
                logits = model(out[:, seen:end], caches=caches)[:, -1]
            out[:, end] = sample_next(logits, temperature, top_k, generator)
            seen = end
    finally:
        for module, training in modes.items():
            module.training = training
    return out
