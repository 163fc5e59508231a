def encode(text, merges):
    number = {bytes([b]): b for b in range(256)}
    rules = []
    for i, (left, right) in enumerate(merges):
        rules.append((number[left], number[right], 256 + i))
        number[left + right] = 256 + i
    out = []
    for piece in split_words(text):
        ids = list(piece.encode("utf-8"))
        for left, right, new in rules:
            i = 0
            while i < len(ids) - 1:
                if ids[i] == left and ids[i + 1] == right:
                    ids[i : i + 2] = [new]
                i += 1
        out.extend(ids)
    return out
