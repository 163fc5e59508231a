def decode(ids, merges):
    vocab = [bytes([b]) for b in range(256)] + [left + right for left, right in merges]
    data = b""
    for i in ids:
        if not 0 <= i < len(vocab):
            raise ValueError(f"ids: there is no token {i}")
        data += vocab[i]
    return data.decode("utf-8", errors="replace")
