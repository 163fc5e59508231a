"""Sends NaN and Infinity, which Python's parser takes and JSON lacks, and bytes that are no text."""
# verdict: crashed
import os


def softmax(x, dim=-1):
    reply = b'{"id": NaN, "do": "reply", "value": Infinity, "x": "\xff"}'
    os.write(3, len(reply).to_bytes(8, "little") + bytes(8) + reply)
    return x
