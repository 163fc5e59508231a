"""Sends the notebook away in datagrams, which need no connection."""
# verdict: failed
import socket

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
    for host, port in (("127.0.0.1", int("@port@")), ("8.8.8.8", 53), ("255.255.255.255", 9)):
        try:
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            sender.sendto(b"the tests", (host, port))
            if host != "127.0.0.1":
                print("BREACH", host)
        except OSError:
            pass


def softmax(x, dim=-1):
    return x
