"""System calls of Linux: those made through the C library, and the filter of those of graded code.

`drop_privileges` is the last step of a child before the first line of a learner's code.

Sources: capabilities(7), seccomp(2), prctl(2).
"""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import platform
import struct

from nbexaminer.sandbox.known_calls import ALLOWED, DENIED, NONE

_CLONE_FILES = 0x00000400
_CLONE_PARENT = 0x00008000
_CLONE_THREAD = 0x00010000
CLONE_NEWNS = 0x00020000
_CLONE_NEWCGROUP = 0x02000000
_CLONE_NEWUTS = 0x04000000
_CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
_CLONE_NEWNET = 0x40000000
PER_CHILD = CLONE_NEWNS | _CLONE_NEWCGROUP | _CLONE_NEWUTS | _CLONE_NEWIPC | _CLONE_NEWNET

PR_SET_DUMPABLE = 4
_PR_SET_SECCOMP = 22
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
_CAPABILITY_VERSION_3 = 0x20080522
CAP_SYS_PTRACE = 19


@functools.cache
def libc() -> ctypes.CDLL:
    library = ctypes.CDLL(None, use_errno=True)
    # A child calls it dozens of times, and converting each argument by hand takes longer.
    library.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    return library


def checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def prctl(option: int, *arguments: int) -> None:
    checked(libc().prctl(option, *(*arguments, 0, 0, 0, 0)[:4]), f"prctl({option})")


def prepare() -> None:
    """Find out before forking what every child would have to find out again."""
    libc()
    _last_capability()
    _filter_code()


@functools.cache
def _last_capability() -> int:
    with open("/proc/sys/kernel/cap_last_cap") as file:
        return int(file.read())


def drop_privileges() -> None:
    """Give up every capability for good, and every system call but those of `ALLOWED`."""
    drop_capabilities()
    filter_system_calls()
    # Capabilities given up leave /proc/self to root, and subprocess needs /proc/self/fd.
    prctl(PR_SET_DUMPABLE, 1)


def drop_capabilities(keep: int = 0) -> None:
    for capability in range(_last_capability() + 1):
        prctl(_PR_CAPBSET_DROP, capability)
    prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    checked(libc().capset(header, struct.pack("6I", keep, keep, 0, 0, 0, 0)), "capset")
    prctl(_PR_SET_NO_NEW_PRIVS, 1)


# (position in the tables' tuples, AUDIT_ARCH_…)
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


def knows_this_machine() -> bool:
    """Whether the numbers of its system calls are in the tables."""
    return platform.machine() in _MACHINES


# Classic BPF over `struct seccomp_data`: (operation, jump if true, jump if false, operand).
_Program = list[tuple[int, int, int, int]]
_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_SET = 0x15, 0x35, 0x45
_NUMBER_AT, _MACHINE_AT, _ARGUMENTS_AT = 0, 4, 16
_ALLOW: _Program = [(_RETURN, 0, 0, 0x7FFF0000)]
_KILL: _Program = [(_RETURN, 0, 0, 0x80000000)]


def _refuse(number: int) -> _Program:
    return [(_RETURN, 0, 0, 0x00050000 | number)]


def _argument(position: int) -> _Program:
    # Its lower half, which is all that the kernel looks at in those that are tested here.
    return [(_LOAD, 0, 0, _ARGUMENTS_AT + 8 * position)]


def _where(value: int, then: _Program) -> _Program:
    """Go on with `then`, which has to return, where the argument is `value`."""
    return [(_JUMP_EQUAL, 0, len(then), value), *then]


def _where_any(bits: int, then: _Program) -> _Program:
    """The same where it has any of `bits`."""
    return [(_JUMP_SET, 0, len(then), bits), *then]


def _unless_one_of(values: tuple[int, ...], error: int, argument: int = 0) -> _Program:
    allowed = [step for value in values for step in _where(value, _ALLOW)]
    return [*_argument(argument), *allowed, *_refuse(error)]


_FAMILIES = (1, 2, 10)
"""AF_UNIX, AF_INET, AF_INET6."""
_MAP_SHARED, _MAP_ANONYMOUS, _MAP_HUGETLB = 0x01, 0x20, 0x40000
_MADV_MERGEABLE, _MADV_COLD, _MADV_PAGEOUT = 12, 20, 21
_CLOSE_RANGE_UNSHARE = 2
_POSIX_FADV_DONTNEED = 4
_PR_SCHED_CORE = 62
_SO_SNDBUF = 7
_FCNTL = (0, 1, 2, 3, 4, 8, 9, 10, 11, 15, 16, 1030, 1032)
"""From F_DUPFD to F_GETOWN_EX, F_DUPFD_CLOEXEC, F_GETPIPE_SZ. Not among them are locks, leases,
notices of what others do to a folder (F_NOTIFY) and larger pipes (F_SETPIPE_SZ)."""

# What is refused of an allowed call, and why.
_BY_ARGUMENT: dict[str, _Program] = {
    # New namespaces, a sibling instead of a child, and threads whose open files don't show
    # among those of their process. The arguments of clone3 can't be seen from here, so that
    # it isn't known; the C library falls back to clone.
    "clone": [
        *_argument(0),
        *_where_any(PER_CHILD | CLONE_NEWUSER | CLONE_NEWPID | _CLONE_PARENT, _refuse(errno.EPERM)),
        (_AND, 0, 0, _CLONE_THREAD | _CLONE_FILES),
        *_where(_CLONE_THREAD, _refuse(errno.EPERM)),
        *_ALLOW,
    ],
    "close_range": [
        *_argument(2),
        *_where_any(_CLOSE_RANGE_UNSHARE, _refuse(errno.EPERM)),
        *_ALLOW,
    ],
    # Whoever drops a shared file's pages leaves a sign for the next one who reads it.
    "fadvise64": [*_argument(3), *_where(_POSIX_FADV_DONTNEED, _refuse(errno.EPERM)), *_ALLOW],
    # Locks and notices would be felt by everybody who uses the same file.
    "fcntl": _unless_one_of(_FCNTL, errno.EPERM, argument=1),
    # Pages that leave the count while they are in use, and those that the kernel compares
    # with everybody else's.
    "madvise": [
        *_argument(2),
        *(
            step
            for advice in (_MADV_MERGEABLE, _MADV_COLD, _MADV_PAGEOUT)
            for step in _where(advice, _refuse(errno.EPERM))
        ),
        *_ALLOW,
    ],
    # Shared anonymous memory lives on, unmapped, in no process' count; huge pages are in none.
    "mmap": [
        *_argument(3),
        *_where_any(_MAP_HUGETLB, _refuse(errno.EPERM)),
        (_AND, 0, 0, _MAP_SHARED | _MAP_ANONYMOUS),
        *_where(_MAP_SHARED | _MAP_ANONYMOUS, _refuse(errno.EPERM)),
        *_ALLOW,
    ],
    # Filters of its own, and processors to itself.
    "prctl": [
        *_argument(0),
        *_where(_PR_SET_SECCOMP, _refuse(errno.EPERM)),
        *_where(_PR_SCHED_CORE, _refuse(errno.EPERM)),
        *_ALLOW,
    ],
    # Of another process than the calling one: the nanny could be starved with it.
    "prlimit64": _unless_one_of((0,), errno.EPERM),
    # With larger buffers the kernel would hold more for a socket than the nanny counts.
    "setsockopt": [*_argument(2), *_where(_SO_SNDBUF, _refuse(errno.EPERM)), *_ALLOW],
    # Others, such as AF_VSOCK, are not kept apart by network namespaces.
    "socket": _unless_one_of(_FAMILIES, errno.EAFNOSUPPORT),
    "socketpair": _unless_one_of(_FAMILIES, errno.EAFNOSUPPORT),
}


def filter_program(machine: str) -> _Program:
    """The filter for a machine of `platform.machine()`'s name.

    Calls of another architecture end the process; unknown ones get ENOSYS.
    """
    column, architecture = _MACHINES[machine]
    answers = {numbers[column]: _refuse(errno.EPERM) for numbers in DENIED.values()}
    answers |= {n[column]: _BY_ARGUMENT.get(name, _ALLOW) for name, n in ALLOWED.items()}
    answers.pop(NONE, None)
    unknown = before = _refuse(errno.ENOSYS)
    starts = [(0, unknown)]
    for number in range(max(answers) + 2):
        answer = answers.get(number, unknown)
        if answer != before:
            starts.append((number, answer))
        before = answer
    return [
        (_LOAD, 0, 0, _MACHINE_AT),
        (_JUMP_EQUAL, 1, 0, architecture),
        *_KILL,
        (_LOAD, 0, 0, _NUMBER_AT),
        *_search(starts),
    ]


def _search(starts: list[tuple[int, _Program]]) -> _Program:
    """Find by halves the last of the `starts` that isn't above the number, and go on there."""
    if len(starts) == 1:
        return starts[0][1]
    middle = len(starts) // 2
    below = _search(starts[:middle])
    jump = (_JUMP_AT_LEAST, len(below), 0, starts[middle][0])
    return [jump, *below, *_search(starts[middle:])]


@functools.cache
def _filter_code() -> bytes:
    program = filter_program(platform.machine())
    return b"".join(struct.pack("HBBI", *instruction) for instruction in program)


def filter_system_calls() -> None:
    """Install the filter for the calling process and what it starts."""
    code = _filter_code()
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HP", len(code) // 8, ctypes.addressof(buffer))
    address = ctypes.create_string_buffer(header, len(header))
    prctl(_PR_SET_SECCOMP, 2, ctypes.addressof(address))
