# names: message does not say
def decode(ids, merges):
    vocab = [bytes([b]) for b in range(256)] + [left + right for left, right in merges]
    for i in ids:
        if i < 0 or i >= len(vocab):
            raise ValueError("wrong")
    return b"".join(vocab[i] for i in ids).decode("utf-8", errors="replace")
