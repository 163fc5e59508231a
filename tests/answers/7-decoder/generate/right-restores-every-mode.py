@torch.inference_mode()
def generate(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    modes = {m: m.training for m in model.modules()}
    model.eval()
    try:
        out = tokens.clone()
        for step in range(n_new):
            logits = model(out)
            nxt = sample_next(logits[..., -1, :], temperature=temperature, top_k=top_k, generator=generator)
            out = torch.cat((out, nxt.unsqueeze(-1)), dim=-1)
        return out
    finally:
        for m, t in modes.items():
            m.training = t
