"""What Linux offers for locking a process in, called through the C library.

Three roles, all of them inside bubblewrap's view of the files:

- the zygote calls `enter` once. It leaves it an unprivileged user with a user namespace of
  its own, in which it may make further namespaces.
- for every child a `nanny` makes fresh namespaces and empty folders, stays as process 1 of
  the child's process namespace and watches memory and CPU time. When it ends, the kernel
  ends every process in there.
- the child, forked from the zygote, calls `join` to move into the nanny's namespaces, and
  `drop_privileges` before the first line of a learner's code.

Sources: namespaces(7), user_namespaces(7), capabilities(7), seccomp(2), proc(5).
"""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import errno
import functools
import os
import platform
import select
import signal
import socket
import struct
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grading.limits import Limits

HOME = "/home/learner"
LEARNER_UID = 1000
FRESH = {"/tmp": "1777", "/dev/shm": "1777", HOME: "0700"}
"""The folders that graded code can write to, empty for every child, and their modes."""

_CLONE_PARENT = 0x00008000
_CLONE_NEWNS = 0x00020000
_CLONE_NEWCGROUP = 0x02000000
_CLONE_NEWUTS = 0x04000000
_CLONE_NEWIPC = 0x08000000
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWPID = 0x20000000
_CLONE_NEWNET = 0x40000000
_PER_CHILD = _CLONE_NEWNS | _CLONE_NEWCGROUP | _CLONE_NEWUTS | _CLONE_NEWIPC | _CLONE_NEWNET

_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 1, 2, 4, 8
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000

_PR_SET_DUMPABLE = 4
_PR_SET_SECCOMP = 22
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_SYS_PTRACE = 19

_POLL_SECONDS = 0.05
_MOST_FDS = 1 << 20


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _prctl(option: int, *arguments: int) -> None:
    values = [ctypes.c_ulong(a) for a in (*arguments, 0, 0, 0, 0)[:4]]
    _checked(_libc().prctl(ctypes.c_int(option), *values), f"prctl({option})")


def _mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    texts = [text.encode() for text in (source, target, kind)]
    result = _libc().mount(*texts, ctypes.c_ulong(flags), data.encode())
    _checked(result, f"mount {kind or source} on {target}")


def _unshare(flags: int) -> None:
    _checked(_libc().unshare(flags), f"unshare({flags:#x})")


def _setns(fd: int, flags: int) -> None:
    _checked(_libc().setns(fd, flags), f"setns({flags:#x})")


def _own_user_namespace(proc: int, inner_uid: int) -> None:
    """Move into a new user namespace in which the calling user is `inner_uid`.

    `proc` is an open /proc that may be written to.
    """
    uid, gid = os.getuid(), os.getgid()
    _unshare(_CLONE_NEWUSER)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{inner_uid} {uid} 1"),
        ("gid_map", f"{inner_uid} {gid} 1"),
    ):
        _write(f"self/{name}", text, proc)


def _write(path: str, text: str, folder: int) -> None:
    fd = os.open(path, os.O_WRONLY, dir_fd=folder)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)


def open_proc() -> int:
    """The zygote's /proc, for `join`: the child's own is read-only."""
    return os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)


@dataclass(frozen=True)
class View:
    """What the sandbox's files need beyond bubblewrap's arguments.

    covered: folders that the zygote sees and its children don't.
    kept: paths to show although they lie in one of `FRESH`, such as a Python environment
        below /tmp.
    """

    covered: Sequence[str] = ()
    kept: Sequence[str] = ()


def enter(uid: int | None, limits: Limits, view: View) -> None:
    """Make the zygote an unprivileged user who may create namespaces. Forks, and returns in
    the child.

    uid: the user to become where this is the real root, else None.
    """
    if uid is not None:
        # bubblewrap covers parts of root's /proc, and a covered /proc can't be mounted
        # again by the unprivileged user that we are about to become.
        _mount("proc", "/proc", "proc", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC)
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        _prctl(_PR_SET_DUMPABLE, 1)
    proc = open_proc()
    _own_user_namespace(proc, os.getuid())
    os.close(proc)
    # A process may leave a process namespace and come back only where it owns it: go on as
    # process 1 of our own. What is left outside only passes on how that ended.
    _unshare(_CLONE_NEWNS | _CLONE_NEWPID)
    inner = os.fork()
    if inner != 0:
        os.closerange(3, _MOST_FDS)
        os._exit(abs(os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1])))
    _mount("proc", "/proc", "proc", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC)
    _fresh_folders(limits, dataclasses.replace(view, covered=()))


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


def nanny(channel: socket.socket, limits: Limits, resident: int, view: View) -> None:
    """Make the namespaces of one child, then watch over it. Runs as their process 1.

    channel: the name of a limit comes out of it where that was passed; the nanny ends when
        the other end is closed.
    resident: bytes of memory that the child shares with the zygote at first.

    Sends its own pidfd when the namespaces are ready.
    """
    _unshare(_PER_CHILD)
    _fresh_folders(limits, view)
    _mount("proc", "/proc", "proc", _MS_RDONLY | _MS_NOSUID | _MS_NODEV | _MS_NOEXEC)
    socket.sethostname("sandbox")
    with socket.socket(socket.AF_UNIX) as sample:
        socket_bytes = 2 * sample.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
    pidfd = os.pidfd_open(os.getpid())
    # It may look at its charges' memory in detail, and nothing else.
    _drop_capabilities(keep=1 << _CAP_SYS_PTRACE)
    _filter_system_calls()
    socket.send_fds(channel, [b"ready"], [pidfd])
    os.close(pidfd)
    reason = _watch(channel, limits, resident, socket_bytes)
    if reason:
        channel.sendall(reason.encode())


def _watch(channel: socket.socket, limits: Limits, resident: int, socket_bytes: int) -> str | None:
    """The limit that was passed, or None when the other end of `channel` is closed.

    socket_bytes: the most that a socket can hold, in memory that belongs to no process.
    """
    poller = select.poll()
    poller.register(channel, select.POLLIN)
    end = time.monotonic() + limits.notebook_wall_seconds
    reaped = 0.0
    while not poller.poll(_POLL_SECONDS * 1000):
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, _, usage = os.wait4(-1, os.WNOHANG)
                if pid == 0:
                    break
                reaped += usage.ru_utime + usage.ru_stime
        memory, cpu = _usage_of_all()
        # Pages that forked processes share count once for each in the cheap sum.
        most = limits.watched_memory_bytes + resident - _sockets() * socket_bytes
        if memory > most and _proportional_memory() > most:
            return "memory"
        if cpu + reaped > limits.notebook_cpu_seconds:
            return "cpu"
        if time.monotonic() > end:
            return "wall"
    return None


def _usage_of_all() -> tuple[int, float]:
    """Resident bytes and CPU seconds of every process in /proc but the calling one."""
    memory, cpu = 0, 0
    for name in os.listdir("/proc"):
        if not name.isdigit() or name == "1":
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as stat:
                # The name, in parentheses, may hold anything; fields are counted behind it.
                fields = stat.read().rpartition(b")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        cpu += sum(map(int, fields[11:15]))
        memory += int(fields[21])
    return memory * os.sysconf("SC_PAGE_SIZE"), cpu / os.sysconf("SC_CLK_TCK")


def _sockets() -> int:
    """How many sockets there are in the network namespace, in whatever process or message."""
    with open("/proc/net/sockstat", "rb") as file:
        return int(file.readline().split()[2])


def _proportional_memory() -> int:
    """Resident bytes of every process but the calling one, shared pages divided by sharers."""
    total = 0
    for name in os.listdir("/proc"):
        if not name.isdigit() or name == "1":
            continue
        try:
            with open(f"/proc/{name}/smaps_rollup") as rollup:
                total += sum(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
        except (FileNotFoundError, ProcessLookupError):
            continue
        except PermissionError:
            # It asked the kernel not to be looked at (PR_SET_DUMPABLE): all of it counts.
            total += _resident_kib(name)
    return total * 1024


def _resident_kib(name: str) -> int:
    try:
        with open(f"/proc/{name}/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
    except (FileNotFoundError, ProcessLookupError):
        return 0


class NannyForker:
    """A small process that forks nannies, so that each costs a page or two of memory.

    Make it before the zygote imports anything large.
    """

    def __init__(self, limits: Limits, view: View) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid = os.fork()
        if self.pid == 0:
            status = 1
            try:
                requests = theirs.fileno()
                os.closerange(0, requests)
                os.closerange(requests + 1, _MOST_FDS)
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


def _fork_nannies(requests: socket.socket, limits: Limits, view: View) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    while True:
        message, fds, _, _ = socket.recv_fds(requests, 64, 1)
        if not message:
            return
        _unshare(_CLONE_NEWPID)
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
        _setns(own, _CLONE_NEWPID)
        os.close(fds[0])


@contextlib.contextmanager
def forking_into(pidfd: int) -> Iterator[None]:
    """Within this context, forked processes belong to the process namespace of `pidfd`."""
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    forker = os.getpid()
    _setns(pidfd, _CLONE_NEWPID)
    try:
        yield
    finally:
        if os.getpid() == forker:
            _setns(own, _CLONE_NEWPID)
        os.close(own)


def join(pidfd: int, proc: int) -> None:
    """Move the calling child into the namespaces of the nanny `pidfd`, and into a user
    namespace of its own in which no other can be made."""
    _setns(pidfd, _PER_CHILD)
    _own_user_namespace(proc, LEARNER_UID)
    _write("sys/user/max_user_namespaces", "0", proc)


def drop_privileges() -> None:
    """Give up every capability for good and forbid the system calls of `DENIED`."""
    _drop_capabilities()
    _filter_system_calls()
    # Capabilities given up leave /proc/self to root, and subprocess needs /proc/self/fd.
    _prctl(_PR_SET_DUMPABLE, 1)


def _drop_capabilities(keep: int = 0) -> None:
    with open("/proc/sys/kernel/cap_last_cap") as file:
        last = int(file.read())
    for capability in range(last + 1):
        _prctl(_PR_CAPBSET_DROP, capability)
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    _checked(_libc().capset(header, struct.pack("6I", keep, keep, 0, 0, 0, 0)), "capset")
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


# System calls that an exercise never needs and that reach parts of the kernel where holes
# have been found, or memory that no limit counts: name: (x86_64, arm64).
_NONE = 0x3FFFFFFF  # where a machine lacks the call
DENIED = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "delete_module": (176, 106),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "modify_ldt": (154, _NONE),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "mq_open": (240, 180),
    "msgget": (68, 186),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438),
    "pivot_root": (155, 41),
    "process_madvise": (440, 440),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "semget": (64, 190),
    "setns": (308, 268),
    "shmget": (29, 194),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
}
_CLONE, _CLONE3, _SOCKET, _PRLIMIT = (56, 220), (435, 435), (41, 198), (302, 261)
_SETSOCKOPT, _SO_SNDBUF = (54, 208), 7
# (position in the tuples above, AUDIT_ARCH_…)
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


def knows_this_machine() -> bool:
    """Whether the numbers of its system calls are in the table."""
    return platform.machine() in _MACHINES


def _filter_system_calls() -> None:
    """Install the filter, a classic BPF program over `struct seccomp_data`."""
    load, jump_equal, jump_at_least, jump_set, answer = 0x20, 0x15, 0x35, 0x45, 0x06
    kill, allow, refuse = 0x80000000, 0x7FFF0000, 0x00050000
    number_at, machine_at, argument_at, third_argument_at = 0, 4, 16, 32
    column, machine = _MACHINES[platform.machine()]
    program = [
        (load, 0, 0, machine_at),
        (jump_equal, 1, 0, machine),
        (answer, 0, 0, kill),
        (load, 0, 0, number_at),
        (jump_at_least, 0, 1, 0x40000000),  # the x32 calls of x86_64
        (answer, 0, 0, refuse | errno.EPERM),
    ]
    for numbers in DENIED.values():
        program += [
            (jump_equal, 0, 1, numbers[column]),
            (answer, 0, 0, refuse | errno.EPERM),
        ]
    program += [
        # The arguments of clone3 can't be seen from here; the C library falls back to clone.
        (jump_equal, 0, 1, _CLONE3[column]),
        (answer, 0, 0, refuse | errno.ENOSYS),
        # Of another process than the calling one: the nanny could be starved with it.
        (jump_equal, 0, 4, _PRLIMIT[column]),
        (load, 0, 0, argument_at),
        (jump_equal, 1, 0, 0),
        (answer, 0, 0, refuse | errno.EPERM),
        (answer, 0, 0, allow),
        (jump_equal, 0, 4, _CLONE[column]),
        (load, 0, 0, argument_at),
        (jump_set, 0, 1, _PER_CHILD | _CLONE_NEWUSER | _CLONE_NEWPID | _CLONE_PARENT),
        (answer, 0, 0, refuse | errno.EPERM),
        (answer, 0, 0, allow),
        # With larger buffers the kernel would hold more for a socket than the nanny counts.
        (jump_equal, 0, 4, _SETSOCKOPT[column]),
        (load, 0, 0, third_argument_at),
        (jump_equal, 0, 1, _SO_SNDBUF),
        (answer, 0, 0, refuse | errno.EPERM),
        (answer, 0, 0, allow),
        (jump_equal, 0, 5, _SOCKET[column]),
        (load, 0, 0, argument_at),
        # Others, such as AF_VSOCK, are not kept apart by network namespaces.
        (jump_equal, 3, 0, socket.AF_UNIX),
        (jump_equal, 2, 0, socket.AF_INET),
        (jump_equal, 1, 0, socket.AF_INET6),
        (answer, 0, 0, refuse | errno.EAFNOSUPPORT),
        (answer, 0, 0, allow),
    ]
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    filter_program = struct.pack("HP", len(program), ctypes.addressof(buffer))
    address = ctypes.create_string_buffer(filter_program, len(filter_program))
    _prctl(_PR_SET_SECCOMP, 2, ctypes.addressof(address))
