"""Fills the buffers of thousands of sockets: memory of the kernel's that belongs to no process."""
# verdict: out of memory
import contextlib
import os
import socket
import time


def fill():
    pairs = []
    with contextlib.suppress(OSError):
        while True:
            pairs += socket.socketpair()
            for end in pairs[-2:]:
                with contextlib.suppress(PermissionError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24)
                end.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    while True:
                        end.send(bytes(100_000))
    time.sleep(20)


for _ in range(8):
    if os.fork() == 0:
        fill()
        os._exit(0)
time.sleep(20)


def softmax(x, dim=-1):
    return x
