# names: counted first
from collections import Counter


def train_bpe(text, n_merges):
    if n_merges < 0:
        raise ValueError("n_merges is negative")
    words, merges = count_words(text), []
    for _ in range(n_merges):
        common = Counter(count_pairs(words)).most_common(1)
        if not common:
            break
        best = common[0][0]
        merges.append(best)
        words = {merge_pair(word, best): n for word, n in words.items()}
    return merges
