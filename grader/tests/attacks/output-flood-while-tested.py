"""Prints 200 MB whenever a test calls."""
# verdict: failed
import sys


def softmax(x, dim=-1):
    for _ in range(200):
        print("x" * 1_000_000)
        sys.stderr.write("y" * 1_000_000)
    return x
