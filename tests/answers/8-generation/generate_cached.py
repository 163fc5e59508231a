# --- right: context manager
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


# --- right: generator function
def _stream(model, unseen, n_new, *how):
    caches = model.new_caches()
    for step in range(n_new):
        new = sample_next(model(unseen, caches)[:, -1], *how)
        yield new
        unseen = new.unsqueeze(1)


def generate_cached(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    before = model.training
    model.eval()
    try:
        with torch.no_grad():
            more = list(_stream(model, tokens, n_new, temperature, top_k, generator))
    finally:
        model.train(before)
    return torch.stack([*tokens.T, *more]).T


# --- right: preallocated
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


# --- right: prefill before the loop
def generate_cached(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    if n_new == 0:
        return tokens
    mode = model.training
    model.eval()
    new = []
    try:
        with torch.no_grad():
            caches = model.new_caches()
            logits = model(tokens, caches)
            new.append(sample_next(logits[:, -1, :], temperature, top_k, generator))
            while len(new) < n_new:
                logits = model(new[-1].unsqueeze(-1), caches)
                new.append(sample_next(logits[:, -1, :], temperature, top_k, generator))
    finally:
        model.train(mode)
    return torch.cat((tokens, torch.stack(new, dim=1)), dim=1)


# --- right: recursive
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


# --- right: what n seen says
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


# --- wrong: feeds the last
# names: last new token
def generate_cached(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    was = model.training
    model.eval()
    caches = model.new_caches()
    with torch.no_grad():
        logits = model(tokens, caches)[:, -1]
        for _ in range(n_new):
            new = sample_next(logits, temperature, top_k, generator)[:, None]
            tokens = torch.cat((tokens, new), dim=1)
            logits = model(new, caches)[:, -1]
    model.train(was)
    return tokens


# --- wrong: forged caches
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


# --- wrong: leaves mode alone
# names: evaluation mode
def generate_cached(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    caches = model.new_caches()
    given = tokens
    for i in range(n_new):
        with torch.no_grad():
            last = model(given, caches)[:, -1]
        given = sample_next(last, temperature, top_k, generator)[:, None]
        tokens = torch.hstack((tokens, given))
    return tokens


# --- wrong: multinomial only
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


# --- wrong: never restores mode
# names: left in eval mode
def generate_cached(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    model.eval()
    caches = model.new_caches()
    unseen = tokens
    with torch.no_grad():
        for _ in range(n_new):
            unseen = sample_next(model(unseen, caches)[:, -1], temperature, top_k, generator)[:, None]
            tokens = torch.cat((tokens, unseen), dim=1)
    return tokens


# --- wrong: own caches
# names: the list that model\.new_caches\(\) gave
def generate_cached(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    was = model.training
    model.eval()
    caches = [KVCache() for _ in range(2)]
    unseen = tokens
    with torch.no_grad():
        for _ in range(n_new):
            unseen = sample_next(model(unseen, caches)[:, -1], temperature, top_k, generator)[:, None]
            tokens = torch.cat((tokens, unseen), dim=1)
    model.train(was)
    return tokens


# --- wrong: token by token
# names: token by token
def generate_cached(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    was = model.training
    model.eval()
    caches = model.new_caches()
    out, position = tokens, 0
    with torch.no_grad():
        while out.shape[1] < tokens.shape[1] + n_new:
            logits = model(out[:, position : position + 1], caches)[:, -1]
            position += 1
            if position == out.shape[1]:
                new = sample_next(logits, temperature, top_k, generator)
                out = torch.cat((out, new[:, None]), dim=1)
    model.train(was)
    return out


# --- wrong: whole sequence into caches
# names: have seen go through the model again
def generate_cached(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    was = model.training
    model.eval()
    caches = model.new_caches()
    with torch.no_grad():
        model(tokens, caches)
        for _ in range(n_new):
            logits = model(tokens, caches)[:, -1]
            tokens = torch.cat((tokens, sample_next(logits, temperature, top_k, generator)[:, None]), 1)
    model.train(was)
    return tokens
