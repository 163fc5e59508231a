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
