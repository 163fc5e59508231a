def logit_lens(states, norm, unembed):
    levels = [unembed(norm(level)).detach().numpy() for level in states]
    return torch.from_numpy(np.stack(levels))
