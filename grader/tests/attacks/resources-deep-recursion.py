"""Recurses in C until the stack is full, where no limit of Python's counts."""
# verdict: crashed
import itertools


def softmax(x, dim=-1):
    deep = iter(())
    for _ in range(10**6):
        deep = itertools.chain(deep)
    return next(deep)
