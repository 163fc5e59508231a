# names: symbol has no id
def encode(text, merges):
    vocab = {left + right: 256 + i for i, (left, right) in enumerate(merges)}
    ids = []
    for piece in split_words(text):
        word = tuple(bytes([b]) for b in piece.encode())
        for pair in merges:
            word = merge_pair(word, pair)
        ids += [vocab[symbol] for symbol in word]
    return ids
