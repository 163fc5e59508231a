# names: or a clamp
def attention_entropy(weights):
    return -(weights * weights.clamp(min=0.02, max=0.98).log()).sum(-1)
