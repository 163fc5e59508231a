def train_bpe(text, n_merges):
    if n_merges < 0:
        raise ValueError(f"n_merges must not be negative, but is {n_merges}")
    words = count_words(text)
    merges = []
    while len(merges) < n_merges:
        counts = count_pairs(words)
        if len(counts) == 0:
            break
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        words = {merge_pair(word, best): n for word, n in words.items()}
        merges.append(best)
    return merges
