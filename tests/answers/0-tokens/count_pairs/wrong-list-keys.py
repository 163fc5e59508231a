# names: list is used as a key
def count_pairs(words):
    counts = {}
    for word, n in words.items():
        for i in range(len(word) - 1):
            pair = [word[i], word[i + 1]]
            counts[pair] = counts.get(pair, 0) + n
    return counts
