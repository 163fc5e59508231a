# names: each parameter is cut by itself
def training_step(model, optimizer, tokens, max_norm=1.0):
    model.train()
    loss = next_token_loss(model(tokens), tokens)
    optimizer.zero_grad()
    loss.backward()
    for p in model.parameters():
        if p.grad is not None and p.grad.norm() > max_norm:
            p.grad.div_(p.grad.norm() / max_norm)
    optimizer.step()
    return loss.item()
