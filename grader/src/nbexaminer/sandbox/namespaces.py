"""What Linux offers for locking a process in: namespaces and empty folders of its own, and a
supervisor.

All of it happens inside bubblewrap's view of the files. The zygote calls `enter` once, which leaves
it an unprivileged user with a user namespace of its own, in which it may make further namespaces.
For every child a supervisor makes fresh namespaces and empty folders, stays as process 1 of the
child's process namespace, and watches memory and CPU time: when it ends, the kernel ends every
process in there. The child, forked from the zygote, calls `join` to move in, and `drop_privileges`
before the first line of a learner's code.

Sources: namespaces(7), user_namespaces(7), proc(5).
"""

import contextlib
import ctypes
import os
import select
import signal
import socket
import struct
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nbexaminer.sandbox import system_calls
from nbexaminer.sandbox.limits import EndedBy, Limits
from nbexaminer.sandbox.system_calls import checked, libc, prctl
from nbexaminer.sandbox.usage import CpuClock, Unseen, look

HOME = "/home/learner"
LEARNER_UID = 1000
FRESH = {"/tmp": "1777", "/dev/shm": "1777", HOME: "0700"}
"""The folders that graded code can write to, empty for every child, and their modes."""

_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 1, 2, 4, 8
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000
MOST_FDS = 1 << 20

_POLL_SECONDS = 0.05
_POLLS_A_SLOW_ONE = 10
_MOST_MAPPINGS = 1 << 17
"""Of all processes together. The kernel keeps about 250 bytes for each, and a process that has
imported everything has a thousand."""


def _mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    texts = [text.encode() for text in (source, target, kind)]
    result = libc().mount(*texts, ctypes.c_ulong(flags), data.encode())
    checked(result, f"mount {kind or source} on {target}")


def _mount_proc(flags: int = 0) -> None:
    """Mount a /proc of the caller's own process namespace."""
    _mount("proc", "/proc", "proc", flags | _MS_NOSUID | _MS_NODEV | _MS_NOEXEC)


def _unshare(flags: int) -> None:
    checked(libc().unshare(flags), f"unshare({flags:#x})")


def _setns(fd: int, flags: int) -> None:
    checked(libc().setns(fd, flags), f"setns({flags:#x})")


def _own_user_namespace(proc: int, inner_uid: int) -> None:
    """Move into a new user namespace, as `inner_uid`. proc: an open /proc that can be written."""
    uid, gid = os.getuid(), os.getgid()
    _unshare(system_calls.CLONE_NEWUSER)
    _write("self/setgroups", "deny", proc)
    _write("self/uid_map", f"{inner_uid} {uid} 1", proc)
    _write("self/gid_map", f"{inner_uid} {gid} 1", proc)


def _write(path: str, text: str, folder: int) -> None:
    with open(os.open(path, os.O_WRONLY, dir_fd=folder), "wb", buffering=0) as file:
        file.write(text.encode())


def open_proc() -> int:
    """The zygote's /proc, for `join`: the child's own is read-only."""
    return os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)


class View(NamedTuple):
    """What the sandbox's files need beyond bubblewrap's arguments.

    covered: folders that the zygote sees and its children don't.
    kept: paths to show although they lie in one of `FRESH`, such as an environment below /tmp.
    """

    covered: Sequence[str]
    kept: Sequence[str]


def enter(uid: int | None, limits: Limits, view: View) -> None:
    """Make the zygote an unprivileged user who may create namespaces; returns in a fork of it.

    uid: the user to become where this is the real root, else None.
    """
    if uid is not None:
        # bubblewrap covers parts of root's /proc, and a covered /proc can't be mounted
        # again by the unprivileged user that we are about to become.
        _mount_proc()
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        prctl(system_calls.PR_SET_DUMPABLE, 1)
    proc = open_proc()
    _own_user_namespace(proc, os.getuid())
    os.close(proc)
    # A process may leave a process namespace and come back only where it owns it: go on as
    # process 1 of our own. What is left outside only passes on how that ended.
    _unshare(system_calls.CLONE_NEWNS | system_calls.CLONE_NEWPID)
    inner = os.fork()
    if inner != 0:
        os.closerange(3, MOST_FDS)
        os._exit(abs(os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1])))
    _mount_proc()
    _fresh_folders(limits, view._replace(covered=()))


def _fresh_folders(limits: Limits, view: View) -> None:
    """Mount empty private folders on `FRESH`, in a mount namespace of the caller's own."""
    _mount("", "/", "", _MS_REC | _MS_PRIVATE)
    kept = [(path, os.open(path, os.O_PATH)) for path in view.kept]
    size = f"size={limits.scratch_bytes},nr_inodes=16384"
    for path, mode in FRESH.items():
        _mount("tmpfs", path, "tmpfs", _MS_NOSUID | _MS_NODEV, f"{size},mode={mode}")
    for path, fd in kept:
        if os.path.isdir(f"/proc/self/fd/{fd}"):
            os.makedirs(path, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            os.close(os.open(path, os.O_CREAT))
        _mount(f"/proc/self/fd/{fd}", path, "", _MS_BIND | _MS_REC)
        os.close(fd)
    for path in view.covered:
        _mount("tmpfs", path, "tmpfs", _MS_RDONLY | _MS_NOSUID | _MS_NODEV, "size=4k,mode=0555")


@contextlib.contextmanager
def forking_into(pidfd: int) -> Iterator[None]:
    """Within this context, forked processes belong to the process namespace of `pidfd`."""
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    forker = os.getpid()
    _setns(pidfd, system_calls.CLONE_NEWPID)
    try:
        yield
    finally:
        if os.getpid() == forker:
            _setns(own, system_calls.CLONE_NEWPID)
        os.close(own)


def join(pidfd: int, proc: int) -> None:
    """Move the calling child into the namespaces of the supervisor `pidfd`, and into a user
    namespace of its own in which no other can be made."""
    _setns(pidfd, system_calls.PER_CHILD)
    _own_user_namespace(proc, LEARNER_UID)
    _write("sys/user/max_user_namespaces", "0", proc)


def _supervise(channel: socket.socket, limits: Limits, inherited: int, view: View) -> None:
    """Make the namespaces of one child, then watch over it. Runs as their process 1.

    channel: an `EndedBy` comes out of it where a limit was passed; the supervisor ends when the
        other end is closed.
    inherited: bytes of memory that the child shares with the zygote at first, no file's pages.

    Sends its own pidfd when the namespaces are ready.
    """
    _unshare(system_calls.PER_CHILD)
    _fresh_folders(limits, view)
    _mount_proc(_MS_RDONLY)
    socket.sethostname("sandbox")
    with socket.socket(socket.AF_UNIX) as sample:
        socket_bytes = 2 * sample.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
    pidfd = os.pidfd_open(os.getpid())
    # It may look at its charges' memory in detail, and nothing else.
    system_calls.drop_capabilities(keep=1 << system_calls.CAP_SYS_PTRACE)
    system_calls.filter_system_calls()
    socket.send_fds(channel, [b"ready"], [pidfd])
    os.close(pidfd)
    passed = _watch(channel, limits, inherited, socket_bytes)
    if passed is not None:
        channel.sendall(passed.encode())


def _watch(
    channel: socket.socket, limits: Limits, inherited: int, socket_bytes: int
) -> EndedBy | None:
    """The limit that was passed, or None when the other end of `channel` is closed.

    socket_bytes: the most that a socket can hold, in memory that belongs to no process.
    """
    poller = select.poll()
    poller.register(channel, select.POLLIN)
    end = time.monotonic() + limits.wall_seconds
    cpu = CpuClock()
    polls = 0
    while not poller.poll(_POLL_SECONDS * 1000):
        polls += 1
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0] != 0:
                pass
        try:
            seen = look()
            cpu.add(seen)
            # All sockets of the network namespace, in whatever process or message.
            with open("/proc/net/sockstat", "rb") as sockets:
                held = int(sockets.readline().split()[2]) * socket_bytes
            most = limits.watched_memory_bytes + inherited - held
            # Twice, for what is doubled only in the moment of a fork.
            if seen.memory_beyond(most) and look().memory_beyond(most):
                return EndedBy.MEMORY
        except Unseen:
            return EndedBy.MEMORY
        many_mappings = polls % _POLLS_A_SLOW_ONE == 0 and seen.mappings_beyond(_MOST_MAPPINGS)
        if many_mappings or seen.files_beyond(limits.watched_files):
            return EndedBy.MEMORY
        if cpu.seconds > limits.cpu_seconds:
            return EndedBy.CPU
        if time.monotonic() > end:
            return EndedBy.WALL
    return None


class SupervisorFactory:
    """A small process that forks supervisors, so that each costs a page or two of memory.

    Make it before the zygote imports anything large.
    """

    def __init__(self, limits: Limits, view: View) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                requests = theirs.fileno()
                os.closerange(0, requests)
                os.closerange(requests + 1, MOST_FDS)
                _fork_supervisors(theirs, limits, view)
                os._exit(0)
            finally:
                os._exit(1)
        theirs.close()

    def start(self, inherited: int) -> tuple[socket.socket, int]:
        """A new supervisor: (its channel, its pidfd)."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs:
                socket.send_fds(self._socket, [struct.pack("Q", inherited)], [theirs.fileno()])
            message, fds, _, _ = socket.recv_fds(ours, 4096, 1)
            if message != b"ready":
                raise OSError(message.decode(errors="replace") or "the supervisor ended at once")
        except BaseException:
            ours.close()
            raise
        return ours, fds[0]


def _fork_supervisors(requests: socket.socket, limits: Limits, view: View) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    while True:
        message, fds, _, _ = socket.recv_fds(requests, 64, 1)
        if not message:
            return
        _unshare(system_calls.CLONE_NEWPID)
        if os.fork() == 0:
            requests.close()
            os.close(own)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            with socket.socket(fileno=fds[0]) as channel:
                try:
                    _supervise(channel, limits, struct.unpack("Q", message)[0], view)
                except OSError as error:
                    with contextlib.suppress(OSError):
                        channel.send(str(error).encode())
            os._exit(0)
        _setns(own, system_calls.CLONE_NEWPID)
        os.close(fds[0])
