# names: last sequence of the batch
def generate(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    mode = model.training
    model.eval()
    try:
        for _ in range(n_new):
            with torch.no_grad():
                logits = model(tokens)[-1]
            ids = sample_next(logits, temperature=temperature, top_k=top_k, generator=generator)
            tokens = torch.hstack([tokens, ids.reshape(-1, 1)])
    finally:
        model.train(mode)
    return tokens
