# --- right: deque
from collections import deque


def merge_pair(word, pair):
    left, right = pair
    todo, done = deque(word), deque()
    while todo:
        first = todo.popleft()
        if first == left and todo and todo[0] == right:
            first += todo.popleft()
        done.append(first)
    return tuple(done)


# --- right: iterator
def merge_pair(word, pair):
    def symbols():
        it = iter(word)
        held = next(it, None)
        for symbol in it:
            if held is None:
                held = symbol
            elif (held, symbol) == pair:
                yield held + symbol
                held = None
            else:
                yield held
                held = symbol
        if held is not None:
            yield held

    return tuple(symbols())


# --- right: letters
import re


def merge_pair(word, pair):
    # A letter of its own for each different symbol, so that a text can be searched.
    letters = {symbol: chr(0x4E00 + i) for i, symbol in enumerate(dict.fromkeys((*word, *pair)))}
    text = "".join(letters[symbol] for symbol in word)
    wanted = re.escape(letters[pair[0]] + letters[pair[1]])
    back = {letter: symbol for symbol, letter in letters.items()}
    found = re.findall(f"{wanted}|.", text)
    return tuple(b"".join(back[letter] for letter in piece) for piece in found)


# --- right: list del
def merge_pair(word, pair):
    symbols = list(word)
    i = 0
    while i < len(symbols) - 1:
        if symbols[i] == pair[0] and symbols[i + 1] == pair[1]:
            symbols[i : i + 2] = [symbols[i] + symbols[i + 1]]
        i += 1
    return tuple(symbols)


# --- right: skip flag
def merge_pair(word, pair):
    result = ()
    skip = False
    parts = []
    for i, symbol in enumerate(word):
        if skip:
            skip = False
            continue
        if word[i : i + 2] == pair:
            parts.append(b"".join(pair))
            skip = True
        else:
            parts.append(symbol)
    result += tuple(parts)
    return result


# --- right: stack
def merge_pair(word, pair):
    out, fresh = [], False
    for symbol in word:
        if out and not fresh and (out[-1], symbol) == tuple(pair):
            out[-1] += symbol
            fresh = True
        else:
            out.append(symbol)
            fresh = False
    return tuple(out)


# --- right: while
def merge_pair(word, pair):
    left, right = pair
    out = []
    i = 0
    while i < len(word):
        if i + 1 < len(word) and word[i] == left and word[i + 1] == right:
            out.append(left + right)
            i += 2
        else:
            out.append(word[i])
            i += 1
    return tuple(out)


# --- wrong: for range
# names: right one of the pair comes once more
def merge_pair(word, pair):
    out = []
    for i in range(len(word)):
        if i + 1 < len(word) and (word[i], word[i + 1]) == pair:
            out.append(word[i] + word[i + 1])
            i += 1
        else:
            out.append(word[i])
    return tuple(out)


# --- wrong: index error
# names: no right neighbour
def merge_pair(word, pair):
    out, i = [], 0
    while i < len(word):
        if word[i] == pair[0] and word[i + 1] == pair[1]:
            out.append(word[i] + word[i + 1])
            i += 2
        else:
            out.append(word[i])
            i += 1
    return tuple(out)


# --- wrong: index once
# names: only the first occurrence
def merge_pair(word, pair):
    pairs = list(zip(word, word[1:]))
    if pair not in pairs:
        return word
    i = pairs.index(pair)
    return word[:i] + (pair[0] + pair[1],) + word[i + 2 :]


# --- wrong: joined by spaces
# names: put together with spaces
def merge_pair(word, pair):
    text = b" ".join(word)
    text = text.replace(pair[0] + b" " + pair[1], pair[0] + pair[1])
    return tuple(text.split(b" "))


# --- wrong: last lost
# names: last symbol
def merge_pair(word, pair):
    out, i = [], 0
    while i + 1 < len(word):
        if (word[i], word[i + 1]) == pair:
            out.append(b"".join(pair))
            i += 1
        else:
            out.append(word[i])
        i += 1
    return tuple(out)


# --- wrong: list
# names: list comes back
def merge_pair(word, pair):
    out, i = [], 0
    while i < len(word):
        if word[i : i + 2] == pair:
            out.append(word[i] + word[i + 1])
            i += 2
        else:
            out.append(word[i])
            i += 1
    return out


# --- wrong: recursive
# names: calls itself too often
def merge_pair(word, pair):
    if len(word) < 2:
        return word
    if word[:2] == pair:
        return (word[0] + word[1], *merge_pair(word[2:], pair))
    return (word[0], *merge_pair(word[1:], pair))


# --- wrong: tuple changed
# names: tuple, which can't be changed
def merge_pair(word, pair):
    for i in range(len(word) - 1):
        if (word[i], word[i + 1]) == pair:
            word[i] = word[i] + word[i + 1]
            del word[i + 1]
    return word
