# names: character is taken for a byte|Latin-1
def encode(text, merges):
    vocab = {bytes([b]): b for b in range(256)}
    for i, (left, right) in enumerate(merges):
        vocab[left + right] = 256 + i
    ids = []
    for piece in split_words(text):
        word = tuple(bytes([ord(letter)]) for letter in piece)
        for pair in merges:
            word = merge_pair(word, pair)
        ids += [vocab[symbol] for symbol in word]
    return ids
