"""Writes until the disk is full."""
# verdict: failed
import os

written = 0
try:
    for number in range(1000):
        with open(f"attacked-{number}", "wb") as file:
            written += file.write(bytes(1 << 20))
    print("BREACH", written)
except OSError:
    pass


def softmax(x, dim=-1):
    return x
