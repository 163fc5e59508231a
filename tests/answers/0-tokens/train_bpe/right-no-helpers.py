from collections import Counter


def train_bpe(text, n_merges):
    if n_merges < 0:
        raise ValueError(f"n_merges is {n_merges}, but a count can't be below 0")
    counted = Counter(re.findall(r" ?\w+| ?[^\w\s]+|\s+", text))
    words = [([bytes([b]) for b in w.encode()], n) for w, n in counted.items()]
    merges = []
    for _ in range(n_merges):
        pairs = Counter()
        for word, n in words:
            for i in range(len(word) - 1):
                pairs[word[i], word[i + 1]] += n
        if not pairs:
            break
        left, right = min(pairs, key=lambda p: (-pairs[p], p))
        merges.append((left, right))
        for word, _ in words:
            i = 0
            while i < len(word) - 1:
                if word[i] == left and word[i + 1] == right:
                    word[i : i + 2] = [left + right]
                i += 1
    return merges
