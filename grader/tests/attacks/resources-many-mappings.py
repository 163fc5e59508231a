"""Cuts address space into tiny parts; for each the kernel keeps a note that nobody counts."""
# verdict: out of memory
import mmap
import os
import time

for _ in range(4):
    if os.fork() == 0:
        space = mmap.mmap(-1, 64_000 * 4096, mmap.MAP_PRIVATE)
        for part in range(0, 64_000, 2):
            space.madvise(mmap.MADV_DONTFORK, part * 4096, 4096)
        time.sleep(20)
        os._exit(0)
time.sleep(20)


def softmax(x, dim=-1):
    return x
