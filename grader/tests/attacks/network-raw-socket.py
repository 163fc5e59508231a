"""Builds packets by hand."""
# verdict: failed
import socket

for family, kind, protocol in (
    (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
    (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW),
    (socket.AF_PACKET, socket.SOCK_RAW, 0x0300),
):
    try:
        socket.socket(family, kind, protocol)
        print("BREACH", family, kind)
    except OSError:
        pass


def softmax(x, dim=-1):
    return x
