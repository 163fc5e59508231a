def logit_lens(states, norm, unembed):
    return unembed(norm(states.detach())).detach()
