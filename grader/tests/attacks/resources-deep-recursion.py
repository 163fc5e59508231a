"""Recurses until the C stack is full."""
# verdict: crashed
import sys


def softmax(x, dim=-1):
    sys.setrecursionlimit(10**9)

    class Deep:
        def __getattr__(self, name):
            return getattr(self, name + "x"[:0])

    return Deep().attribute
