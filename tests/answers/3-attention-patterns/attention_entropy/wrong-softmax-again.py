# names: softmax
def attention_entropy(weights):
    p = torch.softmax(weights, -1)
    return -(p * p.log()).sum(-1)
