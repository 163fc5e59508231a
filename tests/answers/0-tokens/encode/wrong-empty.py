# names: empty text
def encode(text, merges):
    vocab = [bytes([b]) for b in range(256)] + [b"".join(pair) for pair in merges]
    words = split_words(text)
    ids, piece = [], words[0]
    for k in range(len(words)):
        piece = words[k]
        word = tuple(bytes([b]) for b in piece.encode())
        for pair in merges:
            word = merge_pair(word, pair)
        ids += map(vocab.index, word)
    return ids
