"""Tries the other internet protocol, and mapped addresses."""
# verdict: failed
import socket

for host in ("::1", "::ffff:127.0.0.1", "2606:4700:4700::1111"):
    try:
        with socket.create_connection((host, int("@port@")), timeout=1):
            print("BREACH", host)
    except OSError:
        pass


def softmax(x, dim=-1):
    return x
