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
