# names: pairs of texts
def count_pairs(words):
    counts = {}
    for word, n in words.items():
        letters = [symbol.decode("utf-8", "replace") for symbol in word]
        for pair in zip(letters, letters[1:]):
            counts[pair] = counts.get(pair, 0) + n
    return counts
