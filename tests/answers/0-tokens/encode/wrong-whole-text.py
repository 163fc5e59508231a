# names: across words
def encode(text, merges):
    vocab = [bytes([b]) for b in range(256)] + [b"".join(pair) for pair in merges]
    symbols = tuple(text.encode()[i : i + 1] for i in range(len(text.encode())))
    for pair in merges:
        symbols = merge_pair(symbols, pair)
    return [vocab.index(symbol) for symbol in symbols]
