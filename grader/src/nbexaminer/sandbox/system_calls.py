"""System calls of Linux: those made through the C library, and the filter of those of graded code.

`drop_privileges` is the last step of a child before the first line of a learner's code.

`known_calls.csv` lists the calls that it may make, those of ordinary work with files, memory,
threads, signals, time, sockets and processes, and those that it is refused by name, with EPERM:
they reach parts of the kernel where holes have been found, memory that no limit counts, or what
others use. Whatever is not listed, today's and tomorrow's, gets ENOSYS, as on an older kernel: the
C library and Python then do without.

Sources: capabilities(7), seccomp(2), prctl(2); for the numbers the kernel's asm/unistd_64.h and
asm-generic/unistd.h, syscalls(2).
"""

import csv
import ctypes
import errno
import functools
import os
import platform
import struct
from pathlib import Path

KNOWN_CALLS = Path(__file__).with_name("known_calls.csv")
"""For each call what graded code is answered, and its numbers; none where a machine lacks it."""

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
    """Give up every capability for good, and every system call but the allowed ones."""
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


MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""Those whose system calls are listed, and what the kernel calls them: AUDIT_ARCH_*."""


@functools.cache
def numbers(answer: str, machine: str) -> dict[str, int]:
    """Those of the calls that are "allowed" or "refused", on a machine of `platform.machine()`'s
    name."""
    with KNOWN_CALLS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["answer"] == answer]
    return {row["call"]: int(row[machine]) for row in rows if row[machine]}


# Classic BPF over `struct seccomp_data`: (operation, jump if true, jump if false, operand).
_Program = list[tuple[int, int, int, int]]
_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_SET = 0x15, 0x35, 0x45
_NUMBER_AT, _MACHINE_AT, _ARGUMENTS_AT = 0, 4, range(16, 64, 8)
"""Of an argument the lower half, which is all that the kernel looks at in those tested here."""
_ALLOW: _Program = [(_RETURN, 0, 0, 0x7FFF0000)]
_KILL: _Program = [(_RETURN, 0, 0, 0x80000000)]


def _refuse(number: int) -> _Program:
    return [(_RETURN, 0, 0, 0x00050000 | number)]


_EPERM = _refuse(errno.EPERM)


def _where(values: tuple[int, ...], then: _Program) -> _Program:
    """Go on with `then`, which has to return, where the argument is one of the values."""
    return [step for value in values for step in ((_JUMP_EQUAL, 0, len(then), value), *then)]


def _unless(argument: int, *values: int, any_of: int = 0, of: int = 0) -> _Program:
    """Allow the call unless the argument has one of the bits `any_of`, or is one of the values.

    of: the bits of it that are compared with the values, where not all.
    """
    return [
        (_LOAD, 0, 0, _ARGUMENTS_AT[argument]),
        *([(_JUMP_SET, 0, len(_EPERM), any_of), *_EPERM] if any_of else []),
        *([(_AND, 0, 0, of)] if of else []),
        *_where(values, _EPERM),
        *_ALLOW,
    ]


def _only(argument: int, *values: int, error: int = errno.EPERM) -> _Program:
    """Refuse the call unless the argument is one of the values."""
    load = (_LOAD, 0, 0, _ARGUMENTS_AT[argument])
    return [load, *_where(values, _ALLOW), *_refuse(error)]


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
    "clone": _unless(
        0,
        _CLONE_THREAD,
        of=_CLONE_THREAD | _CLONE_FILES,
        any_of=PER_CHILD | CLONE_NEWUSER | CLONE_NEWPID | _CLONE_PARENT,
    ),
    "close_range": _unless(2, any_of=_CLOSE_RANGE_UNSHARE),
    # Whoever drops a shared file's pages leaves a sign for the next one who reads it.
    "fadvise64": _unless(3, _POSIX_FADV_DONTNEED),
    # Locks and notices would be felt by everybody who uses the same file.
    "fcntl": _only(1, *_FCNTL),
    # Pages that leave the count while they are in use, and those that the kernel compares
    # with everybody else's.
    "madvise": _unless(2, _MADV_MERGEABLE, _MADV_COLD, _MADV_PAGEOUT),
    # Shared anonymous memory lives on, unmapped, in no process' count; huge pages are in none.
    "mmap": _unless(
        3,
        _MAP_SHARED | _MAP_ANONYMOUS,
        of=_MAP_SHARED | _MAP_ANONYMOUS,
        any_of=_MAP_HUGETLB,
    ),
    # Filters of its own, and processors to itself.
    "prctl": _unless(0, _PR_SET_SECCOMP, _PR_SCHED_CORE),
    # Of another process than the calling one: the supervisor could be starved with it.
    "prlimit64": _only(0, 0),
    # With larger buffers the kernel would hold more for a socket than the supervisor counts.
    "setsockopt": _unless(2, _SO_SNDBUF),
    # Others, such as AF_VSOCK, are not kept apart by network namespaces.
    "socket": _only(0, *_FAMILIES, error=errno.EAFNOSUPPORT),
    "socketpair": _only(0, *_FAMILIES, error=errno.EAFNOSUPPORT),
}


def filter_program(machine: str) -> _Program:
    """The filter for a machine of `platform.machine()`'s name.

    Calls of another architecture end the process; unknown ones get ENOSYS.
    """
    answers = dict.fromkeys(numbers("refused", machine).values(), _EPERM)
    allowed = numbers("allowed", machine).items()
    answers |= {number: _BY_ARGUMENT.get(name, _ALLOW) for name, number in allowed}
    unknown = before = _refuse(errno.ENOSYS)
    starts = [(0, unknown)]
    for number in range(max(answers) + 2):
        answer = answers.get(number, unknown)
        if answer != before:
            starts.append((number, answer))
        before = answer
    return [
        (_LOAD, 0, 0, _MACHINE_AT),
        (_JUMP_EQUAL, 1, 0, MACHINES[machine]),
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
