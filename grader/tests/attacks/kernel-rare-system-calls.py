"""Calls rarely used parts of the kernel, where holes have been found, and those that are new."""
# verdict: failed
import ctypes
import errno
import platform

libc = ctypes.CDLL(None, use_errno=True)
X86 = {"bpf": 321, "userfaultfd": 323, "io_uring_setup": 425, "perf_event_open": 298,
       "add_key": 248, "keyctl": 250, "kexec_load": 246, "init_module": 175, "ptrace": 101,
       "memfd_create": 319, "open_by_handle_at": 304, "pidfd_getfd": 438, "fsopen": 430,
       "mincore": 27, "splice": 275, "inotify_init1": 294}
ARM = {"bpf": 280, "userfaultfd": 282, "io_uring_setup": 425, "perf_event_open": 241,
       "add_key": 217, "keyctl": 219, "kexec_load": 104, "init_module": 105, "ptrace": 117,
       "memfd_create": 279, "open_by_handle_at": 265, "pidfd_getfd": 438, "fsopen": 430,
       "mincore": 232, "splice": 76, "inotify_init1": 26}
UNKNOWN = {"landlock_create_ruleset": 444, "statmount": 457, "open_tree_attr": 467, "none": 1000,
           "of x32": 0x40000000 + 39}
for name, number in (X86 if platform.machine() == "x86_64" else ARM).items():
    libc.syscall(number, b"x", 0, 0, 0, 0)
    if ctypes.get_errno() != errno.EPERM:
        print("BREACH", name, ctypes.get_errno())
for name, number in UNKNOWN.items():
    libc.syscall(number, -1, -1, -1, -1, -1)
    if ctypes.get_errno() != errno.ENOSYS:
        print("BREACH", name, ctypes.get_errno())


def softmax(x, dim=-1):
    return x
