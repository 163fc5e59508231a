"""What all processes of a process namespace use together, as its process 1 sees it in /proc.

They may not want to be seen: what has come and gone between two looks, or hands its memory on
from one short-lived process or thread to the next, is counted too.

Sources: proc(5), and proc_pid_stat(5) for the numbers of its fields.
"""

import os
import time
from collections.abc import Iterator
from typing import NamedTuple

_GONE = (FileNotFoundError, ProcessLookupError)
_USUAL_MOST_MAPPINGS = 65530
"""vm.max_map_count, unless somebody has set it higher."""
_MADE = (b"RssAnon", b"RssShmem", b"VmSwap")
_LEAST_LOOKS, _PATIENCE_SECONDS = 50, 0.25


class Unseen(Exception):
    """Processes or threads come and go too quickly to be counted."""


class Process(NamedTuple):
    """One process at one time."""

    task: str
    """Id of a thread that shows its memory and files, or "" where each has ended."""
    key: tuple[str, bytes]
    """Its id and the time of its start."""
    ticks: int
    """CPU time of its own; that of its children is no part of it."""
    tasks: int
    """How many threads it has."""
    memory: int
    """Bytes of its own making, resident and swapped, where pages shared with others count in full.
    Pages of files are no part of it: they can be read again."""
    tables: int
    """Bytes of its page tables."""
    files: int
    """At least as many as it has open."""

    def proportional(self) -> int:
        """Bytes of memory, where shared pages are divided by the sharers."""
        try:
            with open(f"/proc/{self.task}/smaps_rollup", "rb") as rollup:
                told = {line.split()[0]: line.split()[1] for line in rollup}
        except (PermissionError, *_GONE):
            # It asked the kernel not to be looked at (PR_SET_DUMPABLE), or may have handed
            # its memory on: all of it counts.
            return self.memory
        # Nothing is told of one that has just ended, and may have handed its memory on, and not
        # all by a kernel before 5.3.
        parts = [told.get(name) for name in (b"Pss_Anon:", b"Pss_Shmem:", b"SwapPss:")]
        return self.memory if None in parts else 1024 * sum(map(int, filter(None, parts)))

    def open_files(self) -> set[str]:
        """Names of what it has open, the same for a pipe or socket that others have open, too."""
        folder = f"/proc/{self.task}/fd"
        try:
            links = {fd: os.readlink(f"{folder}/{fd}") for fd in os.listdir(folder)}
        except (PermissionError, *_GONE):
            links = dict.fromkeys(map(str, range(self.files)), "")
        shared = ("pipe:", "socket:")
        return {v if v.startswith(shared) else f"{folder}/{fd}" for fd, v in links.items()}

    def mappings(self, most: int) -> int:
        """How many parts its address space has, counted up to `most`."""
        count = 0
        try:
            with open(f"/proc/{self.task}/maps", "rb") as maps:
                while count < most and (text := maps.read(1 << 18)):
                    count += text.count(b"\n")
        except _GONE:
            return 0
        except PermissionError:
            return _USUAL_MOST_MAPPINGS
        return count


class Look(NamedTuple):
    """All processes at one time, and the last id that was given to a process or thread."""

    last: int
    processes: list[Process]

    def memory_beyond(self, most: int) -> bool:
        """Whether they have more than `most` bytes."""
        tables = sum(p.tables for p in self.processes)
        # The sum that takes little time goes first.
        if tables + sum(p.memory for p in self.processes) <= most:
            return False
        return tables + sum(p.proportional() for p in self.processes if p.memory) > most

    def files_beyond(self, most: int) -> bool:
        """Whether they have more than `most` files, pipes, sockets and the like open."""
        if sum(p.files for p in self.processes) <= most:
            return False
        return len({name for p in self.processes if p.task for name in p.open_files()}) > most

    def mappings_beyond(self, most: int) -> bool:
        """Whether their address spaces have more than `most` parts. Takes time: ask seldom."""
        left = most
        for process in self.processes:
            if process.memory and left >= 0:
                left -= process.mappings(left + 1)
        return left < 0


def look() -> Look:
    """Every process but the calling one. Raises Unseen, and OSError where one can't be read."""
    until = time.monotonic() + _PATIENCE_SECONDS
    ended: set[tuple[str, bytes]] = set()
    looks = 0
    while True:
        looks += 1
        last = _last_id()
        found = list(_processes())
        processes = [p for p in found if p is not None]
        without = [p for p in processes if not p.task]
        # What ended meanwhile can have handed its memory on, but only to somebody new.
        meanwhile = len(processes) < len(found)
        meanwhile |= any(p.tasks > 1 or p.key not in ended for p in without)
        if not meanwhile or _last_id() == last:
            return Look(last, processes)
        if looks >= _LEAST_LOOKS and time.monotonic() > until:
            raise Unseen
        ended = {p.key for p in without}


def _last_id() -> int:
    with open("/proc/loadavg", "rb") as loadavg:
        return int(loadavg.read().split()[4])


def _processes() -> Iterator[Process | None]:
    """The newest first, as they may end soonest; None for one that has just ended."""
    for pid in reversed(os.listdir("/proc")):
        if pid.isdigit() and pid != "1":
            try:
                yield _process(pid)
            except _GONE:
                yield None


def _process(pid: str) -> Process:
    with open(f"/proc/{pid}/stat", "rb") as stat:
        # The name, in parentheses, may hold anything; fields are counted behind it.
        fields = stat.read().rpartition(b")")[2].split()
    task, seen = pid, _status(pid)
    if b"RssAnon" not in seen:
        # It has ended, or its first thread has, which shows nothing of what the others use.
        task, seen = _another_thread(pid)
    return Process(
        task=task,
        key=(pid, fields[19]),
        ticks=int(fields[11]) + int(fields[12]),
        tasks=int(fields[17]),
        memory=1024 * sum(seen.get(name, 0) for name in _MADE),
        tables=1024 * seen.get(b"VmPTE", 0),
        files=seen.get(b"FDSize", 0),
    )


def _another_thread(pid: str) -> tuple[str, dict[bytes, int]]:
    for task in reversed(os.listdir(f"/proc/{pid}/task")):
        seen = _status(task)
        if b"RssAnon" in seen:
            return task, seen
    return "", {}


def _status(task: str) -> dict[bytes, int]:
    with open(f"/proc/{task}/status", "rb") as status:
        lines = (line.partition(b":") for line in status.read().splitlines())
        wanted = (*_MADE, b"VmPTE", b"FDSize")
        return {name: int(value.split()[0]) for name, _, value in lines if name in wanted}


class CpuClock:
    """CPU time of all processes together, those included that nobody waits for.

    A process that ends takes the count of its last time with it. The time between two looks in
    which some have ended therefore counts as if they had computed all the while, each on a
    processor of its own as far as there are processors.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._processors = os.cpu_count() or 1
        self._ticks: dict[tuple[str, bytes], int] = {}
        self._looked = time.monotonic()
        self._last = self._given = self._ended = 1  # the calling process
        with open("/proc/sys/kernel/pid_max", "rb") as most:
            self._most_ids = int(most.read())

    def add(self, seen: Look) -> None:
        """Take note of a look. Looks have to be added in their order."""
        now = time.monotonic()
        past, self._looked = now - self._looked, now
        ticks = {p.key: p.ticks for p in seen.processes}
        known = sum(n - self._ticks.get(key, 0) for key, n in ticks.items())
        self._ticks = ticks
        self.seconds += known / os.sysconf("SC_CLK_TCK")
        busy = min(self._processors, self._count_ended(seen))
        if busy:
            free = self._processors * past - known / os.sysconf("SC_CLK_TCK")
            self.seconds += max(0.0, min(busy * past, free))

    def _count_ended(self, seen: Look) -> int:
        """How many processes and threads have ended since the last look."""
        self._given += (seen.last - self._last) % self._most_ids
        self._last = seen.last
        before = self._ended
        # Some may have started since the last id was read: these are still to come.
        self._ended = max(before, self._given - sum(p.tasks for p in seen.processes))
        return self._ended - before
