import heapq


class Trainer:
    def __init__(self, text):
        self.words = count_words(text)

    def step(self):
        counts = count_pairs(self.words)
        heap = [(-n, pair) for pair, n in counts.items()]
        heapq.heapify(heap)
        if not heap:
            return None
        _, pair = heapq.heappop(heap)
        self.words = {
            merge_pair(word, pair) if pair[0] in word else word: n
            for word, n in self.words.items()
        }
        return pair


def train_bpe(text, n_merges):
    if n_merges < 0:
        raise ValueError(f"n_merges must be at least 0, not {n_merges}")
    trainer, merges = Trainer(text), []
    for _ in range(n_merges):
        pair = trainer.step()
        if pair is None:
            break
        merges.append(pair)
    return merges
