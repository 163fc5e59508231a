# --- right: heap
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


# --- right: lists
def train_bpe(text, n_merges):
    if n_merges < 0:
        raise ValueError("n_merges can't be negative")
    words, merges = count_words(text), []
    for _ in range(n_merges):
        best, most = None, 0
        for pair, n in count_pairs(words).items():
            if n > most or (n == most and pair < best):
                best, most = pair, n
        if best is None:
            break
        merges += [list(best)]
        new = {}
        for word, n in words.items():
            new[merge_pair(word, best)] = n
        words = new
    return merges


# --- right: loop
def train_bpe(text, n_merges):
    if n_merges < 0:
        raise ValueError(f"n_merges must not be negative, but is {n_merges}")
    words = count_words(text)
    merges = []
    while len(merges) < n_merges:
        counts = count_pairs(words)
        if len(counts) == 0:
            break
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        words = {merge_pair(word, best): n for word, n in words.items()}
        merges.append(best)
    return merges


# --- right: no helpers
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


# --- right: only changed words
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


# --- right: recursive generator
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


# --- right: sorted
def train_bpe(text, n_merges):
    if n_merges < 0:
        raise ValueError("n_merges: a number of at least 0, please")
    words = list(count_words(text).items())
    merges = []
    for _ in range(n_merges):
        ranked = sorted(count_pairs(dict(words)).items(), key=lambda item: (-item[1], item[0]))
        if not ranked:
            return merges
        pair = ranked[0][0]
        merges.append(pair)
        words = [(merge_pair(word, pair), n) for word, n in words]
    return merges


# --- wrong: dict changes
# names: changed while a loop goes through it
def train_bpe(text, n_merges):
    if n_merges < 0:
        raise ValueError("n_merges is negative")
    words, merges = count_words(text), []
    for _ in range(n_merges):
        counts = count_pairs(words)
        if not counts:
            break
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        merges.append(best)
        for word, n in words.items():
            merged = merge_pair(word, best)
            if merged != word:
                words[merged] = n
                del words[word]
    return merges


# --- wrong: each occurrence
# names: takes too long
def train_bpe(text, n_merges):
    if n_merges < 0:
        raise ValueError("n_merges is negative")
    words = [tuple(bytes([b]) for b in word.encode()) for word in split_words(text)]
    merges = []
    for _ in range(n_merges):
        counts = {}
        for word in words:
            for pair in zip(word, word[1:]):
                counts[pair] = 0
        for pair in list(counts):
            counts[pair] = sum(p == pair for word in words for p in zip(word, word[1:]))
        if not counts:
            break
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        merges.append(best)
        words = [merge_pair(word, best) for word in words]
    return merges


# --- wrong: most common
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


# --- wrong: negative
# names: a negative n_merges gives no merges
def train_bpe(text, n_merges):
    words, merges = count_words(text), []
    for _ in range(n_merges):
        counts = count_pairs(words)
        if not counts:
            break
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        merges.append(best)
        words = {merge_pair(word, best): n for word, n in words.items()}
    return merges


# --- wrong: no end
# names: no pair left
def train_bpe(text, n_merges):
    if n_merges < 0:
        raise ValueError("n_merges is negative")
    words, merges = count_words(text), []
    for _ in range(n_merges):
        counts = count_pairs(words)
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        merges.append(best)
        words = {merge_pair(word, best): n for word, n in words.items()}
    return merges


# --- wrong: one string
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


# --- wrong: tokens back
# names: joined tokens
def train_bpe(text, n_merges):
    if n_merges < 0:
        raise ValueError("n_merges is negative")
    words, tokens = count_words(text), []
    for _ in range(n_merges):
        counts = count_pairs(words)
        if not counts:
            break
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        tokens.append(best[0] + best[1])
        words = {merge_pair(word, best): n for word, n in words.items()}
    return tokens


# --- wrong: words not kept
# names: again and again|each merge begins from the bytes again
def train_bpe(text, n_merges):
    if n_merges < 0:
        raise ValueError("n_merges is negative")
    words, merges = count_words(text), []
    for _ in range(n_merges):
        counts = count_pairs(words)
        if not counts:
            break
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        merges.append(best)
        for word in words:
            word = merge_pair(word, best)
    return merges
