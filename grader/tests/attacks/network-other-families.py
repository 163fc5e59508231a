"""Talks to the host through families that network namespaces don't separate, and to the kernel."""
# verdict: failed
import errno
import socket

for name in ("AF_VSOCK", "AF_NETLINK", "AF_ALG", "AF_BLUETOOTH", "AF_CAN", "AF_TIPC", "AF_QIPCRTR"):
    if hasattr(socket, name):
        for make in (socket.socket, socket.socketpair):
            try:
                make(getattr(socket, name), socket.SOCK_RAW)
                print("BREACH", name)
            except OSError as error:
                # Whatever else is said comes from the family itself, which was reached.
                if error.errno != errno.EAFNOSUPPORT:
                    print("BREACH", make.__name__, name, error)


def softmax(x, dim=-1):
    return x
