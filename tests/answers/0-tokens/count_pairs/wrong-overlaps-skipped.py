# names: overlap
def count_pairs(words):
    counts = {}
    for word, n in words.items():
        seen = {}
        for i in range(len(word) - 1):
            pair = word[i], word[i + 1]
            if seen.get(pair) == i - 1:
                continue
            seen[pair] = i
            counts[pair] = counts.get(pair, 0) + n
    return counts
