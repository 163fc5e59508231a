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
