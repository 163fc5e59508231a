# names: Latin-1|characters that aren't ASCII
def decode(ids, merges):
    text = ""
    for i in ids:
        if i < 0 or i > 255 + len(merges):
            raise ValueError(f"no id {i}")
        if i < 256:
            text += chr(i)
        else:
            text += (merges[i - 256][0] + merges[i - 256][1]).decode("latin-1")
    return text
