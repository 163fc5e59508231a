def logit_lens(states, norm, unembed):
    vectors = states.reshape(-1, states.shape[-1])
    with torch.no_grad():
        logits = torch.stack([unembed(norm(vector)) for vector in vectors])
    return logits.reshape(*states.shape[:-1], -1)
