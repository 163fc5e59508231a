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
