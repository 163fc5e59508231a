class Tokenizer:
    def __init__(self, merges):
        self.merges = merges
        self.ids = {}
        for b in range(256):
            self.ids[bytes([b])] = len(self.ids)
        self.made = {pair: 256 + i for i, pair in enumerate(merges)}

    def word(self, text):
        symbols = [(bytes([b]), b) for b in text.encode()]
        for pair in self.merges:
            new = []
            for symbol, number in symbols:
                if new and (new[-1][0], symbol) == pair and new[-1][1] is not None:
                    new[-1] = (new[-1][0] + symbol, self.made[pair])
                else:
                    new.append((symbol, number))
            symbols = new
        return [number for _, number in symbols]


def encode(text, merges):
    tokenizer = Tokenizer([tuple(pair) for pair in merges])
    return [i for word in split_words(text) for i in tokenizer.word(word)]
