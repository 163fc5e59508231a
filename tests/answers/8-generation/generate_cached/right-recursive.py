def generate_cached(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    was = model.training
    model.eval()

    def go_on(unseen, caches, left):
        if left == 0:
            return []
        new = sample_next(model(unseen, caches)[..., -1, :].detach(), temperature, top_k, generator)[:, None]
        return [new, *go_on(new, caches, left - 1)]

    try:
        more = go_on(tokens, model.new_caches(), n_new)
    finally:
        if was:
            model.train()
    return torch.cat([tokens, *more], 1)
