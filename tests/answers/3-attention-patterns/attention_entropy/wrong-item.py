# names: single number
def attention_entropy(weights):
    total = 0.0
    for k in range(weights.shape[-1]):
        w = weights[..., k]
        total += -torch.xlogy(w, w).item()
    return torch.tensor(total, dtype=weights.dtype)
