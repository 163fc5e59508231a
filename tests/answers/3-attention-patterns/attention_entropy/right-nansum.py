def attention_entropy(weights):
    return torch.nansum(-weights * torch.log(weights), dim=-1)
