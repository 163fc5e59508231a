"""Connects to servers on this machine and elsewhere."""
# verdict: failed
import socket

for host, port in (("127.0.0.1", int("@port@")), ("localhost", int("@port@")), ("1.1.1.1", 443)):
    try:
        with socket.create_connection((host, port), timeout=1) as connection:
            connection.sendall(b"the tests")
            print("BREACH", host)
    except OSError:
        pass


def softmax(x, dim=-1):
    return x
