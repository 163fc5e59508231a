# names: no pair left
def train_bpe(text, n_merges):
    if n_merges < 0:
        raise ValueError("n_merges is negative")
    words, merges = count_words(text), []
    for _ in range(n_merges):
        counts = count_pairs(words)
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        merges.append(best)
        words = {merge_pair(word, best): n for word, n in words.items()}
    return merges
