def attention_entropy(weights):
    logs = torch.nan_to_num(torch.log(weights), neginf=0.0)
    return -torch.einsum('...k,...k->...', weights, logs)
