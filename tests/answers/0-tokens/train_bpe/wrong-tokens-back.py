# names: joined tokens
def train_bpe(text, n_merges):
    if n_merges < 0:
        raise ValueError("n_merges is negative")
    words, tokens = count_words(text), []
    for _ in range(n_merges):
        counts = count_pairs(words)
        if not counts:
            break
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        tokens.append(best[0] + best[1])
        words = {merge_pair(word, best): n for word, n in words.items()}
    return tokens
