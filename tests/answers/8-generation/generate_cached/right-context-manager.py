from contextlib import contextmanager


@contextmanager
def evaluating(model):
    was_training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(was_training)


def generate_cached(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    caches, unseen = model.new_caches(), tokens
    with evaluating(model), torch.inference_mode():
        for _ in range(n_new):
            logits = model(unseen, caches)[:, -1]
            unseen = sample_next(logits, temperature, top_k, generator)[:, None]
            tokens = torch.cat((tokens, unseen), dim=1)
    return tokens.clone()
