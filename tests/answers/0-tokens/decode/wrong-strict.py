# names: UTF-8 raise an error
def decode(ids, merges):
    vocab = [bytes([b]) for b in range(256)] + [left + right for left, right in merges]
    if any(i < 0 or i >= len(vocab) for i in ids):
        raise ValueError("ids: there is no such id")
    return b"".join(vocab[i] for i in ids).decode("utf-8")
