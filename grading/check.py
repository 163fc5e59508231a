"""Does the sandbox keep its promises on this machine? `python -m grading check` prints it.

Every promise is a line in words. It is tried from the inside, by a child like those that run
learners' code. Nothing outside the sandbox is changed, and no address outside this machine
gets more than an attempt to connect.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import importlib
import importlib.util
import json
import mmap
import os
import platform
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from grading import jail
from grading.limits import Limits
from grading.sandbox import (
    DEVICES,
    ENVIRONMENT,
    HELPERS,
    INSIDE,
    REFERENCES,
    SEEN,
    Sandbox,
    python_folders,
)
from grading.warm import LEARNER_PRELOAD, ExitStatus, WarmParent

TARGET = "grading.check:answer"
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


class Line(NamedTuple):
    """line: a promise, in words. detail: what was seen where it isn't kept, else ""."""

    line: str
    ok: bool
    detail: str


# ---------------------------------------------------------------- inside the sandbox

PROBES: dict[str, Callable[..., Any]] = {}


def _probe(function: Callable[..., Any]) -> Callable[..., Any]:
    PROBES[function.__name__] = function
    return function


def answer(sock: socket.socket, limits: Limits) -> None:
    """Run probes: a JSON line [name, arguments] in, a JSON line {"value" or "error"} out."""
    with sock.makefile("rb") as requests:
        for request in requests:
            name, arguments = json.loads(request)
            try:
                reply = {"value": PROBES[name](**arguments)}
            except Exception as error:
                reply = {"error": f"{type(error).__name__}: {error}"}
            sock.sendall(json.dumps(reply).encode() + b"\n")


@_probe
def python(source: str) -> Any:
    """Run Python code and answer with what it calls `result`."""
    names: dict[str, Any] = {}
    exec(source, names)
    return names.get("result")


@_probe
def files_in_sight(known: list[str]) -> list[str]:
    """Every file and every folder's content outside the folders `known`."""
    found, folders = [], ["/"]
    while folders:
        folder = folders.pop()
        for entry in os.scandir(folder):
            if entry.path in known or entry.is_symlink():
                continue
            if entry.is_dir():
                try:
                    os.scandir(entry.path).close()
                except PermissionError:
                    continue
                folders.append(entry.path)
            else:
                found.append(entry.path)
    return found


@_probe
def readable(paths: list[str]) -> list[str]:
    """Those of the paths that can be opened or listed, other than as an empty way through."""
    found = []
    for path in paths:
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_RDONLY))
            if not os.path.isdir(path) or any(not e.is_dir() for e in os.scandir(path)):
                found.append(path)
    return found


@_probe
def writable(paths: list[str]) -> list[str]:
    """Those of the paths in which something can be written."""
    found = []
    for path in paths:
        target = os.path.join(path, "probe") if os.path.isdir(path) else path
        flags = os.O_WRONLY | (os.O_CREAT if os.path.isdir(path) else 0)
        with contextlib.suppress(OSError):
            os.close(os.open(target, flags))
            found.append(path)
    return found


@_probe
def imports(names: list[str]) -> dict[str, str]:
    """name: "" where it can be imported, else what the error says."""
    said = {}
    for name in names:
        try:
            importlib.import_module(name)
            said[name] = ""
        except ImportError as error:
            said[name] = str(error)
    return said


@_probe
def environment() -> dict[str, str]:
    return dict(os.environ)


@_probe
def status_fields() -> dict[str, str]:
    with open("/proc/self/status") as status:
        return {k: v.strip() for k, _, v in (line.partition(":") for line in status)}


@_probe
def user_ids() -> dict[str, Any]:
    with open("/proc/self/uid_map") as uid_map:
        return {"ids": [*os.getresuid(), *os.getresgid()], "map": uid_map.read().split()}


@_probe
def network(port: int, abstract: str) -> dict[str, str]:
    """What connecting to each of some addresses says; "" where it works."""
    said = {}
    attempts: list[tuple[int, Any]] = [
        (socket.AF_INET, ("127.0.0.1", port)),
        (socket.AF_INET, ("192.0.2.1", 80)),
        (socket.AF_INET6, ("::1", port)),
        (socket.AF_UNIX, "\0" + abstract),
    ]
    for family, address in attempts:
        with socket.socket(family) as sock:
            sock.settimeout(5)
            said[repr(address)] = _said(sock.connect, address)
    for name in ("AF_VSOCK", "AF_NETLINK", "AF_PACKET", "AF_ALG"):
        said[name] = _said(socket.socket, getattr(socket, name), socket.SOCK_RAW)
    return said


@_probe
def interfaces() -> list[str]:
    with open("/proc/net/dev") as dev:
        return [line.split(":")[0].strip() for line in dev.readlines()[2:]]


@_probe
def kernel_calls() -> dict[str, str]:
    """What each of the refused system calls says; "" where it works."""
    libc = ctypes.CDLL(None, use_errno=True)
    column = ("x86_64", "aarch64").index(platform.machine())
    said = {}
    for name, numbers in jail.DENIED.items():
        result = libc.syscall(ctypes.c_long(numbers[column]), *[ctypes.c_long(-1)] * 6)
        said[name] = errno.errorcode[ctypes.get_errno()] if result == -1 else ""
    new_user = 0x10000000 | signal.SIGCHLD
    pid = libc.syscall(ctypes.c_long((56, 220)[column]), ctypes.c_long(new_user), 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    said["clone with a new user namespace"] = errno.errorcode[ctypes.get_errno()] * (pid == -1)
    return said


@_probe
def processes_in_sight() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


@_probe
def first_process() -> dict[str, str]:
    """What trying to get at process 1 says; "" where it works."""
    said = {
        f"/proc/1/{name}": _said(os.open, f"/proc/1/{name}", mode)
        for name, mode in (("mem", os.O_RDWR), ("environ", os.O_RDONLY), ("maps", os.O_RDONLY))
    }
    for name in ("root", "cwd", "exe", "fd/0"):
        said[f"/proc/1/{name}"] = _said(os.readlink, f"/proc/1/{name}")
    for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGINT):
        with contextlib.suppress(PermissionError):
            os.kill(1, number)
    time.sleep(0.2)
    with open("/proc/1/stat") as stat:
        said["kill"] = "still there" if stat.read().split()[2] in "SR" else ""
    return said


@_probe
def open_files() -> dict[str, str]:
    return {
        name: os.readlink(f"/proc/self/fd/{name}").partition("[")[0].partition(":")[0]
        for name in os.listdir("/proc/self/fd")
        if os.path.lexists(f"/proc/self/fd/{name}")
    }


@_probe
def shared_memory() -> list[str]:
    with open("/proc/self/maps") as maps:
        return [line for line in maps if line.split()[1][1::2] == "ws"]


@_probe
def allocate(size: int) -> str:
    return _said(bytearray, size)


@_probe
def allocate_in_processes(size: int, count: int) -> None:
    for _ in range(count):
        if os.fork() == 0:
            block = mmap.mmap(-1, size)
            for at in range(0, size, mmap.PAGESIZE):
                block[at] = 1
            time.sleep(60)
            os._exit(0)
    time.sleep(60)


@_probe
def fork_many(count: int) -> int:
    """How many of `count` sleeping processes could be started."""
    for started in range(count):
        try:
            pid = os.fork()
        except BlockingIOError:
            return started
        if pid == 0:
            time.sleep(60)
            os._exit(0)
    return count


@_probe
def open_many(count: int) -> int:
    with contextlib.ExitStack() as stack:
        for opened in range(count):
            try:
                stack.enter_context(open(os.devnull))
            except OSError:
                return opened
        return count


@_probe
def write_file(path: str, size: int) -> str:
    def write() -> None:
        with open(path, "wb", buffering=0) as file:
            for _ in range(0, size, 1 << 16):
                if file.write(bytes(1 << 16)) < 1 << 16:
                    raise OSError(errno.EFBIG, "short write")

    return _said(write)


@_probe
def burn(processes: int) -> None:
    """Use CPU time until stopped, no process much of it where there are several."""
    for _ in range(processes - 1):
        if os.fork() == 0:
            break
    while True:
        pass


@_probe
def core_size() -> list[int]:
    import resource  # Windows has none, and `run` is to say what is missing there

    return list(resource.getrlimit(resource.RLIMIT_CORE))


@_probe
def leave_traces() -> list[str]:
    """Files everywhere, a socket, and a process that doesn't want to end."""
    left = []
    for folder in jail.FRESH:
        Path(folder, "trace").write_text("left by another learner")
        left.append(f"{folder}/trace")
    if os.fork() == 0:
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        if os.fork() == 0:
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind("\0trace")
                listener.listen()
                time.sleep(60)
        os._exit(0)
    for _ in range(100):
        with socket.socket(socket.AF_UNIX) as sock:
            if _said(sock.connect, "\0trace") == "":
                return [*left, "socket"]
        time.sleep(0.05)
    return left


@_probe
def traces() -> list[str]:
    found = [f"{f}/trace" for f in jail.FRESH if os.path.lexists(f"{f}/trace")]
    with socket.socket(socket.AF_UNIX) as sock:
        if _said(sock.connect, "\0trace") == "":
            found.append("socket")
    return found


def _said(function: Callable[..., Any], *arguments: Any) -> str:
    try:
        function(*arguments)
    except (OSError, MemoryError) as error:
        return str(error) or type(error).__name__
    return ""


# ---------------------------------------------------------------------- outside of it


class Inside:
    """A child that runs probes."""

    def __init__(self, parent: WarmParent) -> None:
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


def _only_the_list(inside: Inside) -> None:
    known = [
        *SEEN,
        *map(str, python_folders()),
        *DEVICES,
        "/proc",
        "/etc/passwd",
        f"{INSIDE}/models",
    ]
    known += [f"{INSIDE}/helpers/{name}" for name in HELPERS]
    known += [f"{INSIDE}/helpers/{name}.py" for name in REFERENCES]
    _none("also in sight", inside.ask("files_in_sight", known=known))


def _no_folders_of_the_grader(inside: Inside) -> None:
    # The way to the Python environment may lead through them.
    way = {p for folder in python_folders() for p in (folder, *folder.parents)}
    paths = [p for folder in {Path.cwd(), Path.home()} for p in (folder, *folder.iterdir())]
    paths = [p for p in paths if p not in way]
    _none("readable", inside.ask("readable", paths=[str(p) for p in paths]))


def _read_only(inside: Inside) -> None:
    paths = ["/", "/etc", "/etc/passwd", INSIDE, f"{INSIDE}/helpers", f"{INSIDE}/models", *SEEN]
    paths += map(str, python_folders())
    _none("writable", inside.ask("writable", paths=paths))


def _no_references(inside: Inside) -> None:
    said = inside.ask("imports", names=[f"helpers.{name}" for name in REFERENCES])
    wrong = {k: v for k, v in said.items() if f"{k} is not available while graded" not in v}
    _none("importable, or with another message", wrong)


def _plotting(inside: Inside) -> None:
    said = inside.ask("imports", names=["helpers.plotting", "helpers.weights", "torch"])
    _none("can't be imported", {k: v for k, v in said.items() if v})


def _no_tests(inside: Inside) -> None:
    for name in ("checks", "grading.examiner", "grading.graft"):
        text = inside.ask("imports", names=[name])[name]
        assert "No module named" in text, f"{name}: {text or 'imported'}"


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
    assert set(ids["ids"]) == {jail.LEARNER_UID}, f"ids are {ids['ids']}"
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
    assert ended.out_of_memory, f"it ended otherwise: {ended}"


def _processes(inside: Inside) -> None:
    started = inside.ask("fork_many", count=100)
    assert started == LIMITS.processes - 1, f"{started} processes could be started"


def _open_files(inside: Inside) -> None:
    opened = inside.ask("open_many", count=1000)
    assert 0 < opened < LIMITS.open_files, f"{opened} files could be opened"


def _file_size(inside: Inside) -> None:
    said = inside.ask("write_file", path="/tmp/large", size=LIMITS.file_bytes + 1)
    assert "too large" in said or "short write" in said, f"writing said {said!r}"


def _scratch(inside: Inside) -> None:
    for folder in jail.FRESH:
        count = LIMITS.scratch_bytes // LIMITS.file_bytes + 1
        said = [
            inside.ask("write_file", path=f"{folder}/{i}", size=LIMITS.file_bytes)
            for i in range(count)
        ]
        assert any("No space left" in s for s in said), f"{folder}: {said}"


def _cpu(inside: Inside) -> None:
    ended = inside.end_of("burn", processes=1)
    assert ended.out_of_cpu_time, f"it ended otherwise: {ended}"


def _cpu_together(inside: Inside) -> None:
    ended = inside.end_of("burn", processes=6)
    assert ended.out_of_cpu_time, f"it ended otherwise: {ended}"
    assert ended.cpu_seconds < LIMITS.notebook_cpu_seconds, "one process used it up"


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
    ("Of all files only those on the list in grading/sandbox.py are in sight.", _only_the_list),
    ("The grader's working and home folder can't be read.", _no_folders_of_the_grader),
    ("Python, its packages and helpers can be read and not written.", _read_only),
    ("Importing a reference implementation says that it isn't available.", _no_references),
    ("What exercises import besides is there.", _plotting),
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
)


def run(sandbox: Sandbox | None = None) -> list[Line]:
    """Try every promise. Raises SandboxUnavailable."""
    return list(tried(sandbox or Sandbox.find()))


def tried(sandbox: Sandbox) -> Iterator[Line]:
    """The same, one after the other as they are tried."""
    with WarmParent(TARGET, LEARNER_PRELOAD, sandbox, LIMITS) as parent:
        for line, promise in PROMISES:
            try:
                with Inside(parent) as inside:
                    if promise.__code__.co_argcount == 2:
                        promise(inside, parent)
                    else:
                        promise(inside)
            except (AssertionError, RuntimeError, EOFError, OSError) as error:
                yield Line(line, False, str(error) or type(error).__name__)
            else:
                yield Line(line, True, "")


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
