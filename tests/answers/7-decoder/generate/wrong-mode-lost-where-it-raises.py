# names: where the model raises
def generate(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    training, columns = model.training, list(tokens.unbind(1))
    model.eval()
    while len(columns) < tokens.shape[1] + n_new:
        so_far = torch.stack(columns, dim=1)
        columns.append(sample_next(model(so_far).detach()[..., -1, :], temperature, top_k, generator))
    model.train(training)
    return torch.stack(columns, dim=1)
