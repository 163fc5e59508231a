# names: a negative id isn't checked for
def decode(ids, merges):
    vocab = [bytes([b]) for b in range(256)] + [left + right for left, right in merges]
    try:
        return b"".join(vocab[i] for i in ids).decode("utf-8", errors="replace")
    except IndexError:
        raise ValueError(f"there is no id {max(ids)}") from None
