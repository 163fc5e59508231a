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
