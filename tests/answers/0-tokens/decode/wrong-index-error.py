# names: no id is checked
def decode(ids, merges):
    vocab = [bytes([b]) for b in range(256)] + [left + right for left, right in merges]
    if any(i < 0 for i in ids):
        raise ValueError(f"ids: {min(ids)} is negative")
    return b"".join(vocab[i] for i in ids).decode("utf-8", errors="replace")
