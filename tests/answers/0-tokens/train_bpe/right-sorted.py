def train_bpe(text, n_merges):
    if n_merges < 0:
        raise ValueError("n_merges: a number of at least 0, please")
    words = list(count_words(text).items())
    merges = []
    for _ in range(n_merges):
        ranked = sorted(count_pairs(dict(words)).items(), key=lambda item: (-item[1], item[0]))
        if not ranked:
            return merges
        pair = ranked[0][0]
        merges.append(pair)
        words = [(merge_pair(word, pair), n) for word, n in words]
    return merges
