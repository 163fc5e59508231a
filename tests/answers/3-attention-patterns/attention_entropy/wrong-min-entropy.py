# names: min-entropy|largest
def attention_entropy(weights):
    return -weights.max(-1).values.log()
