# names: number of leading dimensions
def next_token_loss(logits, tokens):
    if len(tokens) < 2:
        raise ValueError("tokens: n must be at least 2")
    loss = 0
    for i in range(len(tokens) - 1):
        loss = loss - torch.log_softmax(logits[i], dim=-1)[tokens[i + 1]]
    return loss / (len(tokens) - 1)
