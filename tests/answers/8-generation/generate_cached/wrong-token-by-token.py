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
