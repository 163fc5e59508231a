# names: each different word comes once
def encode(text, merges):
    vocab = [bytes([b]) for b in range(256)] + [b"".join(pair) for pair in merges]
    ids = []
    for word in count_words(text):
        for pair in merges:
            word = merge_pair(word, pair)
        for symbol in word:
            ids.append(vocab.index(symbol))
    return ids
