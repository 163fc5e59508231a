# names: right one of the pair comes once more
def merge_pair(word, pair):
    out = []
    for i in range(len(word)):
        if i + 1 < len(word) and (word[i], word[i + 1]) == pair:
            out.append(word[i] + word[i + 1])
            i += 1
        else:
            out.append(word[i])
    return tuple(out)
