"""Connects to sockets of this machine: databases, docker, the system bus, a grader's own."""
# verdict: failed
import socket

for path in (
    "@course@/socket", "\0attacked-@port@", "/var/run/docker.sock", "/run/dbus/system_bus_socket",
    "/var/run/postgresql/.s.PGSQL.5432",
):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_UNIX, kind) as client:
            try:
                client.connect(path)
                print("BREACH", path)
            except OSError:
                pass


def softmax(x, dim=-1):
    return x
