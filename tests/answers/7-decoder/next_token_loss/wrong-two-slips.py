# names: no shift
def next_token_loss(logits, tokens):
    if tokens.shape[-1] < 2:
        raise ValueError("tokens: n must be at least 2")
    rows = logits.reshape(-1, logits.shape[-1])
    return F.cross_entropy(rows, tokens.reshape(-1), reduction="sum") / math.log(2)
