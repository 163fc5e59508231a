"""System calls of Linux: those made through the C library, and those that graded code is denied.

`drop_privileges` is the last step of a child before the first line of a learner's code.

Sources: capabilities(7), seccomp(2), prctl(2).
"""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import platform
import socket
import struct

_CLONE_PARENT = 0x00008000
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


@functools.cache
def _last_capability() -> int:
    with open("/proc/sys/kernel/cap_last_cap") as file:
        return int(file.read())


def drop_privileges() -> None:
    """Give up every capability for good and forbid the system calls of `DENIED`."""
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


def filter_system_calls() -> None:
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
        (jump_set, 0, 1, PER_CHILD | CLONE_NEWUSER | CLONE_NEWPID | _CLONE_PARENT),
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
    prctl(_PR_SET_SECCOMP, 2, ctypes.addressof(address))
