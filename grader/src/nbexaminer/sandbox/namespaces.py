"""What Linux offers for locking a process in: namespaces and empty folders of its own.

Three roles, all of them inside bubblewrap's view of the files:

- the zygote calls `enter` once. It leaves it an unprivileged user with a user namespace of
  its own, in which it may make further namespaces.
- for every child a `nanny` makes fresh namespaces and empty folders, stays as process 1 of
  the child's process namespace and watches memory and CPU time. When it ends, the kernel
  ends every process in there.
- the child, forked from the zygote, calls `join` to move into the nanny's namespaces, and
  `drop_privileges` before the first line of a learner's code.

Sources: namespaces(7), user_namespaces(7), proc(5).
"""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nbexaminer.sandbox import system_calls
from nbexaminer.sandbox.limits import Limits
from nbexaminer.sandbox.system_calls import checked, libc, prctl

HOME = "/home/learner"
LEARNER_UID = 1000
FRESH = {"/tmp": "1777", "/dev/shm": "1777", HOME: "0700"}
"""The folders that graded code can write to, empty for every child, and their modes."""

MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 1, 2, 4, 8
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000
MOST_FDS = 1 << 20


def _mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    texts = [text.encode() for text in (source, target, kind)]
    result = libc().mount(*texts, ctypes.c_ulong(flags), data.encode())
    checked(result, f"mount {kind or source} on {target}")


def mount_proc(flags: int = 0) -> None:
    """Mount a /proc of the caller's own process namespace."""
    _mount("proc", "/proc", "proc", flags | _MS_NOSUID | _MS_NODEV | _MS_NOEXEC)


def unshare(flags: int) -> None:
    checked(libc().unshare(flags), f"unshare({flags:#x})")


def setns(fd: int, flags: int) -> None:
    checked(libc().setns(fd, flags), f"setns({flags:#x})")


def _own_user_namespace(proc: int, inner_uid: int) -> None:
    """Move into a new user namespace in which the calling user is `inner_uid`.

    `proc` is an open /proc that may be written to.
    """
    uid, gid = os.getuid(), os.getgid()
    unshare(system_calls.CLONE_NEWUSER)
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
        mount_proc()
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        prctl(system_calls.PR_SET_DUMPABLE, 1)
    proc = open_proc()
    _own_user_namespace(proc, os.getuid())
    os.close(proc)
    # A process may leave a process namespace and come back only where it owns it: go on as
    # process 1 of our own. What is left outside only passes on how that ended.
    unshare(system_calls.CLONE_NEWNS | system_calls.CLONE_NEWPID)
    inner = os.fork()
    if inner != 0:
        os.closerange(3, MOST_FDS)
        os._exit(abs(os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1])))
    mount_proc()
    fresh_folders(limits, dataclasses.replace(view, covered=()))


def fresh_folders(limits: Limits, view: View) -> None:
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
        _mount("tmpfs", path, "tmpfs", MS_RDONLY | _MS_NOSUID | _MS_NODEV, "size=4k,mode=0555")


@contextlib.contextmanager
def forking_into(pidfd: int) -> Iterator[None]:
    """Within this context, forked processes belong to the process namespace of `pidfd`."""
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    forker = os.getpid()
    setns(pidfd, system_calls.CLONE_NEWPID)
    try:
        yield
    finally:
        if os.getpid() == forker:
            setns(own, system_calls.CLONE_NEWPID)
        os.close(own)


def join(pidfd: int, proc: int) -> None:
    """Move the calling child into the namespaces of the nanny `pidfd`, and into a user
    namespace of its own in which no other can be made."""
    setns(pidfd, system_calls.PER_CHILD)
    _own_user_namespace(proc, LEARNER_UID)
    _write("sys/user/max_user_namespaces", "0", proc)
