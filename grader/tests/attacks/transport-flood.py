"""Floods the connection with zeros."""
# verdict: crashed
import os


def softmax(x, dim=-1):
    for _ in range(1000):
        os.write(3, b"\xff" * (1 << 16))
    return x
