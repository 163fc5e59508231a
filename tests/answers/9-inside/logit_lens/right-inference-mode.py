def logit_lens(states, norm, unembed):
    with torch.inference_mode():
        levels = [unembed(norm(x)) for x in states.unbind(0)]
        return torch.stack(levels, dim=0)
