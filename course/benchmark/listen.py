"""Listens where nobody may call, as long as a command runs: `listen.py FOLDER PORT COMMAND…`.

It stands by itself, so that it can run in any environment. Who calls is noted in FOLDER/reached.
"""

import os
import socket
import subprocess
import sys


def main() -> int:
    """The command's status."""
    folder, port, *command = sys.argv[1:]
    tcp, udp = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    named, abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    tcp.bind(("127.0.0.1", int(port)))
    udp.bind(("127.0.0.1", int(port)))
    os.chdir(folder)
    named.bind("socket")  # the whole path may be too long
    abstract.bind(f"\0attacked-{port}")
    for listener in (tcp, named, abstract):
        listener.listen()
    status = subprocess.run(command, check=False).returncode
    for listener in (tcp, udp, named, abstract):
        listener.setblocking(False)
        try:
            if listener is udp:
                listener.recv(100)
            else:
                listener.accept()
        except BlockingIOError:
            continue
        with open("reached", "a") as file:
            file.write(f"{listener.getsockname()!r}\n")
    os.unlink("socket")
    return status


if __name__ == "__main__":
    sys.exit(main())
