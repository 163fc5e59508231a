# names: list of its own
def encode(text, merges):
    vocab = [bytes([b]) for b in range(256)] + [b"".join(pair) for pair in merges]
    ids = []
    for piece in split_words(text):
        word = tuple(bytes([b]) for b in piece.encode())
        for pair in merges:
            word = merge_pair(word, pair)
        ids.append([vocab.index(symbol) for symbol in word])
    return ids
