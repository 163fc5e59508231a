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
