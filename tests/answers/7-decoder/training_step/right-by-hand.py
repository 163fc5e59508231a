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
