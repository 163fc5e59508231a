"""Process 1 of each child's namespaces: makes them, and watches over what runs in there."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import struct
import time

from nbexaminer.sandbox import namespaces, system_calls
from nbexaminer.sandbox.limits import EndedBy, Limits
from nbexaminer.sandbox.usage import CpuClock, Unseen, look

_POLL_SECONDS = 0.05
_POLLS_A_SLOW_ONE = 10
_MOST_MAPPINGS = 1 << 17
"""Of all processes together. The kernel keeps about 250 bytes for each, and a process that has
imported everything has a thousand."""


def nanny(channel: socket.socket, limits: Limits, resident: int, view: namespaces.View) -> None:
    """Make the namespaces of one child, then watch over it. Runs as their process 1.

    channel: an `EndedBy` comes out of it where a limit was passed; the nanny ends when the
        other end is closed.
    resident: bytes of memory that the child shares with the zygote at first.

    Sends its own pidfd when the namespaces are ready.
    """
    namespaces.unshare(system_calls.PER_CHILD)
    namespaces.fresh_folders(limits, view)
    namespaces.mount_proc(namespaces.MS_RDONLY)
    socket.sethostname("sandbox")
    with socket.socket(socket.AF_UNIX) as sample:
        socket_bytes = 2 * sample.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
    pidfd = os.pidfd_open(os.getpid())
    # It may look at its charges' memory in detail, and nothing else.
    system_calls.drop_capabilities(keep=1 << system_calls.CAP_SYS_PTRACE)
    system_calls.filter_system_calls()
    socket.send_fds(channel, [b"ready"], [pidfd])
    os.close(pidfd)
    passed = _watch(channel, limits, resident, socket_bytes)
    if passed is not None:
        channel.sendall(passed.encode())


def _watch(
    channel: socket.socket, limits: Limits, resident: int, socket_bytes: int
) -> EndedBy | None:
    """The limit that was passed, or None when the other end of `channel` is closed.

    socket_bytes: the most that a socket can hold, in memory that belongs to no process.
    """
    poller = select.poll()
    poller.register(channel, select.POLLIN)
    end = time.monotonic() + limits.notebook_wall_seconds + limits.extra_seconds
    cpu = CpuClock()
    polls = 0
    while not poller.poll(_POLL_SECONDS * 1000):
        polls += 1
        _reap()
        try:
            seen = look()
            cpu.add(seen)
            most = limits.watched_memory_bytes + resident - _sockets() * socket_bytes
            # Twice, for what is doubled only in the moment of a fork.
            if seen.memory_beyond(most) and look().memory_beyond(most):
                return EndedBy.MEMORY
        except Unseen:
            return EndedBy.MEMORY
        if seen.files_beyond(limits.watched_files):
            return EndedBy.MEMORY
        if polls % _POLLS_A_SLOW_ONE == 0 and seen.mappings_beyond(_MOST_MAPPINGS):
            return EndedBy.MEMORY
        if cpu.seconds > limits.notebook_cpu_seconds:
            return EndedBy.CPU
        if time.monotonic() > end:
            return EndedBy.WALL
    return None


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass


def _sockets() -> int:
    """How many sockets there are in the network namespace, in whatever process or message."""
    with open("/proc/net/sockstat", "rb") as file:
        return int(file.readline().split()[2])


class NannyForker:
    """A small process that forks nannies, so that each costs a page or two of memory.

    Make it before the zygote imports anything large.
    """

    def __init__(self, limits: Limits, view: namespaces.View) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid = os.fork()
        if self.pid == 0:
            status = 1
            try:
                requests = theirs.fileno()
                os.closerange(0, requests)
                os.closerange(requests + 1, namespaces.MOST_FDS)
                _fork_nannies(theirs, limits, view)
                status = 0
            finally:
                os._exit(status)
        theirs.close()

    def start(self, resident: int) -> tuple[socket.socket, int]:
        """A new nanny: (its channel, its pidfd)."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs:
                socket.send_fds(self._socket, [struct.pack("Q", resident)], [theirs.fileno()])
            message, fds, _, _ = socket.recv_fds(ours, 4096, 1)
            if message != b"ready":
                raise OSError(message.decode(errors="replace") or "the nanny ended at once")
        except BaseException:
            ours.close()
            raise
        return ours, fds[0]


def _fork_nannies(requests: socket.socket, limits: Limits, view: namespaces.View) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    while True:
        message, fds, _, _ = socket.recv_fds(requests, 64, 1)
        if not message:
            return
        namespaces.unshare(system_calls.CLONE_NEWPID)
        if os.fork() == 0:
            requests.close()
            os.close(own)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            with socket.socket(fileno=fds[0]) as channel:
                try:
                    nanny(channel, limits, struct.unpack("Q", message)[0], view)
                except OSError as error:
                    with contextlib.suppress(OSError):
                        channel.send(str(error).encode())
            os._exit(0)
        namespaces.setns(own, system_calls.CLONE_NEWPID)
        os.close(fds[0])
