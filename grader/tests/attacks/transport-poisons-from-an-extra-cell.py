"""Writes to the connection behind the answer that ends its cell; the cells after it are innocent."""
# verdict: failed
# in: extra
import gc
import os

server = next(o for o in gc.get_objects() if type(o).__name__ == "Server")
send = server._channel.send


def behind(message, blob=b"", deadline=None):
    send(message, blob, deadline)
    os.write(3, b"\xff" * 64)


server._channel.send = behind
