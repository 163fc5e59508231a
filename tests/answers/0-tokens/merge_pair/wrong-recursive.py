# names: calls itself too often
def merge_pair(word, pair):
    if len(word) < 2:
        return word
    if word[:2] == pair:
        return (word[0] + word[1], *merge_pair(word[2:], pair))
    return (word[0], *merge_pair(word[1:], pair))
