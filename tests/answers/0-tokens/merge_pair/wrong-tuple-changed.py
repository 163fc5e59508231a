# names: tuple, which can't be changed
def merge_pair(word, pair):
    for i in range(len(word) - 1):
        if (word[i], word[i + 1]) == pair:
            word[i] = word[i] + word[i + 1]
            del word[i + 1]
    return word
