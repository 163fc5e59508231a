def attention_entropy(weights):
    w = weights.detach().numpy()
    logs = np.zeros_like(w)
    np.log(w, out=logs, where=w > 0)
    return torch.from_numpy(np.asarray(-(w * logs).sum(axis=-1)))
