def most_attended(weights, tokens):
    return list(np.array(tokens)[weights.detach().numpy().argmax(axis=-1)])
