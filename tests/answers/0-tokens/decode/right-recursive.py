def decode(ids, merges):
    def spelt(i):
        if i < 0 or i > 255 + len(merges):
            raise ValueError(f"{i} is no id")
        if i < 256:
            return [i]
        return [b for symbol in merges[i - 256] for b in symbol]

    return bytes(b for i in ids for b in spelt(i)).decode("utf-8", errors="replace")
