def decode(ids, merges):
    data = bytearray()
    for i in ids:
        if i < 0:
            raise ValueError(f"id {i} is negative")
        if i < 256:
            data.append(i)
        elif i - 256 < len(merges):
            left, right = merges[i - 256]
            data.extend(left)
            data.extend(right)
        else:
            raise ValueError(f"id {i} is too large for {len(merges)} merges")
    return data.decode(errors="replace")
