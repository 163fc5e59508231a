"""What the filter answers and what the watcher counts, tried without a sandbox."""

from __future__ import annotations

import errno
import io
import itertools
import os
import socket

import pytest

from nbexaminer.sandbox import usage
from nbexaminer.sandbox.system_calls import filter_program, numbers
from nbexaminer.sandbox.usage import CpuClock, Look, Process, Unseen

MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
PROGRAMS = {machine: filter_program(machine) for machine in MACHINES}
ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000


def answer(machine: str, number: int, *arguments: int, architecture: int | None = None) -> int:
    """What the kernel would read from the filter: the instructions that it has, one by one."""
    data = {0: number, 4: architecture or MACHINES[machine]}
    data |= {16 + 8 * i: value & 0xFFFFFFFF for i, value in enumerate((*arguments, *[0] * 6)[:6])}
    program, at, value = PROGRAMS[machine], 0, 0
    while True:
        code, true, false, operand = program[at]
        at += 1
        if code == 0x06:
            return operand
        if code == 0x20:
            value = data[operand]
        elif code == 0x54:
            value &= operand
        else:
            jumps = {0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)}
            at += true if jumps[code] else false


def call(machine: str, name: str, *arguments: int) -> int:
    return answer(machine, numbers("allowed", machine)[name], *arguments)


@pytest.mark.parametrize("machine", MACHINES)
def test_every_number_has_the_answer_of_its_table(machine: str) -> None:
    """Lost otherwise: honest code to a wrong jump, or the sandbox to a call that nobody knew."""
    by_name = numbers("allowed", machine)
    # The first argument decides of some; these are what each of them may be.
    usual = {by_name["socket"], by_name["socketpair"]}
    refused, allowed = {*numbers("refused", machine).values()}, {*by_name.values()}
    assert not refused & allowed
    for number in (*range(1200), 0x40000000, 0x40000000 + 39, 0xFFFFFFFF):
        got = answer(machine, number, socket.AF_UNIX if number in usual else 0)
        expected = ERROR | errno.ENOSYS
        if number in refused:
            expected = ERROR | errno.EPERM
        elif number in allowed:
            expected = ALLOW
        assert got == expected, number
    assert answer(machine, 0, architecture=0x40000003) == KILL


@pytest.mark.parametrize("machine", MACHINES)
def test_arguments_decide_of_some_calls(machine: str) -> None:
    """Lost otherwise: ways around the limits that begin with a harmless call."""
    refused = {
        ("clone", 0x10000000 | 17): errno.EPERM,  # a user namespace
        ("clone", 0x00010900): errno.EPERM,  # a thread with open files of its own
        ("close_range", 3, 9, 2): errno.EPERM,
        ("fadvise64", 3, 0, 0, 4): errno.EPERM,  # POSIX_FADV_DONTNEED
        ("fcntl", 0, 1024): errno.EPERM,  # F_SETLEASE
        ("fcntl", 0, 1031): errno.EPERM,  # F_SETPIPE_SZ
        ("fcntl", 0, 37): errno.EPERM,  # F_OFD_SETLK
        ("madvise", 0, 0, 21): errno.EPERM,  # MADV_PAGEOUT
        ("mmap", 0, 4096, 3, 0x21): errno.EPERM,
        ("mmap", 0, 4096, 3, 0x23): errno.EPERM,  # MAP_SHARED_VALIDATE
        ("mmap", 0, 4096, 3, 0x40022): errno.EPERM,
        ("prctl", 22): errno.EPERM,
        ("prlimit64", 1): errno.EPERM,
        ("setsockopt", 3, 1, 7): errno.EPERM,
        ("socket", 16): errno.EAFNOSUPPORT,
        ("socketpair", 40): errno.EAFNOSUPPORT,
    }
    for (name, *arguments), error in refused.items():
        assert call(machine, str(name), *map(int, arguments)) == ERROR | error, name
    allowed: list[tuple[str, list[int]]] = [
        ("clone", [0x003D0F00]),  # as of pthread_create
        ("close_range", [3, 9, 4]),
        ("fadvise64", [3, 0, 0, 2]),
        ("fcntl", [0, 1030]),
        ("madvise", [0, 0, 14]),
        ("mmap", [0, 4096, 3, 0x22]),
        ("mmap", [0, 4096, 3, 0x01, 3]),
        ("prctl", [4]),
        ("prlimit64", [0]),
        ("setsockopt", [3, 1, 2]),
        ("socketpair", [1]),
    ]
    for name, values in allowed:
        assert call(machine, name, *values) == ALLOW, name


# Time ----------------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> CpuClock:
    """One for two processors, looked at twenty times a second."""
    times = itertools.count()
    monkeypatch.setattr(usage.time, "monotonic", lambda: next(times) / 20)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    return CpuClock()


def process(pid: int, seconds: float, tasks: int = 1) -> Process:
    ticks = int(seconds * os.sysconf("SC_CLK_TCK"))
    return Process(str(pid), (str(pid), b"1"), ticks, tasks, 0, 0, 0)


def test_time_of_who_lives_on_is_counted_as_it_was_used(clock: CpuClock) -> None:
    """Lost otherwise: points of learners whose notebook took less time than it was charged."""
    clock.add(Look(2, [process(2, 0.02)]))
    for i in range(1, 20):
        clock.add(Look(5, [process(2, 0.02 + i * 0.02, 3), process(5, i * 0.01)]))
    assert clock.seconds == pytest.approx(0.02 + 19 * 0.03)


def test_time_of_who_has_ended_counts_from_look_to_look(clock: CpuClock) -> None:
    """Lost otherwise: the machine, to short-lived processes that nobody waits for."""
    clock.add(Look(2, [process(2, 0)]))
    clock.add(Look(3, [process(2, 0)]))  # one has come and gone
    assert clock.seconds == pytest.approx(0.05)
    clock.add(Look(4, [process(2, 0), process(4, 0.01)]))
    assert clock.seconds == pytest.approx(0.06)
    clock.add(Look(9, [process(2, 0)]))  # on two processors at most
    assert clock.seconds == pytest.approx(0.16)
    clock.add(Look(20, [process(2, 0.09)]))  # of which the rest was idle
    assert clock.seconds == pytest.approx(0.26)
    clock.add(Look(20, [process(2, 0.09)]))
    assert clock.seconds == pytest.approx(0.26)


def test_ids_that_begin_again_are_no_ended_processes(clock: CpuClock) -> None:
    """Lost otherwise: a notebook's time, where the machine has given away its last id."""
    clock.add(Look(clock._most_ids - 1, [process(2, 0)]))
    before = clock.seconds
    clock.add(Look(3, [process(2, 0, 5)]))
    assert clock.seconds == before


# What hides ----------------------------------------------------------------------------------


def test_what_hands_itself_on_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lost otherwise: the machine's memory, to processes that are gone when they are looked at."""
    last = itertools.count(3)
    monkeypatch.setattr(usage, "_last_id", lambda: next(last))
    monkeypatch.setattr(usage, "_processes", lambda: iter([None, process(2, 0)]))
    with pytest.raises(Unseen):
        usage.look()


def test_what_just_ends_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lost otherwise: honest notebooks, at the moment in which a process of theirs ends."""
    monkeypatch.setattr(usage, "_last_id", lambda: 3)
    monkeypatch.setattr(usage, "_processes", lambda: iter([None, process(2, 0)]))
    assert usage.look() == Look(3, [process(2, 0)])


def test_what_ended_long_ago_is_no_reason_to_look_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lost otherwise: notebooks that forgot a child, and have others come and go."""
    last = itertools.count(3)
    left = process(5, 0)._replace(task="")
    monkeypatch.setattr(usage, "_last_id", lambda: next(last))
    monkeypatch.setattr(usage, "_processes", lambda: iter([left, process(2, 0)]))
    assert usage.look().processes == [left, process(2, 0)]
    monkeypatch.setattr(usage, "_processes", lambda: iter([left._replace(tasks=2), process(2, 0)]))
    with pytest.raises(Unseen):  # of a process with threads another may have the memory
        usage.look()


@pytest.mark.parametrize("told", [b"", b"Rss: 9 kB\nPss: 5 kB\nSwapPss: 0 kB\n"])
def test_memory_of_which_the_kernel_does_not_tell_counts_whole(
    told: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lost otherwise: the machine's memory, to a process that ends while it is looked at, and to
    every one on a kernel that tells no parts."""
    monkeypatch.setattr(usage, "open", lambda *_: io.BytesIO(told), raising=False)
    assert process(2, 0)._replace(memory=7 << 20).proportional() == 7 << 20


def test_pages_of_files_are_nobodys_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lost otherwise: a limit that doesn't move with who else has PyTorch's libraries mapped."""
    told = b"Pss: 600 kB\nPss_Anon: 5 kB\nPss_File: 590 kB\nPss_Shmem: 3 kB\nSwapPss: 2 kB\n"
    monkeypatch.setattr(usage, "open", lambda *_: io.BytesIO(told), raising=False)
    assert process(2, 0)._replace(memory=9 << 20).proportional() == 10 << 10


def test_who_can_not_be_read_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lost otherwise: the limits, for a process that keeps the watcher from looking."""

    def unreadable(pid: str) -> Process:
        raise PermissionError(pid)

    monkeypatch.setattr(usage, "_process", unreadable)
    with pytest.raises(PermissionError):
        usage.look()
