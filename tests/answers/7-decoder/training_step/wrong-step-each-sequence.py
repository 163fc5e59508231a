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
