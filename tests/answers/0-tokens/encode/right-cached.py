from functools import lru_cache, reduce


def encode(text, merges):
    tokens = [bytes([b]) for b in range(256)] + [left + right for left, right in merges]

    @lru_cache(maxsize=None)
    def of_word(piece):
        start = tuple(bytes([b]) for b in piece.encode())
        return [tokens.index(symbol) for symbol in reduce(merge_pair, merges, start)]

    return sum(map(of_word, split_words(text)), [])
