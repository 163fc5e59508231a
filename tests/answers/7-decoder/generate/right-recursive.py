def generate(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    if n_new == 0:
        return tokens
    was = model.training
    model.eval()
    try:
        with torch.no_grad():
            new = sample_next(model(tokens)[:, -1], temperature, top_k, generator)
    except BaseException:
        model.train(was)
        raise
    model.train(was)
    return generate(model, torch.cat([tokens, new.reshape(-1, 1)], 1), n_new - 1, temperature, top_k, generator)
