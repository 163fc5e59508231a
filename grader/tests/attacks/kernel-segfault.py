"""Writes to address 0."""
# verdict: crashed
import ctypes


def softmax(x, dim=-1):
    ctypes.memset(0, 1, 1)
