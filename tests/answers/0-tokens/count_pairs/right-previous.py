class Tally:
    def __init__(self):
        self.counts = {}

    def add(self, pair, n):
        self.counts.setdefault(pair, 0)
        self.counts[pair] += n


def count_pairs(words):
    tally = Tally()
    for word, n in words.items():
        previous = None
        for symbol in word:
            if previous is not None:
                tally.add((previous, symbol), n)
            previous = symbol
    return tally.counts
