# --- right: data
def logit_lens(states, norm, unembed):
    return unembed(norm(states)).data


# --- right: decorator
@torch.no_grad()
def logit_lens(states, norm, unembed):
    return torch.stack([unembed(norm(level)) for level in states])


# --- right: detach
def logit_lens(states, norm, unembed):
    return unembed(norm(states.detach())).detach()


# --- right: eval and back
def logit_lens(states, norm, unembed):
    modules = [part for part in (norm, unembed) if isinstance(part, nn.Module)]
    modes = [module.training for module in modules]
    was_on = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    try:
        for module in modules:
            module.eval()
        return unembed(norm(states))
    finally:
        torch.set_grad_enabled(was_on)
        for module, mode in zip(modules, modes, strict=True):
            module.train(mode)


# --- right: inference mode
def logit_lens(states, norm, unembed):
    with torch.inference_mode():
        levels = [unembed(norm(x)) for x in states.unbind(0)]
        return torch.stack(levels, dim=0)


# --- right: no grad
def logit_lens(states, norm, unembed):
    with torch.no_grad():
        normed = norm(states)
        return unembed(normed)


# --- right: numpy
def logit_lens(states, norm, unembed):
    levels = [unembed(norm(level)).detach().numpy() for level in states]
    return torch.from_numpy(np.stack(levels))


# --- right: preallocated
def logit_lens(states, norm, unembed):
    logits = None
    with torch.no_grad():
        for level in range(states.shape[0]):
            here = unembed(norm(states[level]))
            if logits is None:
                logits = here.new_empty(len(states), *here.shape)
            logits[level] = here
    return logits


# --- right: vector by vector
def logit_lens(states, norm, unembed):
    vectors = states.reshape(-1, states.shape[-1])
    with torch.no_grad():
        logits = torch.stack([unembed(norm(vector)) for vector in vectors])
    return logits.reshape(*states.shape[:-1], -1)


# --- wrong: asks for weights
# names: may be functions
def logit_lens(states, norm, unembed):
    with torch.no_grad():
        return norm(states) @ unembed.weight.T + unembed.bias


# --- wrong: gradients on always
# names: gradients are on afterwards
def logit_lens(states, norm, unembed):
    torch.set_grad_enabled(False)
    logits = unembed(norm(states))
    torch.set_grad_enabled(True)
    return logits


# --- wrong: into states
# names: changes its argument states
def logit_lens(states, norm, unembed):
    with torch.no_grad():
        for i in range(len(states)):
            states[i] = norm(states[i])
        return unembed(states)


# --- wrong: leaves eval
# names: left in evaluation mode
def logit_lens(states, norm, unembed):
    for part in (norm, unembed):
        if isinstance(part, nn.Module):
            part.eval()
    with torch.no_grad():
        return unembed(norm(states))


# --- wrong: leaves gradients off
# names: gradients are switched off, and stay off
def logit_lens(states, norm, unembed):
    torch.set_grad_enabled(False)
    levels = []
    for level in states:
        levels.append(unembed(norm(level)))
    return torch.stack(levels)


# --- wrong: list of levels
# names: a list or an array comes back
def logit_lens(states, norm, unembed):
    with torch.no_grad():
        return [unembed(norm(level)) for level in states]


# --- wrong: no brackets
# names: no_grad needs its brackets
def logit_lens(states, norm, unembed):
    with torch.no_grad:
        return unembed(norm(states))


# --- wrong: three dimensions
# names: any number of dimensions
def logit_lens(states, norm, unembed):
    n_levels, n, d_model = states.shape
    with torch.no_grad():
        return unembed(norm(states))
