def training_step(model, optimizer, tokens, max_norm=1.0):
    """The gradients are asked for, and put where the optimizer looks for them."""
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    model.train()
    loss = next_token_loss(model(tokens), tokens)
    gradients = torch.autograd.grad(loss, weights, allow_unused=True)
    norm = torch.stack([g.norm() for g in gradients if g is not None]).norm()
    factor = (max_norm / norm).clamp(max=1.0)
    for weight, gradient in zip(weights, gradients):
        weight.grad = None if gradient is None else factor * gradient
    optimizer.step()
    return loss.item()
