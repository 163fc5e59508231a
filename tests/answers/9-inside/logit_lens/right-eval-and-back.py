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
