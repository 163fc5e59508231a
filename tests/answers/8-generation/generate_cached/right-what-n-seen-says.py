@torch.no_grad()
def generate_cached(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    was_training = model.training
    model.train(False)
    try:
        caches = model.new_caches()
        for _ in range(n_new):
            unseen = tokens[:, caches[0].n_seen :]
            logits = model(unseen, caches)
            drawn = sample_next(logits[:, -1], temperature=temperature, top_k=top_k, generator=generator)
            tokens = torch.cat([tokens, drawn.view(-1, 1)], dim=-1)
    except Exception:
        model.train(was_training)
        raise
    model.train(was_training)
    return tokens
