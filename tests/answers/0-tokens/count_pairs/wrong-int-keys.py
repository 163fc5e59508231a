# names: pairs of numbers
def count_pairs(words):
    counts = {}
    for word, n in words.items():
        data = b"".join(word)
        for pair in zip(data, data[1:]):
            counts[pair] = counts.get(pair, 0) + n
    return counts
