"""Mounts, changes root and makes namespaces of its own to see more files."""
# verdict: failed
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
for flags in (0x10000000, 0x00020000, 0x10020000, 0x40000000, 0x20000000):
    if libc.unshare(flags) == 0:
        print("BREACH: unshare", hex(flags))
if libc.mount(b"proc", b"/tmp", b"proc", 0, None) == 0:
    print("BREACH: mount")
if libc.umount2(b"/course/grading", 2) == 0 or libc.umount2(b"/proc", 2) == 0:
    print("BREACH: umount")
if libc.chroot(b"/tmp") == 0:
    print("BREACH: chroot")
if libc.pivot_root(b"/tmp", b"/tmp") == 0 if hasattr(libc, "pivot_root") else False:
    print("BREACH: pivot_root")
if libc.setns(3, 0) == 0:
    print("BREACH: setns")


def softmax(x, dim=-1):
    return x
