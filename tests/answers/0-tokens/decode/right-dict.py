def decode(ids, merges):
    tokens = {i: bytes([i]) for i in range(256)}
    for i, pair in enumerate(merges):
        tokens[256 + i] = b"".join(pair)
    missing = [i for i in ids if i not in tokens]
    if missing:
        raise ValueError(f"no such id: {missing}")
    return str(b"".join(map(tokens.get, ids)), "utf-8", "replace")
