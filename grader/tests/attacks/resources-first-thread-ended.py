"""Takes memory in processes whose first thread has ended, so that their memory shows as none."""
# verdict: out of memory
import ctypes
import os
import platform
import threading
import time
from pathlib import Path


def take():
    while " Z " not in Path("/proc/self/stat").read_text():
        time.sleep(0.01)
    taken = bytearray(b"x") * (200 << 20)
    time.sleep(20)
    os._exit(len(taken) & 1)


for _ in range(8):
    if os.fork() == 0:
        threading.Thread(target=take).start()
        ctypes.CDLL(None).syscall(60 if platform.machine() == "x86_64" else 93, 0)
time.sleep(20)


def softmax(x, dim=-1):
    return x
