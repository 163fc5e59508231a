# names: the norm is applied to the last level only
def logit_lens(states, norm, unembed):
    levels = []
    with torch.no_grad():
        for level in range(len(states)):
            x = states[level]
            if level == len(states) - 1:
                x = norm(x)
            levels.append(unembed(x))
    return torch.stack(levels)
