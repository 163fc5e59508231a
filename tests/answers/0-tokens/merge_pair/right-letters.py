import re


def merge_pair(word, pair):
    # A letter of its own for each different symbol, so that a text can be searched.
    letters = {symbol: chr(0x4E00 + i) for i, symbol in enumerate(dict.fromkeys((*word, *pair)))}
    text = "".join(letters[symbol] for symbol in word)
    wanted = re.escape(letters[pair[0]] + letters[pair[1]])
    back = {letter: symbol for symbol, letter in letters.items()}
    found = re.findall(f"{wanted}|.", text)
    return tuple(b"".join(back[letter] for letter in piece) for piece in found)
