def logit_lens(states, norm, unembed):
    logits = None
    with torch.no_grad():
        for level in range(states.shape[0]):
            here = unembed(norm(states[level]))
            if logits is None:
                logits = here.new_empty(len(states), *here.shape)
            logits[level] = here
    return logits
