# names: gradients are switched off, and stay off
def logit_lens(states, norm, unembed):
    torch.set_grad_enabled(False)
    levels = []
    for level in states:
        levels.append(unembed(norm(level)))
    return torch.stack(levels)
