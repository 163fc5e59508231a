def attention_entropy(weights):
    return torch.distributions.Categorical(probs=weights, validate_args=False).entropy()
