# names: window of fixed length
def generate(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    n = tokens.shape[1]
    was_training = model.training
    model.eval()
    with torch.no_grad():
        for i in range(n_new):
            logits = model(tokens[:, -n:])[:, -1]
            new = sample_next(logits, temperature, top_k, generator)
            tokens = torch.cat((tokens, new[:, None]), dim=1)
    model.train(was_training)
    return tokens
