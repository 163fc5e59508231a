"""Sends a tensor without bytes that has a dimension of 2**40, past the code that would refuse it."""
# verdict: crashed
import gc
import json
import os
import struct

server = next(o for o in gc.get_objects() if type(o).__name__ == "Server")


def softmax(x, dim=-1):
    tensor = {"T": ["float32", [1 << 40, 0]]}
    reply = {"id": server._request[-1], "do": "reply", "value": tensor}
    text = json.dumps(reply).encode()
    os.write(3, struct.pack("<QQ", len(text), 0) + text)
