# names: put together with spaces
def merge_pair(word, pair):
    text = b" ".join(word)
    text = text.replace(pair[0] + b" " + pair[1], pair[0] + pair[1])
    return tuple(text.split(b" "))
