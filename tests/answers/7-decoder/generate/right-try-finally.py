def generate(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    mode = model.training
    try:
        model.train(False)
        for _ in range(n_new):
            with torch.inference_mode():
                logits = model(tokens)
            ids = sample_next(logits[:, -1, :], temperature=temperature, top_k=top_k, generator=generator)
            tokens = torch.hstack([tokens, ids.unsqueeze(-1)])
    finally:
        model.train(mode)
    return tokens
