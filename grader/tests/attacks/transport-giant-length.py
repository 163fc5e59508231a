"""Announces a frame of 2**60 bytes."""
# verdict: crashed
import os


def softmax(x, dim=-1):
    os.write(3, (1 << 60).to_bytes(8, "little") * 2)
    return x
