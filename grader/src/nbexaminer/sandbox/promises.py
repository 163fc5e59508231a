"""What the sandbox promises, each in words and with the probe that tries it on this machine.

A probe raises AssertionError where the promise isn't kept, or has to be ended by a limit. One
without an argument runs inside, in a child like those of learners or examiners; one that needs to
know what is outside runs there and gets an `Inside`, which it asks for other functions by name.

Nothing outside the sandbox is changed, and no address outside this machine gets more than an
attempt to connect. The command `check` prints what comes of it.
"""

import contextlib
import ctypes
import errno
import functools
import importlib
import json
import mmap
import os
import platform
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from nbexaminer.sandbox import namespaces, system_calls, view
from nbexaminer.sandbox.limits import EndedBy, Limits
from nbexaminer.sandbox.parent import ExitStatus, WarmParent

TARGET = f"{__name__}:answer"
"""For a WarmParent: children that run one of the probes a request."""
LIMITS = Limits(
    memory_bytes=384 << 20,
    processes=16,
    open_files=64,
    file_bytes=1 << 20,
    scratch_bytes=4 << 20,
    cpu_seconds=2,
    wall_seconds=30.0,
)
"""Small enough to be reached quickly."""

_Probe = Callable[..., None]


class Promise(NamedTuple):
    """What is promised, in words. ended_by: the limit that is to end the child, if any."""

    words: str
    probe: _Probe
    ended_by: EndedBy | None


OF_LEARNERS: dict[str, Promise] = {}
OF_EXAMINERS: dict[str, Promise] = {}
"""What is promised of the two kinds of processes, by the probe's name, as it is tried."""


def _promise(
    promises: dict[str, Promise], words: str, ended_by: EndedBy | None = None
) -> Callable[[_Probe], _Probe]:
    def listed(probe: _Probe) -> _Probe:
        promises[probe.__name__] = Promise(words, probe, ended_by)
        return probe

    return listed


of_learners = functools.partial(_promise, OF_LEARNERS)
of_examiners = functools.partial(_promise, OF_EXAMINERS)


class Tried(NamedTuple):
    """A promise, in words, and whether it is kept. detail: what was seen where not, else ""."""

    promise: str
    kept: bool
    detail: str


def tried(sandbox: view.Sandbox) -> Iterator[Tried]:
    """Every promise, one after the other as they are tried. Raises SandboxUnavailable."""
    profile = sandbox.profile
    learner, examiner = view.Occupant.learner(profile), view.Occupant.examiner(profile)
    parents = [WarmParent(TARGET, who, profile, sandbox, LIMITS) for who in (learner, examiner)]
    with contextlib.ExitStack() as stack:
        for parent in parents:  # at the same time: each imports for seconds
            parent.start()
            stack.push(parent)
        for parent, promises in zip(parents, (OF_LEARNERS, OF_EXAMINERS), strict=True):
            parent.await_ready()
            for promise in promises.values():
                detail = ""
                try:
                    with Inside(parent) as inside:
                        inside.keep(promise)
                except (AssertionError, RuntimeError, EOFError, OSError) as error:
                    detail = str(error) or type(error).__name__
                yield Tried(promise.words, not detail, detail)


class Inside(contextlib.AbstractContextManager["Inside"]):
    """A child that runs probes."""

    def __init__(self, parent: WarmParent) -> None:
        self.parent = parent
        self.occupant, self.profile = parent.occupant, parent.profile
        self.child = parent.spawn()
        self._replies = self.child.sock.makefile("rb")

    def ask(self, name: str, **arguments: Any) -> Any:
        """What the probe returns. Raises AssertionError or RuntimeError where it raised, EOFError
        where the child ended."""
        with contextlib.suppress(BrokenPipeError):
            self.child.sock.sendall(json.dumps([name, arguments]).encode() + b"\n")
        line = b""
        with contextlib.suppress(ConnectionResetError):
            line = self._replies.readline()
        if not line:
            raise EOFError(f"the child ended in {name}: {self.child.wait(10)}")
        error, text = json.loads(line)
        if error == "AssertionError":
            raise AssertionError(text)
        if error:
            raise RuntimeError(f"{name}: {error}: {text}")
        return text

    def end_of(self, name: str, **arguments: Any) -> ExitStatus:
        """How the child ends in a probe that it isn't to survive. Raises AssertionError."""
        with contextlib.suppress(EOFError):
            raise AssertionError(f"it went on, and said {self.ask(name, **arguments)!r}")
        return self.child.wait(10)

    def keep(self, promise: Promise) -> None:
        """Try it. Raises AssertionError where it isn't kept, else as `ask` does, or OSError."""
        name = promise.probe.__name__
        if promise.ended_by is not None:
            ended = self.end_of(name)
            assert ended.ended_by is promise.ended_by, f"it ended otherwise: {ended}"
        elif promise.probe.__code__.co_argcount:
            promise.probe(self)
        else:
            self.ask(name)

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


def _none(what: str, found: Any) -> None:
    assert not found, f"{what}: {found}"


def _refused(sentence: dict[str, str]) -> None:
    _none("not refused", [name for name, text in sentence.items() if not text])


def _error_of(function: Callable[..., Any], *arguments: Any, of: int = 0) -> str:
    """What the error says that a call ends in, or "" where it works.

    of: the number of the only error that counts, if any; others are the same as none.
    """
    try:
        function(*arguments)
    except (OSError, MemoryError, ImportError) as error:
        if not of or (isinstance(error, OSError) and error.errno == of):
            return str(error) or type(error).__name__
    return ""


# What is in sight -----------------------------------------------------------------------------


def _shown(occupant: view.Occupant) -> list[str]:
    """What its children see of the machine and of the course."""
    course = [*occupant.shown, *(f"{name}.py" for name in occupant.withheld)]
    if not occupant.covered:
        course.append(view.PACKAGE.name)
    course = [f"{view.INSIDE}/{name}" for name in course]
    return [*view.SEEN, *map(str, view.python_folders()), *course]


@of_learners("Of all files only those on the list in nbexaminer/sandbox/view.py are in sight.")
@of_examiners("The examiner, which runs the tests, sees only the files on a list of its own.")
def only_the_list(inside: Inside) -> None:
    known = [*_shown(inside.occupant), *view.DEVICES, "/proc", "/etc/passwd"]
    _none("also in sight", inside.ask("files_in_sight", known=known))


def files_in_sight(known: list[str]) -> list[str]:
    """Every file and every folder's content outside the folders `known`."""
    found, folders = [], ["/"]
    while folders:
        for entry in os.scandir(folders.pop()):
            if entry.path in known or entry.is_symlink():
                continue
            if not entry.is_dir():
                found.append(entry.path)
            elif os.access(entry.path, os.R_OK):
                folders.append(entry.path)
    return found


@of_learners("The grader's working and home folder can't be read.")
@of_examiners("The examiner can't read the grader's working and home folder.")
def no_folders_of_the_grader(inside: Inside) -> None:
    # The way to the Python environment may lead through them.
    way = {p for folder in view.python_folders() for p in (folder, *folder.parents)}
    paths = [p for folder in {Path.cwd(), Path.home()} for p in (folder, *folder.iterdir())]
    _none("readable", inside.ask("readable", paths=[str(p) for p in paths if p not in way]))


def readable(paths: list[str]) -> list[str]:
    """Those of the paths that can be opened or listed, other than as an empty way through."""
    found = []
    for path in paths:
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_RDONLY))
            if not os.path.isdir(path) or any(not e.is_dir() for e in os.scandir(path)):
                found.append(path)
    return found


@of_examiners("The examiner can import tests and references.")
def tests_and_references(inside: Inside) -> None:
    profile = inside.profile
    tests = profile.packages(*profile.shown_to_tests)
    _can_import(inside, (module for name in tests for module in profile.modules(name)))


@of_learners("Python, its packages and what is shown of the course can be read and not written.")
@of_examiners("The examiner can write none of the files that it is shown.")
def read_only(inside: Inside) -> None:
    paths = ["/", "/etc", "/etc/passwd", view.INSIDE, *_shown(inside.occupant)]
    _none("writable", inside.ask("writable", paths=paths))


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


@of_learners("Importing what the course withholds says that it isn't available.")
def no_references(inside: Inside) -> None:
    withheld = inside.occupant.withheld
    names = [module for name in withheld for module in inside.profile.modules(name)]
    answers = inside.ask("imports", names=[*withheld, *names])
    told = {k: f"{k.partition('.')[0]} is not available while graded" for k in answers}
    wrong = {k: v for k, v in answers.items() if told[k] not in v}
    _none("importable, or with another message", wrong)


def imports(names: list[str]) -> dict[str, str]:
    """name: "" where it can be imported, else what the error says."""
    return {name: _error_of(importlib.import_module, name) for name in names}


def _can_import(inside: Inside, names: Iterable[str]) -> None:
    answers = inside.ask("imports", names=list(names))
    _none("can't be imported", {k: v for k, v in answers.items() if v})


@of_learners("What exercises import besides is there.")
def what_is_shown(inside: Inside) -> None:
    occupant = inside.occupant
    _can_import(inside, (*occupant.preload, *inside.profile.packages(*occupant.shown)))


@of_learners("Tests and the grader's own modules can't be imported.")
def no_tests(inside: Inside) -> None:
    tests = {*inside.profile.packages(*inside.profile.shown_to_tests)} - {*inside.profile.withheld}
    own = ("examination.examiner", "notebook.graft")
    names = (*sorted(tests), *(f"{view.PACKAGE.name}.{module}" for module in own))
    answers = inside.ask("imports", names=names)
    _none("importable", {k: v for k, v in answers.items() if "No module named" not in v})


@of_learners("No environment variable is there but the listed ones.")
@of_examiners("The examiner has no environment variable but the listed ones.")
def environment(inside: Inside) -> None:
    seen = inside.ask("python", source="import os; result = dict(os.environ)")
    # bubblewrap adds PWD for the folder that it starts in.
    strange = {k for k, v in seen.items() if view.ENVIRONMENT.get(k) != v} - {"PWD"}
    _none("not on the list", strange)


# What is out of reach -------------------------------------------------------------------------


@of_learners("There is no network, not to this machine either.")
@of_examiners("The examiner has no network, not to this machine either.")
def network(inside: Inside) -> None:
    name = f"grading-check-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as unix:
        unix.bind("\0" + name)
        unix.listen()
        inside.ask("no_connection", port=server.getsockname()[1], abstract=name)


def no_connection(port: int, abstract: str) -> None:
    """Neither to a server of this machine, nor to others, nor through other kinds of sockets."""
    findings = {}
    attempts: list[tuple[int, Any]] = [
        (socket.AF_INET, ("127.0.0.1", port)),
        (socket.AF_INET, ("192.0.2.1", 80)),
        (socket.AF_INET6, ("::1", port)),
        (socket.AF_UNIX, "\0" + abstract),
    ]
    for family, address in attempts:
        with socket.socket(family) as sock:
            sock.settimeout(5)
            findings[repr(address)] = _error_of(sock.connect, address)
    for name in ("AF_VSOCK", "AF_NETLINK", "AF_PACKET", "AF_ALG"):
        for make in (socket.socket, socket.socketpair):
            # Whatever else is said comes from a part of the kernel behind the filter.
            findings[f"{make.__name__} {name}"] = _error_of(
                make, getattr(socket, name), socket.SOCK_RAW, of=errno.EAFNOSUPPORT
            )
    _refused(findings)
    with open("/proc/net/dev") as dev:
        names = {line.split(":")[0].strip() for line in dev.readlines()[2:]}
    _none("other interfaces", names - {"lo"})


@of_learners("Code runs as a user without privileges.")
@of_examiners("The examiner runs as a user without privileges.")
def user() -> None:
    ids = [*os.getresuid(), *os.getresgid()]
    assert set(ids) == {namespaces.LEARNER_UID}, f"ids are {ids}"
    mapped = Path("/proc/self/uid_map").read_text().split()
    assert mapped[2] == "1", f"more than one user is mapped: {mapped}"


@of_learners("That user isn't root outside either.")
@of_examiners("The examiner's user isn't root outside either.")
def outside_user(inside: Inside) -> None:
    uids = {os.stat(f"/proc/{pid}").st_uid for pid in descendants(inside.parent.pid)}
    mine = os.geteuid()
    # With a real root, bubblewrap's own two processes stay root's and run no learner's code.
    others = uids - {mine} if mine == 0 else uids
    assert others and 0 not in others, f"user ids outside: {sorted(uids)}"


def _status() -> dict[str, str]:
    with open("/proc/self/status") as status:
        return {k: v.strip() for k, _, v in (line.partition(":") for line in status)}


@of_learners("Every capability is gone, from all five sets.")
@of_examiners("The examiner has no capability left.")
def capabilities() -> None:
    sets = {k: v for k, v in _status().items() if k.startswith("Cap")}
    assert len(sets) == 5, sets
    _none("left", {k: v for k, v in sets.items() if int(v, 16)})


@of_learners("No program can give it new privileges.")
@of_examiners("The examiner can't get new privileges from any program.")
def no_new_privileges() -> None:
    assert _status()["NoNewPrivs"] == "1"


@of_learners("Dangerous system calls and new namespaces are refused.")
@of_examiners("The examiner is refused dangerous system calls and new namespaces.")
def kernel_calls() -> None:
    assert _status()["Seccomp"] == "2"
    machine = platform.machine()
    refused = system_calls.numbers("refused", machine)
    findings = {name: _call(number, *[-1] * 6) for name, number in refused.items()}
    pid = os.getpid()
    clone = system_calls.numbers("allowed", machine)["clone"]
    new_user = system_calls.CLONE_NEWUSER | signal.SIGCHLD
    findings["clone with a new user namespace"] = _call(clone, new_user)
    if os.getpid() != pid:
        os._exit(0)
    _none("not refused", {k: v for k, v in findings.items() if v != "EPERM"})


def _call(number: int, *arguments: int) -> str:
    """The name of the error of a system call, or "" where it works."""
    libc = ctypes.CDLL(None, use_errno=True)
    values = [ctypes.c_long(a) for a in (*arguments, *[0] * 6)[:6]]
    result = libc.syscall(ctypes.c_long(number), *values)
    return errno.errorcode[ctypes.get_errno()] if result == -1 else ""


@of_learners("The kernel's settings, core_pattern among them, can't be changed.")
@of_examiners("The examiner can't change the kernel's settings.")
def proc() -> None:
    paths = ["/proc/sys/kernel/core_pattern", "/proc/sys/user/max_user_namespaces"]
    paths += ["/proc/sysrq-trigger", "/proc/self/oom_score_adj", "/proc/sys/kernel/domainname"]
    _none("writable", writable(paths))
    most = Path("/proc/sys/user/max_user_namespaces").read_text()
    assert most.strip() == "0", f"max_user_namespaces is {most}"


@of_learners("It sees no processes but its own.")
@of_examiners("The examiner sees no processes but its own.")
def processes_in_sight() -> None:
    seen = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    assert seen == [1, 2], f"processes in sight: {seen}"


@of_learners("It can't stop, read or write the process that watches over it.")
@of_examiners("The examiner can't get at the process that watches over it.")
def first_process() -> None:
    findings = {
        f"/proc/1/{name}": _error_of(os.open, f"/proc/1/{name}", mode)
        for name, mode in (("mem", os.O_RDWR), ("environ", os.O_RDONLY), ("maps", os.O_RDONLY))
    }
    for name in ("root", "cwd", "exe", "fd/0"):
        findings[f"/proc/1/{name}"] = _error_of(os.readlink, f"/proc/1/{name}")
    for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGINT):
        with contextlib.suppress(PermissionError):
            os.kill(1, number)
    time.sleep(0.2)
    with open("/proc/1/stat") as stat:
        findings["kill"] = "still there" if stat.read().split()[2] in "SR" else ""
    _refused(findings)


@of_learners("No file is open but the socket and /dev/null.")
@of_examiners("The examiner has no file open but the socket and /dev/null.")
def open_files_list() -> None:
    seen = {
        name: os.readlink(f"/proc/self/fd/{name}").partition("[")[0].partition(":")[0]
        for name in os.listdir("/proc/self/fd")
        if os.path.lexists(f"/proc/self/fd/{name}")
    }
    expected = {"0": "/dev/null", "1": "/dev/null", "2": "/dev/null", "3": "socket"}
    assert seen == expected, f"open: {seen}"


@of_learners("No memory is shared with another process.")
@of_examiners("The examiner shares no memory with another process.")
def shared_memory() -> None:
    with open("/proc/self/maps") as maps:
        _none("writable and shared", [line for line in maps if line.split()[1][1::2] == "ws"])


# What is limited ------------------------------------------------------------------------------


def _is_one_of(count: int) -> bool:
    """Fork so many processes; whether this is one of them."""
    return any(os.fork() == 0 for _ in range(count))


@of_learners("One process can't have more memory than the limit, and goes on.")
def memory() -> None:
    more = LIMITS.memory_bytes + (64 << 20)
    assert _error_of(bytearray, more), f"{more} bytes could be allocated"
    text = _error_of(bytearray, LIMITS.memory_bytes // 2)
    assert not text, f"half of the limit can't be allocated: {text}"


@of_learners("Several processes can't have more memory together.", ended_by=EndedBy.MEMORY)
def memory_together() -> None:
    if _is_one_of(10):
        _fill()
    time.sleep(60)


def _fill() -> None:
    """Use half of the memory: a few that do pass the limit of all, however large PyTorch is."""
    block = bytearray(b"x") * (LIMITS.memory_bytes // 2)
    time.sleep(60)
    os._exit(len(block) & 1)


@of_learners("The number of processes is limited.")
def processes() -> None:
    started = 0
    with contextlib.suppress(BlockingIOError):
        while started < 100:
            if os.fork() == 0:
                time.sleep(60)
                os._exit(0)
            started += 1
    assert started == LIMITS.processes - 1, f"{started} processes could be started"


@of_learners("The number of open files is limited.")
def open_files() -> None:
    opened: list[int] = []
    with contextlib.suppress(OSError):
        while len(opened) < 1000:
            opened.append(os.open(os.devnull, os.O_RDONLY))
    assert 0 < len(opened) < LIMITS.open_files, f"{len(opened)} files could be opened"


@of_learners("The size of a file is limited.")
def file_size() -> None:
    text = _error_of(_write, "/tmp/large", LIMITS.file_bytes + 1)
    assert "too large" in text or "short write" in text, f"writing said {text!r}"


def _write(path: str, size: int) -> None:
    with open(path, "wb", buffering=0) as file:
        for _ in range(0, size, 1 << 16):
            if file.write(bytes(1 << 16)) < 1 << 16:
                raise OSError(errno.EFBIG, "short write")


@of_learners("The size of all files together is limited.")
def scratch() -> None:
    for folder in namespaces.FRESH:
        count = LIMITS.scratch_bytes // LIMITS.file_bytes + 1
        lines = [_error_of(_write, f"{folder}/{i}", LIMITS.file_bytes) for i in range(count)]
        assert any("No space left" in s for s in lines), f"{folder}: {lines}"


@of_learners("The CPU time of one process is limited.", ended_by=EndedBy.CPU)
def cpu() -> None:
    burn(1)


@of_learners("The CPU time of several processes together is limited.")
def cpu_together(inside: Inside) -> None:
    ended = inside.end_of("burn", processes=6)
    assert ended.ended_by is EndedBy.CPU, f"it ended otherwise: {ended}"
    assert ended.cpu_seconds < LIMITS.cpu_seconds, "one process used it up"


def burn(processes: int) -> None:
    """Use CPU time until stopped, no process much of it where there are several."""
    _is_one_of(processes - 1)
    while True:
        pass


@of_learners("No core is dumped.")
def core() -> None:
    import resource  # Windows has none, and `run` is to say what is missing there

    assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)


# What is left of others -----------------------------------------------------------------------


@of_learners("One learner's files, sockets and processes are not seen by the next.")
@of_examiners("One examiner's files, sockets and processes are not seen by the next.")
def neighbours(inside: Inside) -> None:
    left = inside.ask("leave_traces")
    assert len(left) == 4, f"only {left} could be left"
    with Inside(inside.parent) as neighbour:
        _none("seen meanwhile", neighbour.ask("traces"))
        assert inside.ask("traces") == left, "its own are gone"
    inside.child.kill()
    inside.child.wait(10)
    with Inside(inside.parent) as successor:
        _none("seen afterwards", successor.ask("traces"))


def leave_traces() -> list[str]:
    """Files everywhere, a socket, and a process that doesn't want to end."""
    for folder in namespaces.FRESH:
        Path(folder, "trace").write_text("left by another learner")
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
        if "socket" in traces():
            break
        time.sleep(0.05)
    return traces()


def traces() -> list[str]:
    found = [f"{f}/trace" for f in namespaces.FRESH if os.path.lexists(f"{f}/trace")]
    with socket.socket(socket.AF_UNIX) as sock:
        return found if _error_of(sock.connect, "\0trace") else [*found, "socket"]


@of_learners("Nothing that a child started lives on.")
@of_examiners("Nothing that an examiner started lives on.")
def survivors(inside: Inside) -> None:
    pid = inside.parent.pid
    before = len(descendants(pid))
    with Inside(inside.parent) as another:
        another.ask("leave_traces")
        assert len(descendants(pid)) > before + 2
        another.child.kill()
        another.child.wait(10)
        # The process that started it has yet to take note of the end of process 1.
        for _ in range(50):
            if len(descendants(pid)) == before:
                return
            time.sleep(0.02)
    raise AssertionError(f"{len(descendants(pid)) - before} processes are left")


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


# What slips past an ordinary limit ------------------------------------------------------------


@of_learners("System calls that are not on the list are unknown.")
def unknown_calls() -> None:
    lists = (system_calls.numbers(a, platform.machine()) for a in ("refused", "allowed"))
    known = {number for numbers in lists for number in numbers.values()}
    # uretprobe and uprobe of x86_64 pass by every filter, and end who isn't the kernel's own.
    unlisted = [n for n in range(1100) if n not in known and n not in (335, 336)]
    x32 = [0x40000000 + n for n in (0, 39, 520)]
    findings = {n: _call(n, *[-1] * 6) for n in [*unlisted, *x32]}
    _none("not unknown", {k: v for k, v in findings.items() if v != "ENOSYS"})


@of_learners("Nobody can lock or watch the files that all can read.")
def locks_and_watches() -> None:
    # Of the calls that watch, `kernel_calls` tells.
    import fcntl  # Windows has none, and `run` is to say what is missing there

    path = os.path.abspath(json.__file__)
    folder = os.open(os.path.dirname(path), os.O_RDONLY)
    findings = {"F_NOTIFY": _error_of(fcntl.fcntl, folder, fcntl.F_NOTIFY, fcntl.DN_ACCESS)}
    with open(path, "rb") as file:
        for name in ("LOCK_SH", "LOCK_EX"):
            findings[f"flock {name}"] = _error_of(
                fcntl.flock, file, getattr(fcntl, name) | fcntl.LOCK_NB
            )
        findings["F_SETLK"] = _error_of(fcntl.lockf, file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        lock = struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, 0, 0, 0)
        for name, command in (("F_GETLK", fcntl.F_GETLK), ("F_OFD_GETLK", 36), ("F_OFD_SETLK", 37)):
            findings[name] = _error_of(fcntl.fcntl, file, command, lock)
        findings["F_SETLEASE"] = _error_of(fcntl.fcntl, file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    _refused(findings)


@of_learners("Memory that no count shows can't be had.")
def uncounted_memory() -> None:
    import fcntl

    _, writer = os.pipe()
    huge = 0x40000
    findings = {
        "shared": _error_of(mmap.mmap, -1, 4096),
        "huge": _error_of(mmap.mmap, -1, 2 << 20, mmap.MAP_PRIVATE | huge),
        "a larger pipe": _error_of(fcntl.fcntl, writer, 1031, 1 << 20),
    }
    for device in ("/dev/zero", *view.DEVICES):
        findings[device] = _error_of(lambda name: mmap.mmap(os.open(name, os.O_RDWR), 4096), device)
    _refused(findings)


@of_learners(
    "Memory counts of a process whose first thread has ended, too.", ended_by=EndedBy.MEMORY
)
def memory_of_threads() -> None:
    if _is_one_of(7):
        threading.Thread(target=_fill).start()
        exit_thread = system_calls.numbers("allowed", platform.machine())["exit"]
        ctypes.CDLL(None).syscall(exit_thread, 0)
    time.sleep(60)


@of_learners("The number of timers is limited.")
def timers() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    timer = ctypes.c_void_p()
    for _ in range(200):
        if libc.timer_create(time.CLOCK_MONOTONIC, None, ctypes.byref(timer)) != 0:
            return
    raise AssertionError("200 timers could be made")


@of_learners(
    "The number of files that several processes have open together is limited.",
    ended_by=EndedBy.MEMORY,
)
def open_files_together() -> None:
    if _is_one_of(10):
        with contextlib.suppress(OSError):
            while True:
                os.pipe()
    time.sleep(60)


@of_learners("The CPU time of processes that nobody waits for is limited.", ended_by=EndedBy.CPU)
def cpu_disowned() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    end = time.monotonic() + 4.0 * LIMITS.cpu_seconds
    while time.monotonic() < end:
        reader, writer = os.pipe()
        if os.fork() == 0:
            until = time.process_time() + 0.02
            while time.process_time() < until:
                pass
            os._exit(0)
        os.close(writer)
        os.read(reader, 1)  # it ends when the child does
        os.close(reader)
