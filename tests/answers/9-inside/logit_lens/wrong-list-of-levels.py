# names: a list comes back
def logit_lens(states, norm, unembed):
    with torch.no_grad():
        return [unembed(norm(level)) for level in states]
