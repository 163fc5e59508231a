from itertools import islice


def merged(words):
    while True:
        counts = count_pairs(words)
        if not counts:
            return
        best = sorted(counts, key=lambda p: (counts[p], [-b for b in p[0]]))[-1]
        best = min(p for p in counts if counts[p] == counts[best])
        yield best
        words = {merge_pair(word, best): n for word, n in words.items()}


def train_bpe(text, n_merges):
    if n_merges < 0:
        raise ValueError("n_merges is negative")
    return list(islice(merged(count_words(text)), n_merges))
