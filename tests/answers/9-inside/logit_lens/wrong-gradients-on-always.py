# names: gradients are on afterwards
def logit_lens(states, norm, unembed):
    torch.set_grad_enabled(False)
    logits = unembed(norm(states))
    torch.set_grad_enabled(True)
    return logits
