# names: takes too long
def train_bpe(text, n_merges):
    if n_merges < 0:
        raise ValueError("n_merges is negative")
    words = [tuple(bytes([b]) for b in word.encode()) for word in split_words(text)]
    merges = []
    for _ in range(n_merges):
        counts = {}
        for word in words:
            for pair in zip(word, word[1:]):
                counts[pair] = 0
        for pair in list(counts):
            counts[pair] = sum(p == pair for word in words for p in zip(word, word[1:]))
        if not counts:
            break
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        merges.append(best)
        words = [merge_pair(word, best) for word in words]
    return merges
