# names: could follow the logits back
def logit_lens(states, norm, unembed):
    return torch.stack([unembed(norm(level)) for level in states])
