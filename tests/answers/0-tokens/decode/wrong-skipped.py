# names: is left out: raise ValueError
def decode(ids, merges):
    vocab = {b: bytes([b]) for b in range(256)}
    vocab |= {256 + i: left + right for i, (left, right) in enumerate(merges)}
    return b"".join(vocab.get(i, b"") for i in ids).decode("utf-8", errors="replace")
