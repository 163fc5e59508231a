"""Given in exercise 0."""

import re


def split_words(text):
    """The words of a text, each with the space before it. Joined, they are the text again."""
    # Letters and digits; or signs; both with a space in front, if there is one; or white space.
    return re.findall(r" ?\w+| ?[^\w\s]+|\s+", text)


def count_words(text):
    """A dict from each word, a tuple of its bytes, to how often it occurs in the text."""
    words = {}
    for word in split_words(text):
        symbols = tuple(bytes([b]) for b in word.encode("utf-8"))
        words[symbols] = words.get(symbols, 0) + 1
    return words
