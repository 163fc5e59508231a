# names: may be functions
def logit_lens(states, norm, unembed):
    with torch.no_grad():
        return norm(states) @ unembed.weight.T + unembed.bias
