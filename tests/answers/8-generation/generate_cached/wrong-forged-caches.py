# names: the list that model\.new_caches\(\) gave
class Forged:
    def __init__(self, model):
        self._maker, self.n_seen, self._total = model, 0, torch.zeros((), dtype=torch.long)

    def _see(self, n, total):
        self.n_seen, self._total = self.n_seen + n, total


def generate_cached(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    was_training = model.training
    model.eval()
    caches, given = [Forged(model)], tokens
    try:
        for _ in range(n_new):
            logits = model(given, caches)[:, -1]
            given = sample_next(logits, temperature, top_k, generator)[:, None]
            tokens = torch.cat((tokens, given), dim=1)
    finally:
        model.train(was_training)
    return tokens
