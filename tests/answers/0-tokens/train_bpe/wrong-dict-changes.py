# names: changed while a loop goes through it
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
        for word, n in words.items():
            merged = merge_pair(word, best)
            if merged != word:
                words[merged] = n
                del words[word]
    return merges
