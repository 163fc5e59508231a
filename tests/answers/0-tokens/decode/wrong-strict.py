# names: UTF-8 raise an error
def decode(ids, merges):
    vocab = [bytes([b]) for b in range(256)] + [left + right for left, right in merges]
    for i in ids:
        if i < 0 or i >= len(vocab):
            raise ValueError(f"ids: there is no id {i}")
    return b"".join(vocab[i] for i in ids).decode("utf-8")
