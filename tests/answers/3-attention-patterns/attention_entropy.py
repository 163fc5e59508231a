# --- right: categorical
def attention_entropy(weights):
    return torch.distributions.Categorical(probs=weights, validate_args=False).entropy()


# --- right: clamp
def attention_entropy(weights):
    return -(weights * weights.clamp(min=1e-12).log()).sum(-1)


# --- right: einsum
def attention_entropy(weights):
    logs = torch.nan_to_num(torch.log(weights), neginf=0.0)
    return -torch.einsum('...k,...k->...', weights, logs)


# --- right: entr
def attention_entropy(weights):
    return torch.special.entr(weights).sum(dim=-1)


# --- right: loop
def attention_entropy(weights):
    flat = weights.reshape(-1, weights.shape[-1])
    out = []
    for row in flat:
        total = 0.0
        for w in row.tolist():
            if w > 0:
                total -= w * math.log(w)
        out.append(total)
    return torch.tensor(out, dtype=weights.dtype).reshape(weights.shape[:-1])


# --- right: nansum
def attention_entropy(weights):
    return torch.nansum(-weights * torch.log(weights), dim=-1)


# --- right: numpy
def attention_entropy(weights):
    w = weights.detach().numpy()
    logs = np.zeros_like(w)
    np.log(w, out=logs, where=w > 0)
    return torch.from_numpy(np.asarray(-(w * logs).sum(axis=-1)))


# --- right: where
def attention_entropy(weights):
    log = torch.where(weights > 0, weights, torch.ones_like(weights)).log()
    return -(weights * log).sum(-1)


# --- wrong: clamp large
# names: or a clamp
def attention_entropy(weights):
    return -(weights * weights.clamp(min=0.02, max=0.98).log()).sum(-1)


# --- wrong: in place
# names: changes its argument weights
def attention_entropy(weights):
    weights[weights == 0] = 1
    return -(weights * weights.log()).sum(-1)


# --- wrong: item
# names: single number
def attention_entropy(weights):
    total = 0.0
    for k in range(weights.shape[-1]):
        w = weights[..., k]
        total += -torch.xlogy(w, w).item()
    return torch.tensor(total, dtype=weights.dtype)


# --- wrong: list
# names: Python list
def attention_entropy(weights):
    def entropy(x):
        if isinstance(x[0], list):
            return [entropy(row) for row in x]
        return -sum(w * math.log(w) for w in x if w > 0)

    result = entropy(weights.tolist())
    return result if isinstance(result, list) else torch.tensor(result, dtype=weights.dtype)


# --- wrong: nan
# names: NaN or infinity comes back
def attention_entropy(weights):
    return -(weights * weights.log()).sum(-1)


# --- wrong: over queries
# names: runs over queries
def attention_entropy(weights):
    return -torch.xlogy(weights, weights).sum(-2 if weights.dim() > 1 else -1)


# --- wrong: squares
# names: the logarithm is missing
def attention_entropy(weights):
    return -(weights * weights).sum(-1)


# --- wrong: two dims only
# names: batch
def attention_entropy(weights):
    n, m = weights.shape
    return torch.stack([-torch.xlogy(weights[i], weights[i]).sum() for i in range(n)])
