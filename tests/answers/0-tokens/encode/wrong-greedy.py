# names: longest token
def encode(text, merges):
    vocab = {bytes([b]): b for b in range(256)}
    vocab.update({left + right: 256 + i for i, (left, right) in enumerate(merges)})
    ids = []
    for piece in split_words(text):
        data = piece.encode()
        i = 0
        while i < len(data):
            j = len(data)
            while data[i:j] not in vocab:
                j -= 1
            ids.append(vocab[data[i:j]])
            i = j
    return ids
