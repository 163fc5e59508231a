# --- right: autograd
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


# --- right: by hand
def training_step(model, optimizer, tokens, max_norm=1.0):
    model.train(True)
    loss = next_token_loss(model(tokens), tokens)
    model.zero_grad(set_to_none=False)
    loss.backward()
    squares = 0.0
    for weight in model.parameters():
        if weight.grad is not None:
            squares += float((weight.grad**2).sum())
    if math.sqrt(squares) > max_norm:
        for weight in model.parameters():
            if weight.grad is not None:
                weight.grad *= max_norm / math.sqrt(squares)
    optimizer.step()
    return loss.item()


# --- right: closure
def training_step(model, optimizer, tokens, max_norm=1.0):
    def closure():
        optimizer.zero_grad()
        loss = next_token_loss(model(tokens), tokens)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        return loss

    model.train()
    return optimizer.step(closure).item()


# --- right: loss scaled
def training_step(model, optimizer, tokens, max_norm=1.0):
    """One sequence after the other, so that a large batch needs little memory."""
    model.train()
    optimizer.zero_grad()
    losses = []
    for sequence in tokens:
        loss = next_token_loss(model(sequence[None]), sequence[None])
        (loss / len(tokens)).backward()
        losses.append(loss.item())
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return sum(losses) / len(losses)


# --- right: plain
def training_step(model, optimizer, tokens, max_norm=1.0):
    model.train()
    optimizer.zero_grad()
    loss = next_token_loss(model(tokens), tokens)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item()


# --- right: shorter input
def training_step(model, optimizer, tokens, max_norm=1.0):
    if tokens.shape[1] < 2:
        raise ValueError(f"tokens has {tokens.shape[1]} positions; a prediction needs 2")
    model.train()
    logits = model(tokens[:, :-1])
    loss = F.cross_entropy(logits.transpose(1, 2), tokens[:, 1:])
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_([p for group in optimizer.param_groups for p in group["params"]], max_norm)
    optimizer.step()
    return loss.item()


# --- right: zero after
def training_step(model, optimizer, tokens, max_norm=1.0):
    was_training = model.training
    model.train()
    loss = next_token_loss(model(tokens), tokens)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    for weight in model.parameters():
        weight.grad = None
    model.train(was_training)
    return float(loss)


# --- wrong: each parameter
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


# --- wrong: item early
# names: can't be followed back
def training_step(model, optimizer, tokens, max_norm=1.0):
    model.train()
    optimizer.zero_grad()
    loss = next_token_loss(model(tokens), tokens).item()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss


# --- wrong: loss and norm
# names: something else than a number comes back
def training_step(model, optimizer, tokens, max_norm=1.0):
    model.train()
    optimizer.zero_grad()
    loss = next_token_loss(model(tokens), tokens)
    loss.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item(), norm.item()


# --- wrong: no grad
# names: can't be followed back
def training_step(model, optimizer, tokens, max_norm=1.0):
    model.train()
    optimizer.zero_grad()
    with torch.no_grad():
        logits = model(tokens)
    loss = next_token_loss(logits, tokens)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item()


# --- wrong: none gradient
# names: without a gradient
def training_step(model, optimizer, tokens, max_norm=1.0):
    model.train()
    optimizer.zero_grad()
    loss = next_token_loss(model(tokens), tokens)
    loss.backward()
    norm = torch.cat([p.grad.flatten() for p in model.parameters()]).norm()
    for p in model.parameters():
        p.grad *= min(1.0, max_norm / norm)
    optimizer.step()
    return loss.item()


# --- wrong: own sgd
# names: the optimizer that is given makes no step
def training_step(model, optimizer, tokens, max_norm=1.0):
    model.train()
    model.zero_grad()
    loss = next_token_loss(model(tokens), tokens)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    with torch.no_grad():
        for group in optimizer.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p -= group["lr"] * p.grad
    return loss.item()


# --- wrong: shift twice
# names: the shift is made twice
def training_step(model, optimizer, tokens, max_norm=1.0):
    inputs, targets = tokens[:, :-1], tokens[:, 1:]
    model.train()
    loss = next_token_loss(model(inputs), targets)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item()


# --- wrong: step each sequence
# names: more than one step a call
def training_step(model, optimizer, tokens, max_norm=1.0):
    model.train()
    losses = []
    for sequence in tokens:
        optimizer.zero_grad()
        loss = next_token_loss(model(sequence), sequence)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        losses.append(loss.item())
    return sum(losses) / len(losses)
