# names: across words
def train_bpe(text, n_merges):
    if n_merges < 0:
        raise ValueError("n_merges is negative")
    symbols, merges = tuple(bytes([b]) for b in text.encode()), []
    while len(merges) < n_merges and len(symbols) > 1:
        counts = count_pairs({symbols: 1})
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        merges.append(best)
        symbols = merge_pair(symbols, best)
    return merges
