import itertools


def count_pairs(words):
    result = {}
    for word, n in words.items():
        for left, right in itertools.pairwise(word):
            if (left, right) in result:
                result[(left, right)] += n
            else:
                result[(left, right)] = n
    return result
