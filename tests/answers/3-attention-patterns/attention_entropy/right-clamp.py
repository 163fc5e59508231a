def attention_entropy(weights):
    return -(weights * weights.clamp(min=1e-12).log()).sum(-1)
