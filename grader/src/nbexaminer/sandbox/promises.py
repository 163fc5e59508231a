"""Does the sandbox keep its promises on this machine? The command `check` prints it.

Every promise is a line in words. It is tried from the inside, by a child like those that run
learners' code, or like examiners (`nbexaminer.sandbox.probes`). Nothing outside the sandbox is
changed, and no address outside this machine gets more than an attempt to connect.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from nbexaminer.sandbox import namespaces
from nbexaminer.sandbox.limits import EndedBy, Limits
from nbexaminer.sandbox.parent import ExitStatus, WarmParent
from nbexaminer.sandbox.view import (
    DEVICES,
    ENVIRONMENT,
    INSIDE,
    PACKAGE,
    SEEN,
    Occupant,
    Sandbox,
    python_folders,
)

TARGET = "nbexaminer.sandbox.probes:answer"
"""For a WarmParent: children that run one of the `PROBES` a request."""

LIMITS = Limits(
    memory_bytes=384 << 20,
    processes=16,
    open_files=64,
    file_bytes=1 << 20,
    scratch_bytes=4 << 20,
    notebook_cpu_seconds=2,
    notebook_wall_seconds=30.0,
)
"""Small enough to be reached quickly."""


class Tried(NamedTuple):
    """A promise, in words, and whether it is kept. detail: what was seen where not, else ""."""

    promise: str
    kept: bool
    detail: str


class Inside:
    """A child that runs probes."""

    def __init__(self, parent: WarmParent) -> None:
        self.occupant, self.profile = parent.occupant, parent.profile
        self.child = parent.spawn()
        self._replies = self.child.sock.makefile("rb")

    def ask(self, name: str, **arguments: Any) -> Any:
        """What the probe returns. Raises RuntimeError where it raised, EOFError where the
        child ended."""
        with contextlib.suppress(BrokenPipeError):
            self.child.sock.sendall(json.dumps([name, arguments]).encode() + b"\n")
        try:
            line = self._replies.readline()
        except ConnectionResetError:
            line = b""
        if not line:
            raise EOFError(f"the child ended in {name}: {self.child.wait(10)}")
        reply = json.loads(line)
        if "error" in reply:
            raise RuntimeError(f"{name}: {reply['error']}")
        return reply["value"]

    def end_of(self, name: str, **arguments: Any) -> ExitStatus:
        """How the child ends in a probe that it isn't to survive. Raises AssertionError."""
        with contextlib.suppress(EOFError):
            raise AssertionError(f"it went on, and said {self.ask(name, **arguments)!r}")
        return self.child.wait(10)

    def __enter__(self) -> Inside:
        return self

    def __exit__(self, *error: object) -> None:
        self._replies.close()
        self.child.__exit__(*error)


def _none(what: str, found: Any) -> None:
    assert not found, f"{what}: {found}"


def _refused(said: dict[str, str]) -> None:
    _none("not refused", [name for name, text in said.items() if not text])


def _course(occupant: Occupant) -> list[str]:
    """What its children see of the course."""
    shown = [*occupant.shown, *(f"{name}.py" for name in occupant.withheld)]
    if not occupant.covered:
        shown.append(PACKAGE.name)
    return [f"{INSIDE}/{name}" for name in shown]


def _only_the_list(inside: Inside) -> None:
    known = [
        *SEEN,
        *map(str, python_folders()),
        *DEVICES,
        "/proc",
        "/etc/passwd",
        *_course(inside.occupant),
    ]
    _none("also in sight", inside.ask("files_in_sight", known=known))


def _no_folders_of_the_grader(inside: Inside) -> None:
    # The way to the Python environment may lead through them.
    way = {p for folder in python_folders() for p in (folder, *folder.parents)}
    paths = [p for folder in {Path.cwd(), Path.home()} for p in (folder, *folder.iterdir())]
    paths = [p for p in paths if p not in way]
    _none("readable", inside.ask("readable", paths=[str(p) for p in paths]))


def _read_only(inside: Inside) -> None:
    paths = ["/", "/etc", "/etc/passwd", INSIDE, *SEEN]
    paths += [*_course(inside.occupant), *map(str, python_folders())]
    _none("writable", inside.ask("writable", paths=paths))


def _no_references(inside: Inside) -> None:
    withheld = inside.occupant.withheld
    names = [module for name in withheld for module in inside.profile.modules(name)]
    said = inside.ask("imports", names=[*withheld, *names])
    told = {k: f"{k.partition('.')[0]} is not available while graded" for k in said}
    wrong = {k: v for k, v in said.items() if told[k] not in v}
    _none("importable, or with another message", wrong)


def _what_is_shown(inside: Inside) -> None:
    occupant, profile = inside.occupant, inside.profile
    said = inside.ask("imports", names=[*occupant.preload, *profile.packages(*occupant.shown)])
    _none("can't be imported", {k: v for k, v in said.items() if v})


def _no_tests(inside: Inside) -> None:
    tests = {*inside.profile.packages(*inside.profile.shown_to_tests)} - {*inside.profile.withheld}
    own = ("examination.examiner", "notebook.graft")
    for name in (*sorted(tests), *(f"{PACKAGE.name}.{module}" for module in own)):
        text = inside.ask("imports", names=[name])[name]
        assert "No module named" in text, f"{name}: {text or 'imported'}"


def _tests_and_references(inside: Inside) -> None:
    profile = inside.profile
    tests = profile.packages(*profile.shown_to_tests)
    names = [module for name in tests for module in profile.modules(name)]
    said = inside.ask("imports", names=names)
    _none("can't be imported", {k: v for k, v in said.items() if v})


def _environment(inside: Inside) -> None:
    seen = inside.ask("environment")
    # bubblewrap adds PWD for the folder that it starts in.
    strange = {k for k, v in seen.items() if ENVIRONMENT.get(k) != v} - {"PWD"}
    _none("not on the list", strange)


def _network(inside: Inside) -> None:
    name = f"grading-check-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as unix:
        unix.bind("\0" + name)
        unix.listen()
        port = server.getsockname()[1]
        _refused(inside.ask("network", port=port, abstract=name))
    _none("other interfaces", set(inside.ask("interfaces")) - {"lo"})


def _user(inside: Inside) -> None:
    ids = inside.ask("user_ids")
    assert set(ids["ids"]) == {namespaces.LEARNER_UID}, f"ids are {ids['ids']}"
    assert ids["map"][2] == "1", f"more than one user is mapped: {ids['map']}"


def _outside_user(inside: Inside, parent: WarmParent) -> None:
    uids = {os.stat(f"/proc/{pid}").st_uid for pid in descendants(parent.pid)}
    mine = os.geteuid()
    # With a real root, bubblewrap's own two processes stay root's and run no learner's code.
    others = uids - {mine} if mine == 0 else uids
    assert others and 0 not in others, f"user ids outside: {sorted(uids)}"


def _capabilities(inside: Inside) -> None:
    fields = inside.ask("status_fields")
    sets = {k: v for k, v in fields.items() if k.startswith("Cap")}
    assert len(sets) == 5, sets
    _none("left", {k: v for k, v in sets.items() if int(v, 16)})


def _no_new_privileges(inside: Inside) -> None:
    assert inside.ask("status_fields")["NoNewPrivs"] == "1"


def _kernel_calls(inside: Inside) -> None:
    assert inside.ask("status_fields")["Seccomp"] == "2"
    said = inside.ask("kernel_calls")
    _none("not refused", {k: v for k, v in said.items() if v != "EPERM"})


def _unknown_calls(inside: Inside) -> None:
    said = inside.ask("unknown_calls")
    _none("not unknown", {k: v for k, v in said.items() if v != "ENOSYS"})


def _locks_and_watches(inside: Inside) -> None:
    # Of the calls that watch, `_kernel_calls` tells.
    _refused(inside.ask("locks_and_watches", path=os.path.abspath(json.__file__)))


def _proc(inside: Inside) -> None:
    paths = ["/proc/sys/kernel/core_pattern", "/proc/sys/user/max_user_namespaces"]
    paths += ["/proc/sysrq-trigger", "/proc/self/oom_score_adj", "/proc/sys/kernel/domainname"]
    _none("writable", inside.ask("writable", paths=paths))
    most = inside.ask("python", source="result = open('/proc/sys/user/max_user_namespaces').read()")
    assert most.strip() == "0", f"max_user_namespaces is {most}"


def _processes_in_sight(inside: Inside) -> None:
    seen = inside.ask("processes_in_sight")
    assert seen == [1, 2], f"processes in sight: {seen}"


def _first_process(inside: Inside) -> None:
    _refused(inside.ask("first_process"))


def _open_files_list(inside: Inside) -> None:
    seen = inside.ask("open_files")
    expected = {"0": "/dev/null", "1": "/dev/null", "2": "/dev/null", "3": "socket"}
    assert seen == expected, f"open: {seen}"


def _shared_memory(inside: Inside) -> None:
    _none("writable and shared", inside.ask("shared_memory"))


def _memory(inside: Inside) -> None:
    more = LIMITS.memory_bytes + (64 << 20)
    said = inside.ask("allocate", size=more)
    assert said, f"{more} bytes could be allocated"
    said = inside.ask("allocate", size=LIMITS.memory_bytes // 2)
    assert not said, f"half of the limit can't be allocated: {said}"


def _memory_together(inside: Inside) -> None:
    ended = inside.end_of("allocate_in_processes", size=LIMITS.memory_bytes // 4, count=10)
    assert ended.ended_by is EndedBy.MEMORY, f"it ended otherwise: {ended}"


def _memory_of_threads(inside: Inside) -> None:
    size = LIMITS.memory_bytes // 4
    ended = inside.end_of("allocate_behind_ended_threads", size=size, count=7)
    assert ended.ended_by is EndedBy.MEMORY, f"it ended otherwise: {ended}"


def _uncounted_memory(inside: Inside) -> None:
    _refused(inside.ask("uncounted_memory", devices=DEVICES))


def _timers(inside: Inside) -> None:
    made = inside.ask("timers", count=2000)
    assert made < 200, f"{made} timers could be made"


def _processes(inside: Inside) -> None:
    started = inside.ask("fork_many", count=100)
    assert started == LIMITS.processes - 1, f"{started} processes could be started"


def _open_files(inside: Inside) -> None:
    opened = inside.ask("open_many", count=1000)
    assert 0 < opened < LIMITS.open_files, f"{opened} files could be opened"


def _open_files_together(inside: Inside) -> None:
    ended = inside.end_of("open_many_in_processes", processes=10)
    assert ended.ended_by is EndedBy.MEMORY, f"it ended otherwise: {ended}"


def _file_size(inside: Inside) -> None:
    said = inside.ask("write_file", path="/tmp/large", size=LIMITS.file_bytes + 1)
    assert "too large" in said or "short write" in said, f"writing said {said!r}"


def _scratch(inside: Inside) -> None:
    for folder in namespaces.FRESH:
        count = LIMITS.scratch_bytes // LIMITS.file_bytes + 1
        said = [
            inside.ask("write_file", path=f"{folder}/{i}", size=LIMITS.file_bytes)
            for i in range(count)
        ]
        assert any("No space left" in s for s in said), f"{folder}: {said}"


def _cpu(inside: Inside) -> None:
    ended = inside.end_of("burn", processes=1)
    assert ended.ended_by is EndedBy.CPU, f"it ended otherwise: {ended}"


def _cpu_together(inside: Inside) -> None:
    ended = inside.end_of("burn", processes=6)
    assert ended.ended_by is EndedBy.CPU, f"it ended otherwise: {ended}"
    assert ended.cpu_seconds < LIMITS.notebook_cpu_seconds, "one process used it up"


def _cpu_disowned(inside: Inside) -> None:
    seconds = 4.0 * LIMITS.notebook_cpu_seconds
    ended = inside.end_of("burn_disowned", seconds=seconds)
    assert ended.ended_by is EndedBy.CPU, f"it ended otherwise: {ended}"


def _core(inside: Inside) -> None:
    assert inside.ask("core_size") == [0, 0]


def _neighbours(inside: Inside, parent: WarmParent) -> None:
    left = inside.ask("leave_traces")
    assert len(left) == 4, f"only {left} could be left"
    with Inside(parent) as neighbour:
        _none("seen meanwhile", neighbour.ask("traces"))
        assert inside.ask("traces") == left, "its own are gone"
    inside.child.kill()
    inside.child.wait(10)
    with Inside(parent) as successor:
        _none("seen afterwards", successor.ask("traces"))


def _survivors(inside: Inside, parent: WarmParent) -> None:
    before = len(descendants(parent.pid))
    with Inside(parent) as another:
        another.ask("leave_traces")
        assert len(descendants(parent.pid)) > before + 2
        another.child.kill()
        another.child.wait(10)
        # The process that started it has yet to take note of the end of process 1.
        for _ in range(50):
            if len(descendants(parent.pid)) == before:
                return
            time.sleep(0.02)
    raise AssertionError(f"{len(descendants(parent.pid)) - before} processes are left")


PROMISES: tuple[tuple[str, Callable[..., None]], ...] = (
    (
        "Of all files only those on the list in nbexaminer/sandbox/view.py are in sight.",
        _only_the_list,
    ),
    ("The grader's working and home folder can't be read.", _no_folders_of_the_grader),
    (
        "Python, its packages and what is shown of the course can be read and not written.",
        _read_only,
    ),
    ("Importing what the course withholds says that it isn't available.", _no_references),
    ("What exercises import besides is there.", _what_is_shown),
    ("Tests and the grader's own modules can't be imported.", _no_tests),
    ("No environment variable is there but the listed ones.", _environment),
    ("There is no network, not to this machine either.", _network),
    ("Code runs as a user without privileges.", _user),
    ("That user isn't root outside either.", _outside_user),
    ("Every capability is gone, from all five sets.", _capabilities),
    ("No program can give it new privileges.", _no_new_privileges),
    ("Dangerous system calls and new namespaces are refused.", _kernel_calls),
    ("The kernel's settings, core_pattern among them, can't be changed.", _proc),
    ("It sees no processes but its own.", _processes_in_sight),
    ("It can't stop, read or write the process that watches over it.", _first_process),
    ("No file is open but the socket and /dev/null.", _open_files_list),
    ("No memory is shared with another process.", _shared_memory),
    ("One process can't have more memory than the limit, and goes on.", _memory),
    ("Several processes can't have more memory together.", _memory_together),
    ("The number of processes is limited.", _processes),
    ("The number of open files is limited.", _open_files),
    ("The size of a file is limited.", _file_size),
    ("The size of all files together is limited.", _scratch),
    ("The CPU time of one process is limited.", _cpu),
    ("The CPU time of several processes together is limited.", _cpu_together),
    ("No core is dumped.", _core),
    ("One learner's files, sockets and processes are not seen by the next.", _neighbours),
    ("Nothing that a child started lives on.", _survivors),
    ("System calls that are not on the list are unknown.", _unknown_calls),
    ("Nobody can lock or watch the files that all can read.", _locks_and_watches),
    ("Memory that no count shows can't be had.", _uncounted_memory),
    ("Memory counts of a process whose first thread has ended, too.", _memory_of_threads),
    ("The number of timers is limited.", _timers),
    (
        "The number of files that several processes have open together is limited.",
        _open_files_together,
    ),
    ("The CPU time of processes that nobody waits for is limited.", _cpu_disowned),
)


EXAMINER_PROMISES: tuple[tuple[str, Callable[..., None]], ...] = (
    (
        "The examiner, which runs the tests, sees only the files on a list of its own.",
        _only_the_list,
    ),
    ("The examiner can't read the grader's working and home folder.", _no_folders_of_the_grader),
    ("The examiner can import tests and references.", _tests_and_references),
    ("The examiner can write none of the files that it is shown.", _read_only),
    ("The examiner has no environment variable but the listed ones.", _environment),
    ("The examiner has no network, not to this machine either.", _network),
    ("The examiner runs as a user without privileges.", _user),
    ("The examiner's user isn't root outside either.", _outside_user),
    ("The examiner has no capability left.", _capabilities),
    ("The examiner can't get new privileges from any program.", _no_new_privileges),
    ("The examiner is refused dangerous system calls and new namespaces.", _kernel_calls),
    ("The examiner can't change the kernel's settings.", _proc),
    ("The examiner sees no processes but its own.", _processes_in_sight),
    ("The examiner can't get at the process that watches over it.", _first_process),
    ("The examiner has no file open but the socket and /dev/null.", _open_files_list),
    ("The examiner shares no memory with another process.", _shared_memory),
    ("One examiner's files, sockets and processes are not seen by the next.", _neighbours),
    ("Nothing that an examiner started lives on.", _survivors),
)


def tried(sandbox: Sandbox) -> Iterator[Tried]:
    """Every promise, one after the other as they are tried. Raises SandboxUnavailable."""
    rooms = tuple(
        (WarmParent(TARGET, who, sandbox.profile, sandbox, LIMITS), promises)
        for who, promises in (
            (Occupant.learner(sandbox.profile), PROMISES),
            (Occupant.examiner(sandbox.profile), EXAMINER_PROMISES),
        )
    )
    with contextlib.ExitStack() as stack:
        for parent, _ in rooms:  # at the same time: each imports for seconds
            parent.start()
            stack.push(parent)
        for parent, promises in rooms:
            parent.await_ready()
            for words, promise in promises:
                yield Tried(words, *_kept(promise, parent))


def _kept(promise: Callable[..., None], parent: WarmParent) -> tuple[bool, str]:
    try:
        with Inside(parent) as inside:
            promise(*(inside, parent)[: promise.__code__.co_argcount])
    except (AssertionError, RuntimeError, EOFError, OSError) as error:
        return False, str(error) or type(error).__name__
    return True, ""


def descendants(pid: int) -> list[int]:
    """Every process that `pid` started, and those that they started; `pid` left out."""
    children: dict[int, list[int]] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            with open(f"/proc/{name}/stat") as stat:
                parent = int(stat.read().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(name))
    found, todo = [], [pid]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found
