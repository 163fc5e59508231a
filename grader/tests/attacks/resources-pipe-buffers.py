"""Fills thousands of pipes: memory of the kernel's that belongs to no process."""
# verdict: out of memory
import contextlib
import os
import time


def fill():
    with contextlib.suppress(OSError):
        while True:
            _, writer = os.pipe()
            os.set_blocking(writer, False)
            os.write(writer, bytes(1 << 16))
    time.sleep(20)
    os._exit(0)


for _ in range(25):
    if os.fork() == 0:
        fill()
time.sleep(20)


def softmax(x, dim=-1):
    return x
