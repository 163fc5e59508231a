# names: has no id|character
def encode(text, merges):
    vocab = {bytes([b]): b for b in range(256)}
    for i, (left, right) in enumerate(merges):
        vocab[left + right] = 256 + i
    ids = []
    for piece in split_words(text):
        word = tuple(letter.encode() for letter in piece)
        for pair in merges:
            word = merge_pair(word, pair)
        ids += [vocab[symbol] for symbol in word]
    return ids
