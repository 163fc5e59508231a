# names: batch
def attention_entropy(weights):
    n, m = weights.shape
    return torch.stack([-torch.xlogy(weights[i], weights[i]).sum() for i in range(n)])
