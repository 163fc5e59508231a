from collections import Counter, defaultdict


def train_bpe(text, n_merges):
    if n_merges < 0:
        raise ValueError(f"n_merges = {n_merges} is negative")
    words = [[list(word), n] for word, n in count_words(text).items()]
    counts, where = Counter(), defaultdict(set)
    for k, (word, n) in enumerate(words):
        for pair in zip(word, word[1:]):
            counts[pair] += n
            where[pair].add(k)
    merges = []
    for _ in range(n_merges):
        top = max(counts.values(), default=0)
        if top < 1:
            break
        best = min(pair for pair, n in counts.items() if n == top)
        merges.append(best)
        for k in list(where[best]):
            word, n = words[k]
            for pair in zip(word, word[1:]):
                counts[pair] -= n
            new = list(merge_pair(tuple(word), best))
            words[k][0] = new
            for pair in zip(new, new[1:]):
                counts[pair] += n
                where[pair].add(k)
    return merges
