"""Tries on this machine what the sandbox promises, as far as its kernel, mounts and limits decide.

Each promise is in words that go on from who it is about. Its probe raises AssertionError where it
isn't kept. One without an argument runs inside; one that has to know what is outside runs there,
and gets an `Inside`, which it asks for other functions by name.

Nothing outside the sandbox is changed, and no address outside this machine gets more than an
attempt to connect. What is the same on all machines is left to this package's tests.
"""

import contextlib
import ctypes
import errno
import json
import os
import platform
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from nbexaminer.sandbox import namespaces, system_calls, view
from nbexaminer.sandbox.limits import EndedBy, Limits
from nbexaminer.sandbox.zygote_handle import ExitStatus, ZygoteHandle

TARGET = f"{__name__}:answer"
"""For a ZygoteHandle: children that run one of the probes a request."""
LIMITS = Limits(64 << 20, 16, 64, 1 << 20, 4 << 20, cpu_seconds=2, wall_seconds=30.0)
"""Small enough to be reached quickly."""
PROMISES: dict[str, Callable[..., None]] = {}
"""The probes by what is promised, as they are tried."""


def _promise(words: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return lambda probe: PROMISES.setdefault(words, probe)


class Tried(NamedTuple):
    """A promise, in words, and whether it is kept. detail: what was seen where not, else ""."""

    promise: str
    kept: bool
    detail: str


def tried(sandbox: view.Sandbox, roles: Mapping[str, view.SandboxRole]) -> Iterator[Tried]:
    """What is promised of each role, as it is tried. Raises SandboxUnavailable.

    roles: by what they are called.
    """
    with contextlib.ExitStack() as stack:
        zygotes = []
        for role in roles.values():  # at the same time: each imports for seconds
            zygotes.append(ZygoteHandle(TARGET, role, sandbox.material, sandbox, LIMITS))
            zygotes[-1].start()
            stack.push(zygotes[-1])
        for who, zygote in zip(roles, zygotes, strict=True):
            zygote.await_ready()
            for words, probe in PROMISES.items():
                detail = ""
                try:
                    with Inside(zygote) as inside:
                        inside.run(probe)
                except (AssertionError, RuntimeError, EOFError, OSError) as error:
                    detail = str(error) or type(error).__name__
                yield Tried(f"{who} {words}.", not detail, detail)


class Inside(contextlib.AbstractContextManager["Inside"]):
    """A child that runs probes."""

    def __init__(self, zygote: ZygoteHandle) -> None:
        self.zygote, self.child = zygote, zygote.spawn()
        self._replies = self.child.sock.makefile("rb")

    def run(self, probe: Callable[..., None]) -> None:
        """Run it where it belongs. Raises AssertionError, else as `ask` does, or OSError."""
        if probe.__code__.co_argcount:
            probe(self)
        else:
            self.ask(probe.__name__)

    def ask(self, name: str, **arguments: Any) -> Any:
        """What a function returns in there. Raises AssertionError or RuntimeError where it raised,
        EOFError where the child ended."""
        line = b""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.child.sock.sendall(json.dumps([name, arguments]).encode() + b"\n")
            line = self._replies.readline()
        if not line:
            raise EOFError(f"the child ended in {name}: {self.child.wait(10)}")
        error, value = json.loads(line)
        if error == "AssertionError":
            raise AssertionError(value)
        if error:
            raise RuntimeError(f"{name}: {error}: {value}")
        return value

    def end_of(self, name: str, by: EndedBy | None = None, **arguments: Any) -> ExitStatus:
        """How the child ends in a function. Raises AssertionError where it ends otherwise than
        `by` that limit, or goes on."""
        with contextlib.suppress(EOFError):
            raise AssertionError(f"it went on, and said {self.ask(name, **arguments)!r}")
        ended = self.child.wait(10)
        assert by in (None, ended.ended_by), f"it ended otherwise: {ended}"
        return ended

    def __exit__(self, *error: object) -> None:
        self._replies.close()
        self.child.__exit__(*error)


def answer(sock: socket.socket, limits: Limits) -> None:
    """The life of a child: call functions of this module by name for an `Inside`.

    A JSON line [name, arguments] in, a JSON line ["", value] or [error, message] out.
    """
    with sock.makefile("rb") as requests:
        for request in requests:
            name, arguments = json.loads(request)
            try:
                reply = ["", globals()[name](**arguments)]
            except Exception as error:
                reply = [type(error).__name__, str(error)]
            sock.sendall(json.dumps(reply).encode() + b"\n")


def python(source: str) -> Any:
    """Run Python code and answer with what it calls `result`."""
    names: dict[str, Any] = {}
    exec(source, names)
    return names.get("result")


def none(what: str, found: Any) -> None:
    """Raise AssertionError where something of that kind was found."""
    assert not found, f"{what}: {found}"


def error_of(function: Callable[..., Any], *arguments: Any) -> str:
    """What the error says that a call ends in, or "" where it works."""
    try:
        function(*arguments)
    except (OSError, MemoryError) as error:
        return str(error) or type(error).__name__
    return ""


def shown_to(role: view.SandboxRole) -> list[str]:
    """What its children see of the machine and of the material."""
    parts = [*role.shown, *(f"{name}.py" for name in role.withheld)]
    if not role.covered:
        parts.append(view.PACKAGE.name)
    places = [f"{view.INSIDE}/{name}" for name in parts]
    return ["/etc/passwd", *view.SEEN, *map(str, view.python_folders()), *places]


@_promise("can see no files but those on its list (nbexaminer/sandbox/view.py)")
def files(inside: Inside) -> None:
    none("also in sight", inside.ask("files_in_sight", known=shown_to(inside.zygote.role)))


def files_in_sight(known: list[str]) -> list[str]:
    """Every file outside the folders `known`, links left out."""
    found: list[str] = []
    known += [*view.DEVICES, "/proc"]
    for folder, folders, names in os.walk("/"):
        folders[:] = [name for name in folders if os.path.join(folder, name) not in known]
        paths = [os.path.join(folder, name) for name in names]
        found += [path for path in paths if path not in known and not os.path.islink(path)]
    return found


@_promise("can write to none of the files that it sees, and not change the kernel's settings")
def read_only(inside: Inside) -> None:
    paths = ["/", "/etc", view.INSIDE, *shown_to(inside.zygote.role), "/proc/sysrq-trigger"]
    paths += ["/proc/self/oom_score_adj", "/proc/sys/user/max_user_namespaces"]
    paths += [f"/proc/sys/kernel/{name}" for name in ("core_pattern", "domainname")]
    none("writable", inside.ask("writable", paths=paths))


def writable(paths: list[str]) -> list[str]:
    """Those of the paths that can be written to."""
    return [path for path in paths if os.access(path, os.W_OK)]


@_promise("has no network, not to this machine either")
def network(inside: Inside) -> None:
    name = f"\0grading-check-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(name)
        unix.listen()
        inside.ask("no_connection", port=server.getsockname()[1], abstract=name)


def no_connection(port: int, abstract: str) -> None:
    """Neither to a server of this machine, nor to others."""
    for family, address in (
        (socket.AF_INET, ("127.0.0.1", port)),
        (socket.AF_INET, ("192.0.2.1", 80)),
        (socket.AF_INET6, ("::1", port)),
        (socket.AF_UNIX, abstract),
    ):
        with socket.socket(family) as sock:
            sock.settimeout(5)
            assert error_of(sock.connect, address), f"{address} can be reached"
    interfaces = Path("/proc/net/dev").read_text().splitlines()[2:]
    none("other interfaces", {line.split(":")[0].strip() for line in interfaces} - {"lo"})


@_promise("runs as a user without privileges, who isn't root outside either")
def user(inside: Inside) -> None:
    inside.ask("unprivileged")
    uids = {os.stat(f"/proc/{pid}").st_uid for pid in descendants(inside.zygote.pid)}
    mine = os.geteuid()
    # With a real root, bubblewrap's own two processes stay root's and run no code of others.
    others = uids - {mine} if mine == 0 else uids
    assert others and 0 not in others, f"user ids outside: {sorted(uids)}"


def unprivileged() -> None:
    """One user alone, without a capability in any of the five sets, and with none to come."""
    ids = [*os.getresuid(), *os.getresgid()]
    assert set(ids) == {namespaces.LEARNER_UID}, f"ids are {ids}"
    mapped = Path("/proc/self/uid_map").read_text().split()
    assert mapped[2] == "1", f"more than one user is mapped: {mapped}"
    status = _status()
    sets = {name: int(value, 16) for name, value in status.items() if name.startswith("Cap")}
    assert len(sets) == 5 and not any(sets.values()), f"capabilities left: {sets}"
    assert status["NoNewPrivs"] == "1", "programs can give it new privileges"


def _status() -> dict[str, str]:
    with open("/proc/self/status") as status:
        return {k: v.strip() for k, _, v in (line.partition(":") for line in status)}


@_promise("is refused dangerous system calls and new namespaces")
def calls() -> None:
    assert _status()["Seccomp"] == "2", "system calls are not filtered"
    refused, allowed = (
        system_calls.numbers(answer, platform.machine()) for answer in ("refused", "allowed")
    )
    findings = {name: call(number, *[-1] * 6) for name, number in refused.items()}
    findings["a user namespace"] = call(allowed["clone"], system_calls.CLONE_NEWUSER, *[0] * 4)
    none("not refused", {k: v for k, v in findings.items() if v != "EPERM"})


def call(number: int, *arguments: int) -> str:
    """The name of the error of a system call, or "" where it works."""
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall(*(ctypes.c_long(n) for n in (number, *arguments)))
    return errno.errorcode[ctypes.get_errno()] if result == -1 else ""


@_promise("sees no processes but its own, and can't get at the one that watches over it")
def other_processes() -> None:
    seen = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    assert seen == [1, 2], f"processes in sight: {seen}"
    for name in ("mem", "environ", "maps"):
        assert error_of(os.open, f"/proc/1/{name}", os.O_RDONLY), f"its {name} can be read"
    for name in ("root", "cwd", "exe", "fd/0"):
        assert error_of(os.readlink, f"/proc/1/{name}"), f"its {name} can be followed"
    for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGINT):
        error_of(os.kill, 1, number)
    time.sleep(0.2)
    assert Path("/proc/1/stat").read_text().split()[2] in "SR", "it could be stopped"


@_promise("can't have more memory than the limit in one process, and goes on")
def memory() -> None:
    more = LIMITS.memory_bytes + (64 << 20)
    assert error_of(bytearray, more), f"{more} bytes could be allocated"
    text = error_of(bytearray, LIMITS.memory_bytes // 2)
    assert not text, f"half of the limit can't be allocated: {text}"


@_promise("can't have more memory in several processes together")
def memory_together(inside: Inside) -> None:
    # Half the limit each: six pass that of all together, and what all share with the parent hides.
    inside.end_of("burn", EndedBy.MEMORY, processes=6, memory=LIMITS.memory_bytes // 2)


@_promise("can't use more CPU time than the limit in several processes together")
def cpu_together(inside: Inside) -> None:
    ended = inside.end_of("burn", EndedBy.CPU, processes=6)
    assert ended.cpu_seconds < LIMITS.cpu_seconds, "one process used it up"


def burn(processes: int, memory: int = 0) -> None:
    """Use CPU time until stopped, or so much memory each, in so many processes."""
    is_one_of(processes - 1)
    block = bytearray(b"x") * memory
    while True:
        if block:
            time.sleep(60)


def is_one_of(count: int) -> bool:
    """Fork so many processes; whether this is one of them."""
    return any(os.fork() == 0 for _ in range(count))


@_promise("can't have more processes than the limit")
def processes() -> None:
    with contextlib.suppress(BlockingIOError):
        if is_one_of(100):
            time.sleep(60)
            os._exit(0)
    seen = [name for name in os.listdir("/proc") if name.isdigit() and name != "1"]
    assert len(seen) == LIMITS.processes, f"there are {len(seen)}"


@_promise("can't write more than the limit to /tmp, /dev/shm or home")
def disk() -> None:
    block = bytes(LIMITS.file_bytes)
    for folder in map(Path, namespaces.FRESH):
        numbers = range(LIMITS.scratch_bytes // LIMITS.file_bytes + 1)
        said = [error_of((folder / str(number)).write_bytes, block) for number in numbers]
        assert any("No space left" in text for text in said), f"{folder}: {said}"


@_promise("leaves no file or process that goes on or that others see")
def neighbours(inside: Inside) -> None:
    pid, known = inside.zygote.pid, shown_to(inside.zygote.role)
    inside.ask("unprivileged")  # it is there, and counts, once it answers
    before = len(descendants(pid))
    with Inside(inside.zygote) as another:
        another.ask("leave_traces")
        left = another.ask("files_in_sight", known=known)
        assert len(left) == 3 and len(descendants(pid)) > before + 2, f"only {left} could be left"
        none("seen meanwhile", inside.ask("files_in_sight", known=known))
    with Inside(inside.zygote) as successor:
        none("seen afterwards", successor.ask("files_in_sight", known=known))
    # The process that started it has yet to take note of the end of process 1.
    end = time.monotonic() + 5
    while (more := len(descendants(pid)) - before) and time.monotonic() < end:
        time.sleep(0.02)
    assert not more, f"{more} processes are left"


def leave_traces() -> None:
    """Files everywhere, and a process that goes on."""
    for folder in namespaces.FRESH:
        Path(folder, "trace").touch()
    if os.fork() == 0:
        os.setsid()
        time.sleep(60)
        os._exit(0)


def descendants(pid: int) -> list[int]:
    """Every process that `pid` started, and those that they started; `pid` left out."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = stat.read_bytes().rpartition(b")")[2].split()
            parents[int(stat.parent.name)] = int(fields[1])
    found = [pid]
    for one in found:  # which grows meanwhile
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]
