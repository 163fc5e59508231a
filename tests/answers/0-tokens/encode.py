# --- right: cached
from functools import lru_cache, reduce


def encode(text, merges):
    tokens = [bytes([b]) for b in range(256)] + [left + right for left, right in merges]

    @lru_cache(maxsize=None)
    def of_word(piece):
        start = tuple(bytes([b]) for b in piece.encode())
        return [tokens.index(symbol) for symbol in reduce(merge_pair, merges, start)]

    return sum(map(of_word, split_words(text)), [])


# --- right: class
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


# --- right: heap
import heapq


def encode(text, merges):
    rank = {tuple(pair): i for i, pair in enumerate(merges)}
    ids = []
    for match in re.finditer(r" ?\w+| ?[^\w\s]+|\s+", text):
        word = [bytes([b]) for b in match[0].encode()]
        numbers = list(match[0].encode())
        while True:
            heap = [(rank[p], k) for k, p in enumerate(zip(word, word[1:])) if p in rank]
            if not heap:
                break
            heapq.heapify(heap)
            i, k = heap[0]
            word[k : k + 2] = [word[k] + word[k + 1]]
            numbers[k : k + 2] = [256 + i]
        ids += numbers
    return tuple(ids)


# --- right: in ids
def encode(text, merges):
    number = {bytes([b]): b for b in range(256)}
    rules = []
    for i, (left, right) in enumerate(merges):
        rules.append((number[left], number[right], 256 + i))
        number[left + right] = 256 + i
    out = []
    for piece in split_words(text):
        ids = list(piece.encode("utf-8"))
        for left, right, new in rules:
            i = 0
            while i < len(ids) - 1:
                if ids[i] == left and ids[i + 1] == right:
                    ids[i : i + 2] = [new]
                i += 1
        out.extend(ids)
    return out


# --- right: lowest rank
def encode(text, merges):
    rank = {pair: i for i, pair in enumerate(merges)}
    number = {left + right: 256 + i for i, (left, right) in enumerate(merges)}
    number |= {bytes([b]): b for b in range(256)}
    out = []
    for piece in split_words(text):
        word = tuple(bytes([b]) for b in piece.encode())
        while True:
            known = [pair for pair in zip(word, word[1:]) if pair in rank]
            if not known:
                break
            word = merge_pair(word, min(known, key=rank.get))
        out += [number[symbol] for symbol in word]
    return out


# --- right: merges in order
def encode(text, merges):
    vocab = {bytes([b]): b for b in range(256)}
    for i, pair in enumerate(merges):
        vocab[b"".join(pair)] = 256 + i
    ids = []
    for piece in split_words(text):
        word = tuple(bytes([b]) for b in piece.encode())
        for pair in merges:
            word = merge_pair(word, pair)
        ids.extend(vocab[symbol] for symbol in word)
    return ids


# --- wrong: bytes of ord
# names: character is taken for a byte|Latin-1
def encode(text, merges):
    vocab = {bytes([b]): b for b in range(256)}
    for i, (left, right) in enumerate(merges):
        vocab[left + right] = 256 + i
    ids = []
    for piece in split_words(text):
        word = tuple(bytes([ord(letter)]) for letter in piece)
        for pair in merges:
            word = merge_pair(word, pair)
        ids += [vocab[symbol] for symbol in word]
    return ids


# --- wrong: characters
# names: has no id|character
def encode(text, merges):
    vocab = {bytes([b]): b for b in range(256)}
    for i, (left, right) in enumerate(merges):
        vocab[left + right] = 256 + i
    ids = []
    for piece in split_words(text):
        word = tuple(letter.encode() for letter in piece)
        for pair in merges:
            word = merge_pair(word, pair)
        ids += [vocab[symbol] for symbol in word]
    return ids


# --- wrong: count words
# names: each different word comes once
def encode(text, merges):
    vocab = [bytes([b]) for b in range(256)] + [b"".join(pair) for pair in merges]
    ids = []
    for word in count_words(text):
        for pair in merges:
            word = merge_pair(word, pair)
        for symbol in word:
            ids.append(vocab.index(symbol))
    return ids


# --- wrong: empty
# names: empty text
def encode(text, merges):
    vocab = [bytes([b]) for b in range(256)] + [b"".join(pair) for pair in merges]
    words = split_words(text)
    ids, piece = [], words[0]
    for k in range(len(words)):
        piece = words[k]
        word = tuple(bytes([b]) for b in piece.encode())
        for pair in merges:
            word = merge_pair(word, pair)
        ids += map(vocab.index, word)
    return ids


# --- wrong: greedy
# names: longest token
def encode(text, merges):
    vocab = {bytes([b]): b for b in range(256)}
    vocab.update({left + right: 256 + i for i, (left, right) in enumerate(merges)})
    ids = []
    for piece in split_words(text):
        data = piece.encode()
        i = 0
        while i < len(data):
            j = len(data)
            while data[i:j] not in vocab:
                j -= 1
            ids.append(vocab[data[i:j]])
            i = j
    return ids


# --- wrong: key error
# names: symbol has no id
def encode(text, merges):
    vocab = {left + right: 256 + i for i, (left, right) in enumerate(merges)}
    ids = []
    for piece in split_words(text):
        word = tuple(bytes([b]) for b in piece.encode())
        for pair in merges:
            word = merge_pair(word, pair)
        ids += [vocab[symbol] for symbol in word]
    return ids


# --- wrong: lists of words
# names: list of its own
def encode(text, merges):
    vocab = [bytes([b]) for b in range(256)] + [b"".join(pair) for pair in merges]
    ids = []
    for piece in split_words(text):
        word = tuple(bytes([b]) for b in piece.encode())
        for pair in merges:
            word = merge_pair(word, pair)
        ids.append([vocab.index(symbol) for symbol in word])
    return ids


# --- wrong: whole text
# names: across words
def encode(text, merges):
    vocab = [bytes([b]) for b in range(256)] + [b"".join(pair) for pair in merges]
    symbols = tuple(text.encode()[i : i + 1] for i in range(len(text.encode())))
    for pair in merges:
        symbols = merge_pair(symbols, pair)
    return [vocab.index(symbol) for symbol in symbols]
