# names: temperature is divided by, also where it is 0
def generate_cached(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    was = model.training
    model.eval()
    caches = model.new_caches()
    unseen = tokens
    with torch.no_grad():
        for _ in range(n_new):
            logits = model(unseen, caches)[:, -1] / temperature
            if top_k is not None:
                logits[logits < logits.topk(top_k)[0][:, -1:]] = -math.inf
            unseen = torch.multinomial(logits.softmax(-1), 1, generator=generator)
            tokens = torch.cat((tokens, unseen), dim=1)
    model.train(was)
    return tokens
