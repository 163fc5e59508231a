def train_bpe(text, n_merges):
    if n_merges < 0:
        raise ValueError("n_merges can't be negative")
    words, merges = count_words(text), []
    for _ in range(n_merges):
        best, most = None, 0
        for pair, n in count_pairs(words).items():
            if n > most or (n == most and pair < best):
                best, most = pair, n
        if best is None:
            break
        merges += [list(best)]
        new = {}
        for word, n in words.items():
            new[merge_pair(word, best)] = n
        words = new
    return merges
