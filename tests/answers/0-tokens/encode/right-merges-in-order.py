def encode(text, merges):
    vocab = {bytes([b]): b for b in range(256)}
    for i, pair in enumerate(merges):
        vocab[b"".join(pair)] = 256 + i
    ids = []
    for piece in split_words(text):
        word = tuple(bytes([b]) for b in piece.encode())
        for pair in merges:
            word = merge_pair(word, pair)
        ids.extend(vocab[symbol] for symbol in word)
    return ids
