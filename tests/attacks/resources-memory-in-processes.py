"""Takes memory in many processes, each of which keeps to the limit."""
# verdict: out of memory
import os
import time


def softmax(x, dim=-1):
    for _ in range(6):
        if os.fork() == 0:
            block = bytearray(200 << 20)
            for i in range(0, len(block), 4096):
                block[i] = 1
            time.sleep(100)
    time.sleep(100)
