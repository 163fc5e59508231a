# names: runs in the mode in which it is found
def generate(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    with torch.no_grad():
        for i in range(n_new):
            logits = model(tokens)[:, -1]
            new = sample_next(logits, temperature, top_k, generator)
            tokens = torch.cat((tokens, new[:, None]), dim=1)
    return tokens
