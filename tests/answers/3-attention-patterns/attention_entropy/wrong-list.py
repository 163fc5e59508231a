# names: Python list
def attention_entropy(weights):
    def entropy(x):
        if isinstance(x[0], list):
            return [entropy(row) for row in x]
        return -sum(w * math.log(w) for w in x if w > 0)

    result = entropy(weights.tolist())
    return result if isinstance(result, list) else torch.tensor(result, dtype=weights.dtype)
