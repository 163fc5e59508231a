"""Takes memory in many processes, each of which keeps to the limit."""
# verdict: out of memory
import os
import time


def softmax(x, dim=-1):
    for _ in range(6):
        if os.fork() == 0:
            block = b"\1" * (200 << 20)  # in one go: within the time of a call on a busy machine
            time.sleep(100)
    time.sleep(100)
