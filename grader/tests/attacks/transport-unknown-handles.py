"""Answers with handles that don't exist, and calls functions of the test's that it was not lent."""
# verdict: crashed
import gc
import os


def softmax(x, dim=-1):
    server = next(o for o in gc.get_objects() if type(o).__name__ == "Server")
    for what in (b'{"id": %d, "do": "back", "on": -1, "what": "call", "value": {"t": []}}',
                 b'{"id": %d, "do": "back", "on": 0, "what": "__class__", "value": null}'):
        call = what % server._request[-1]
        os.write(3, len(call).to_bytes(8, "little") + bytes(8) + call)
    return x
