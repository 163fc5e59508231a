import contextlib


@contextlib.contextmanager
def evaluating(model):
    was_training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(was_training)


@torch.no_grad()
def generate(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    with evaluating(model):
        for i in range(n_new):
            logits = model(tokens)[:, -1]
            new = sample_next(logits, temperature, top_k, generator)
            tokens = torch.cat((tokens, new[:, None]), dim=1)
    return tokens
