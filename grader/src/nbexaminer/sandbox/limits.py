"""How much of the machine one child of a zygote may use."""

import os
from dataclasses import dataclass
from enum import StrEnum


class EndedBy(StrEnum):
    """What ended a child of a zygote."""

    ITSELF = "itself"
    """Whatever its code did: returned, exited, crashed."""
    MEMORY = "memory limit"
    """Of all its processes together, as are the next two."""
    CPU = "cpu limit"
    WALL = "wall limit"
    KILL = "kill"
    """`Child.kill`."""
    LOSS = "loss"
    """Its zygote died with it."""


@dataclass(frozen=True)
class Limits:
    """Limits of one child of a zygote. Bytes and seconds throughout.

    The kernel enforces memory, open files, file size and CPU time a process by rlimits.
    In the sandbox a watcher adds up memory, open files and CPU time over all processes of the
    child, and ends the child above `watched_memory_bytes`, `watched_files` and `cpu_seconds`.
    Whoever adds limits of their own in a subclass keeps them in what talks to the child.
    """

    memory_bytes: int = 2 << 30
    """Address space beyond what the zygote had mapped already."""
    processes: int = 64
    """Processes and threads together. Enforced in the sandbox only: outside it the kernel
    would count everything else that the same user runs."""
    open_files: int = 256
    file_bytes: int = 64 << 20
    scratch_bytes: int = 128 << 20
    """Size of each of the private folders /tmp, /dev/shm and home."""
    cpu_seconds: int = 300
    wall_seconds: float = 600.0

    @property
    def watched_memory_bytes(self) -> int:
        """Memory of all processes together, without files' pages, where the watcher ends the child.

        Larger than `memory_bytes`, so that one greedy process meets a MemoryError, and goes on,
        before it meets the watcher.
        """
        return self.memory_bytes + self.memory_bytes // 4

    @property
    def watched_files(self) -> int:
        """Open files of all processes together at which the watcher ends the child: what the
        kernel holds for a pipe or the like belongs to no process' memory."""
        return 4 * self.open_files

    def apply(self, mapped: int | None, count_for_user: bool) -> None:
        """Set the rlimits of the calling process; they hold for what it starts, too.

        mapped: address space in use, from `used_bytes`, or None where that is not known.
        count_for_user: whether what the kernel counts for all processes of a user can be
            limited, as in a user namespace of the child's own.
        """
        import resource  # Windows has none, and this module is to say so elsewhere

        wanted = {
            "RLIMIT_CORE": 0,
            "RLIMIT_FSIZE": self.file_bytes,
            "RLIMIT_NOFILE": self.open_files,
            "RLIMIT_MEMLOCK": 0,
            "RLIMIT_MSGQUEUE": 0,
            "RLIMIT_RTPRIO": 0,
            "RLIMIT_STACK": 8 << 20,
            "RLIMIT_CPU": self.cpu_seconds,
        }
        if mapped is not None:
            wanted["RLIMIT_AS"] = mapped + self.memory_bytes
        if count_for_user:
            # Timers count as signals that wait.
            wanted |= {"RLIMIT_NPROC": self.processes, "RLIMIT_SIGPENDING": 128}
        for name, soft in wanted.items():
            kind = getattr(resource, name, None)
            if kind is None:
                continue
            hard = soft + 1 if name == "RLIMIT_CPU" else soft
            most = resource.getrlimit(kind)[1]
            if most != resource.RLIM_INFINITY:
                soft, hard = min(soft, most), min(hard, most)
            resource.setrlimit(kind, (soft, hard))


def used_bytes() -> tuple[int | None, int]:
    """Address space of the calling process, and what of its resident memory no file holds; None and
    0 where the system doesn't say (macOS)."""
    try:
        with open("/proc/self/statm") as statm:
            mapped, resident, shared, *_ = map(int, statm.read().split())
    except FileNotFoundError:
        return None, 0
    page = os.sysconf("SC_PAGE_SIZE")
    return mapped * page, (resident - shared) * page
