"""Replies to its own cell's run with outputs and names that no cell gave."""
# verdict: failed
# in: extra
import gc
import json
import os

server = next(o for o in gc.get_objects() if type(o).__name__ == "Server")
names = ["softmax", "check_softmax", "passed", "torch", "math", "__builtins__", "print", "range"]
outputs = [{"output_type": "execute_result", "data": {"text/plain": "4.0", "text/html": "<b>"}}]
reply = json.dumps({"id": server._request[-1], "do": "reply", "value": None, "failed": None,
                    "names": names, "outputs": outputs * 1000}).encode()
os.write(3, len(reply).to_bytes(8, "little") + bytes(8) + reply)
