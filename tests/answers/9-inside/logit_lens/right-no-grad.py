def logit_lens(states, norm, unembed):
    with torch.no_grad():
        normed = norm(states)
        return unembed(normed)
