"""Sends the beginning of a reply, and never the rest."""
# verdict: timed out
import os
import time


def softmax(x, dim=-1):
    os.write(3, (1000).to_bytes(8, "little") + bytes(8) + b'{"id":')
    while True:
        try:
            time.sleep(1000)
        except BaseException:
            pass
