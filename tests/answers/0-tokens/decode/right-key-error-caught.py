def decode(ids, merges):
    table = dict(enumerate([bytes([b]) for b in range(256)] + [a + b for a, b in merges]))
    try:
        return b"".join([table[i] for i in ids]).decode("utf-8", "replace")
    except KeyError as error:
        raise ValueError(f"there is no id {error}") from None
