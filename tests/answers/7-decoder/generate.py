# --- right: column list
def generate(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    training, columns = model.training, list(tokens.unbind(1))
    model.eval()
    try:
        while len(columns) < tokens.shape[1] + n_new:
            so_far = torch.stack(columns, dim=1)
            columns.append(sample_next(model(so_far).detach()[..., -1, :], temperature, top_k, generator))
    finally:
        model.train(training)
    return torch.stack(columns, dim=1)


# --- right: decorated
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


# --- right: preallocated
def generate(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    batch, n = tokens.shape
    out = torch.zeros(batch, n + n_new, dtype=tokens.dtype)
    out[:, :n] = tokens
    was = model.training
    try:
        model.eval()
        for i in range(n, n + n_new):
            with torch.no_grad():
                out[:, i] = sample_next(model(out[:, :i])[:, i - 1], temperature, top_k, generator)
    finally:
        if was:
            model.train()
    return out


# --- right: recursive
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


# --- right: restores every mode
@torch.inference_mode()
def generate(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    modes = {m: m.training for m in model.modules()}
    model.eval()
    try:
        out = tokens.clone()
        for step in range(n_new):
            logits = model(out)
            nxt = sample_next(logits[..., -1, :], temperature=temperature, top_k=top_k, generator=generator)
            out = torch.cat((out, nxt.unsqueeze(-1)), dim=-1)
        return out
    finally:
        for m, t in modes.items():
            m.training = t


# --- right: row by row
def generate(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    was = model.training
    model.eval()
    rows = []
    try:
        with torch.no_grad():
            for row in tokens:
                row = row[None]
                for _ in range(n_new):
                    row = torch.cat((row, sample_next(model(row)[:, -1], temperature, top_k, generator)[:, None]), 1)
                rows.append(row)
    finally:
        model.train(was)
    return torch.cat(rows)


# --- right: try finally
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


# --- wrong: all at once
# names: only the prompt each time
def generate(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        for i in range(min(1, n_new)):
            logits = model(tokens)[:, -1]
            new = torch.stack([sample_next(logits, temperature, top_k, generator) for _ in range(n_new)], 1)
            tokens = torch.cat((tokens, new), dim=1)
    model.train(was_training)
    return tokens


# --- wrong: always training
# names: training mode
def generate(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        for i in range(n_new):
            logits = model(tokens)[:, -1]
            new = sample_next(logits, temperature, top_k, generator)
            tokens = torch.cat((tokens, new[:, None]), dim=1)
    model.train()
    return tokens


# --- wrong: generator dropped
# names: generator is ignored
def generate(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        for i in range(n_new):
            logits = model(tokens)[:, -1]
            new = sample_next(logits, temperature, top_k)
            tokens = torch.cat((tokens, new[:, None]), dim=1)
    model.train(was_training)
    return tokens


# --- wrong: last sequence
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


# --- wrong: leaves mode alone
# names: runs in the mode in which it is found
def generate(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    with torch.no_grad():
        for i in range(n_new):
            logits = model(tokens)[:, -1]
            new = sample_next(logits, temperature, top_k, generator)
            tokens = torch.cat((tokens, new[:, None]), dim=1)
    return tokens


# --- wrong: mode lost where it raises
# names: where the model raises
def generate(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    training, columns = model.training, list(tokens.unbind(1))
    model.eval()
    while len(columns) < tokens.shape[1] + n_new:
        so_far = torch.stack(columns, dim=1)
        columns.append(sample_next(model(so_far).detach()[..., -1, :], temperature, top_k, generator))
    model.train(training)
    return torch.stack(columns, dim=1)


# --- wrong: no unsqueeze
# names: new token has shape \(batch,\)
def generate(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        for i in range(n_new):
            logits = model(tokens)[:, -1]
            new = sample_next(logits, temperature, top_k, generator)
            tokens = torch.cat((tokens, new), dim=1)
    model.train(was_training)
    return tokens


# --- wrong: seeded in loop
# names: seeded anew
def generate(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    seed = generator.initial_seed() if generator else 0
    was_training = model.training
    model.eval()
    with torch.no_grad():
        for i in range(n_new):
            logits = model(tokens)[:, -1]
            if generator is not None:
                generator.manual_seed(seed)
            new = sample_next(logits, temperature, top_k, generator)
            tokens = torch.cat((tokens, new[:, None]), dim=1)
    model.train(was_training)
    return tokens
