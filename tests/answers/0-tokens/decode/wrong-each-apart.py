# names: each token is decoded apart
def decode(ids, merges):
    vocab = [bytes([b]) for b in range(256)] + [left + right for left, right in merges]
    text = ""
    for i in ids:
        if i < 0 or i >= len(vocab):
            raise ValueError(f"no id {i}")
        text += vocab[i].decode("utf-8", errors="replace")
    return text
