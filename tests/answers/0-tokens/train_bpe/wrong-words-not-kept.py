# names: again and again|each merge begins from the bytes again
def train_bpe(text, n_merges):
    if n_merges < 0:
        raise ValueError("n_merges is negative")
    words, merges = count_words(text), []
    for _ in range(n_merges):
        counts = count_pairs(words)
        if not counts:
            break
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        merges.append(best)
        for word in words:
            word = merge_pair(word, best)
    return merges
