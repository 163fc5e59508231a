"""What the sandbox promises, each in words and with the probe that tries it.

A probe raises AssertionError where the promise isn't kept, or has to be ended by a limit. One
without an argument runs inside, in a child like those of learners or examiners; one that needs to
know what is outside runs there and gets an `Inside`, which it asks for other functions by name.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
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
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from nbexaminer.sandbox import namespaces, system_calls, view
from nbexaminer.sandbox.limits import EndedBy, Limits

if TYPE_CHECKING:
    from nbexaminer.sandbox.promises import Inside

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

_Probe = Callable[..., None]


class Promise(NamedTuple):
    """What is promised of learners' processes and of examiners; "" where it isn't.

    ended_by: the limit that is to end the child, if any.
    """

    of_learners: str
    of_examiners: str
    ended_by: EndedBy | None
    probe: _Probe


PROMISES: list[Promise] = []
"""All of them, in the order in which they are tried."""


def promise(
    of_learners: str, of_examiners: str = "", ended_by: EndedBy | None = None
) -> Callable[[_Probe], Promise]:
    """What the probe below it tries."""

    def listed(probe: _Probe) -> Promise:
        PROMISES.append(Promise(of_learners, of_examiners, ended_by, probe))
        return PROMISES[-1]

    return listed


def answer(sock: socket.socket, limits: Limits) -> None:
    """The life of a child: call functions of this module by name for an `Inside`.

    A JSON line [name, arguments] in, a JSON line {"value", "broken" or "error"} out.
    """
    with sock.makefile("rb") as requests:
        for request in requests:
            name, arguments = json.loads(request)
            asked = globals()[name]
            try:
                probe = asked.probe if isinstance(asked, Promise) else asked
                reply = {"value": probe(**arguments)}
            except AssertionError as error:
                reply = {"broken": str(error)}
            except Exception as error:
                reply = {"error": f"{type(error).__name__}: {error}"}
            sock.sendall(json.dumps(reply).encode() + b"\n")


def python(source: str) -> Any:
    """Run Python code and answer with what it calls `result`."""
    names: dict[str, Any] = {}
    exec(source, names)
    return names.get("result")


def _none(what: str, found: Any) -> None:
    assert not found, f"{what}: {found}"


def _refused(said: dict[str, str]) -> None:
    _none("not refused", [name for name, text in said.items() if not text])


def _said(function: Callable[..., Any], *arguments: Any) -> str:
    """What the error says that a call ends in, or "" where it works."""
    try:
        function(*arguments)
    except (OSError, MemoryError) as error:
        return str(error) or type(error).__name__
    return ""


# What is in sight -----------------------------------------------------------------------------


def _course(occupant: view.Occupant) -> list[str]:
    """What its children see of the course."""
    shown = [*occupant.shown, *(f"{name}.py" for name in occupant.withheld)]
    if not occupant.covered:
        shown.append(view.PACKAGE.name)
    return [f"{view.INSIDE}/{name}" for name in shown]


@promise(
    "Of all files only those on the list in nbexaminer/sandbox/view.py are in sight.",
    "The examiner, which runs the tests, sees only the files on a list of its own.",
)
def only_the_list(inside: Inside) -> None:
    known = [*view.SEEN, *map(str, view.python_folders()), *view.DEVICES, "/proc", "/etc/passwd"]
    known += _course(inside.occupant)
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


@promise(
    "The grader's working and home folder can't be read.",
    "The examiner can't read the grader's working and home folder.",
)
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


@promise("", "The examiner can import tests and references.")
def tests_and_references(inside: Inside) -> None:
    profile = inside.profile
    tests = profile.packages(*profile.shown_to_tests)
    _can_import(inside, (module for name in tests for module in profile.modules(name)))


@promise(
    "Python, its packages and what is shown of the course can be read and not written.",
    "The examiner can write none of the files that it is shown.",
)
def read_only(inside: Inside) -> None:
    paths = ["/", "/etc", "/etc/passwd", view.INSIDE, *view.SEEN]
    paths += [*_course(inside.occupant), *map(str, view.python_folders())]
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


@promise("Importing what the course withholds says that it isn't available.")
def no_references(inside: Inside) -> None:
    withheld = inside.occupant.withheld
    names = [module for name in withheld for module in inside.profile.modules(name)]
    said = inside.ask("imports", names=[*withheld, *names])
    told = {k: f"{k.partition('.')[0]} is not available while graded" for k in said}
    wrong = {k: v for k, v in said.items() if told[k] not in v}
    _none("importable, or with another message", wrong)


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


def _can_import(inside: Inside, names: Iterable[str]) -> None:
    said = inside.ask("imports", names=list(names))
    _none("can't be imported", {k: v for k, v in said.items() if v})


@promise("What exercises import besides is there.")
def what_is_shown(inside: Inside) -> None:
    occupant = inside.occupant
    _can_import(inside, (*occupant.preload, *inside.profile.packages(*occupant.shown)))


@promise("Tests and the grader's own modules can't be imported.")
def no_tests(inside: Inside) -> None:
    tests = {*inside.profile.packages(*inside.profile.shown_to_tests)} - {*inside.profile.withheld}
    own = ("examination.examiner", "notebook.graft")
    for name in (*sorted(tests), *(f"{view.PACKAGE.name}.{module}" for module in own)):
        text = inside.ask("imports", names=[name])[name]
        assert "No module named" in text, f"{name}: {text or 'imported'}"


@promise(
    "No environment variable is there but the listed ones.",
    "The examiner has no environment variable but the listed ones.",
)
def environment(inside: Inside) -> None:
    seen = inside.ask("python", source="import os; result = dict(os.environ)")
    # bubblewrap adds PWD for the folder that it starts in.
    strange = {k for k, v in seen.items() if view.ENVIRONMENT.get(k) != v} - {"PWD"}
    _none("not on the list", strange)


# What is out of reach -------------------------------------------------------------------------


@promise(
    "There is no network, not to this machine either.",
    "The examiner has no network, not to this machine either.",
)
def network(inside: Inside) -> None:
    name = f"grading-check-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as unix:
        unix.bind("\0" + name)
        unix.listen()
        inside.ask("no_connection", port=server.getsockname()[1], abstract=name)


def no_connection(port: int, abstract: str) -> None:
    """Neither to a server of this machine, nor to others, nor through other kinds of sockets."""
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
        for make in (socket.socket, socket.socketpair):
            said[f"{make.__name__} {name}"] = _said_to_a_socket(make, getattr(socket, name))
    _refused(said)
    with open("/proc/net/dev") as dev:
        names = {line.split(":")[0].strip() for line in dev.readlines()[2:]}
    _none("other interfaces", names - {"lo"})


def _said_to_a_socket(make: Callable[..., Any], family: int) -> str:
    """What the filter says; whatever else is said comes from a part of the kernel behind it."""
    try:
        make(family, socket.SOCK_RAW)
    except OSError as error:
        return str(error) if error.errno == errno.EAFNOSUPPORT else ""
    return ""


@promise(
    "Code runs as a user without privileges.", "The examiner runs as a user without privileges."
)
def user() -> None:
    ids = [*os.getresuid(), *os.getresgid()]
    assert set(ids) == {namespaces.LEARNER_UID}, f"ids are {ids}"
    mapped = Path("/proc/self/uid_map").read_text().split()
    assert mapped[2] == "1", f"more than one user is mapped: {mapped}"


@promise("That user isn't root outside either.", "The examiner's user isn't root outside either.")
def outside_user(inside: Inside) -> None:
    uids = {os.stat(f"/proc/{pid}").st_uid for pid in descendants(inside.parent.pid)}
    mine = os.geteuid()
    # With a real root, bubblewrap's own two processes stay root's and run no learner's code.
    others = uids - {mine} if mine == 0 else uids
    assert others and 0 not in others, f"user ids outside: {sorted(uids)}"


def _status() -> dict[str, str]:
    with open("/proc/self/status") as status:
        return {k: v.strip() for k, _, v in (line.partition(":") for line in status)}


@promise("Every capability is gone, from all five sets.", "The examiner has no capability left.")
def capabilities() -> None:
    sets = {k: v for k, v in _status().items() if k.startswith("Cap")}
    assert len(sets) == 5, sets
    _none("left", {k: v for k, v in sets.items() if int(v, 16)})


@promise(
    "No program can give it new privileges.",
    "The examiner can't get new privileges from any program.",
)
def no_new_privileges() -> None:
    assert _status()["NoNewPrivs"] == "1"


@promise(
    "Dangerous system calls and new namespaces are refused.",
    "The examiner is refused dangerous system calls and new namespaces.",
)
def kernel_calls() -> None:
    assert _status()["Seccomp"] == "2"
    machine = platform.machine()
    refused = system_calls.numbers("refused", machine)
    said = {name: _call(number, *[-1] * 6) for name, number in refused.items()}
    pid = os.getpid()
    clone = system_calls.numbers("allowed", machine)["clone"]
    said["clone with a new user namespace"] = _call(
        clone, system_calls.CLONE_NEWUSER | signal.SIGCHLD
    )
    if os.getpid() != pid:
        os._exit(0)
    _none("not refused", {k: v for k, v in said.items() if v != "EPERM"})


def _call(number: int, *arguments: int) -> str:
    """The name of the error of a system call, or "" where it works."""
    libc = ctypes.CDLL(None, use_errno=True)
    values = [ctypes.c_long(a) for a in (*arguments, *[0] * 6)[:6]]
    result = libc.syscall(ctypes.c_long(number), *values)
    return errno.errorcode[ctypes.get_errno()] if result == -1 else ""


@promise(
    "The kernel's settings, core_pattern among them, can't be changed.",
    "The examiner can't change the kernel's settings.",
)
def proc() -> None:
    paths = ["/proc/sys/kernel/core_pattern", "/proc/sys/user/max_user_namespaces"]
    paths += ["/proc/sysrq-trigger", "/proc/self/oom_score_adj", "/proc/sys/kernel/domainname"]
    _none("writable", writable(paths))
    most = Path("/proc/sys/user/max_user_namespaces").read_text()
    assert most.strip() == "0", f"max_user_namespaces is {most}"


@promise("It sees no processes but its own.", "The examiner sees no processes but its own.")
def processes_in_sight() -> None:
    seen = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    assert seen == [1, 2], f"processes in sight: {seen}"


@promise(
    "It can't stop, read or write the process that watches over it.",
    "The examiner can't get at the process that watches over it.",
)
def first_process() -> None:
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
    _refused(said)


@promise(
    "No file is open but the socket and /dev/null.",
    "The examiner has no file open but the socket and /dev/null.",
)
def open_files_list() -> None:
    seen = {
        name: os.readlink(f"/proc/self/fd/{name}").partition("[")[0].partition(":")[0]
        for name in os.listdir("/proc/self/fd")
        if os.path.lexists(f"/proc/self/fd/{name}")
    }
    expected = {"0": "/dev/null", "1": "/dev/null", "2": "/dev/null", "3": "socket"}
    assert seen == expected, f"open: {seen}"


@promise(
    "No memory is shared with another process.",
    "The examiner shares no memory with another process.",
)
def shared_memory() -> None:
    with open("/proc/self/maps") as maps:
        _none("writable and shared", [line for line in maps if line.split()[1][1::2] == "ws"])


# What is limited ------------------------------------------------------------------------------


def _in_processes(count: int, work: Callable[[], None]) -> None:
    """The same work in some processes, which then stay."""
    for _ in range(count):
        if os.fork() == 0:
            work()
            time.sleep(60)
            os._exit(0)
    time.sleep(60)


@promise("One process can't have more memory than the limit, and goes on.")
def memory() -> None:
    more = LIMITS.memory_bytes + (64 << 20)
    assert _said(bytearray, more), f"{more} bytes could be allocated"
    said = _said(bytearray, LIMITS.memory_bytes // 2)
    assert not said, f"half of the limit can't be allocated: {said}"


@promise("Several processes can't have more memory together.", ended_by=EndedBy.MEMORY)
def memory_together() -> None:
    _in_processes(10, _fill)


def _fill() -> None:
    """Use a quarter of the memory."""
    block = bytearray(b"x") * (LIMITS.memory_bytes // 4)
    time.sleep(60)
    os._exit(len(block) & 1)


@promise("The number of processes is limited.")
def processes() -> None:
    started = 0
    with contextlib.suppress(BlockingIOError):
        while started < 100:
            if os.fork() == 0:
                time.sleep(60)
                os._exit(0)
            started += 1
    assert started == LIMITS.processes - 1, f"{started} processes could be started"


@promise("The number of open files is limited.")
def open_files() -> None:
    with contextlib.ExitStack() as stack:
        opened = 0
        with contextlib.suppress(OSError):
            while opened < 1000:
                stack.enter_context(open(os.devnull))
                opened += 1
    assert 0 < opened < LIMITS.open_files, f"{opened} files could be opened"


@promise("The size of a file is limited.")
def file_size() -> None:
    said = _said(_write, "/tmp/large", LIMITS.file_bytes + 1)
    assert "too large" in said or "short write" in said, f"writing said {said!r}"


def _write(path: str, size: int) -> None:
    with open(path, "wb", buffering=0) as file:
        for _ in range(0, size, 1 << 16):
            if file.write(bytes(1 << 16)) < 1 << 16:
                raise OSError(errno.EFBIG, "short write")


@promise("The size of all files together is limited.")
def scratch() -> None:
    for folder in namespaces.FRESH:
        count = LIMITS.scratch_bytes // LIMITS.file_bytes + 1
        said = [_said(_write, f"{folder}/{i}", LIMITS.file_bytes) for i in range(count)]
        assert any("No space left" in s for s in said), f"{folder}: {said}"


@promise("The CPU time of one process is limited.", ended_by=EndedBy.CPU)
def cpu() -> None:
    burn(1)


@promise("The CPU time of several processes together is limited.")
def cpu_together(inside: Inside) -> None:
    ended = inside.end_of("burn", processes=6)
    assert ended.ended_by is EndedBy.CPU, f"it ended otherwise: {ended}"
    assert ended.cpu_seconds < LIMITS.notebook_cpu_seconds, "one process used it up"


def burn(processes: int) -> None:
    """Use CPU time until stopped, no process much of it where there are several."""
    for _ in range(processes - 1):
        if os.fork() == 0:
            break
    while True:
        pass


@promise("No core is dumped.")
def core() -> None:
    import resource  # Windows has none, and `run` is to say what is missing there

    assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)


# What is left of others -----------------------------------------------------------------------


@promise(
    "One learner's files, sockets and processes are not seen by the next.",
    "One examiner's files, sockets and processes are not seen by the next.",
)
def neighbours(inside: Inside) -> None:
    left = inside.ask("leave_traces")
    assert len(left) == 4, f"only {left} could be left"
    with inside.another() as neighbour:
        _none("seen meanwhile", neighbour.ask("traces"))
        assert inside.ask("traces") == left, "its own are gone"
    inside.child.kill()
    inside.child.wait(10)
    with inside.another() as successor:
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
        return found if _said(sock.connect, "\0trace") else [*found, "socket"]


@promise("Nothing that a child started lives on.", "Nothing that an examiner started lives on.")
def survivors(inside: Inside) -> None:
    pid = inside.parent.pid
    before = len(descendants(pid))
    with inside.another() as another:
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


@promise("System calls that are not on the list are unknown.")
def unknown_calls() -> None:
    lists = (system_calls.numbers(a, platform.machine()) for a in ("refused", "allowed"))
    known = {number for numbers in lists for number in numbers.values()}
    # uretprobe and uprobe of x86_64 pass by every filter, and end who isn't the kernel's own.
    unlisted = [n for n in range(1100) if n not in known and n not in (335, 336)]
    x32 = [0x40000000 + n for n in (0, 39, 520)]
    said = {n: _call(n, *[-1] * 6) for n in [*unlisted, *x32]}
    _none("not unknown", {k: v for k, v in said.items() if v != "ENOSYS"})


@promise("Nobody can lock or watch the files that all can read.")
def locks_and_watches() -> None:
    # Of the calls that watch, `kernel_calls` tells.
    import fcntl  # Windows has none, and `run` is to say what is missing there

    path = os.path.abspath(json.__file__)
    folder = os.open(os.path.dirname(path), os.O_RDONLY)
    said = {"F_NOTIFY": _said(fcntl.fcntl, folder, fcntl.F_NOTIFY, fcntl.DN_ACCESS)}
    os.close(folder)
    with open(path, "rb") as file:
        for name in ("LOCK_SH", "LOCK_EX"):
            said[f"flock {name}"] = _said(fcntl.flock, file, getattr(fcntl, name) | fcntl.LOCK_NB)
        said["F_SETLK"] = _said(fcntl.lockf, file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        lock = struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, 0, 0, 0)
        for name, command in (("F_GETLK", fcntl.F_GETLK), ("F_OFD_GETLK", 36), ("F_OFD_SETLK", 37)):
            said[name] = _said(fcntl.fcntl, file, command, lock)
        said["F_SETLEASE"] = _said(fcntl.fcntl, file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    _refused(said)


@promise("Memory that no count shows can't be had.")
def uncounted_memory() -> None:
    import fcntl

    reader, writer = os.pipe()
    huge = 0x40000
    said = {
        "shared": _said(mmap.mmap, -1, 4096),
        "huge": _said(mmap.mmap, -1, 2 << 20, mmap.MAP_PRIVATE | huge),
        "a larger pipe": _said(fcntl.fcntl, writer, 1031, 1 << 20),
    }
    for device in ("/dev/zero", *view.DEVICES):
        said[device] = _said(_map, device)
    os.close(reader)
    os.close(writer)
    _refused(said)


def _map(device: str) -> None:
    with open(device, "r+b", buffering=0) as file:
        mmap.mmap(file.fileno(), 4096)


@promise("Memory counts of a process whose first thread has ended, too.", ended_by=EndedBy.MEMORY)
def memory_of_threads() -> None:
    _in_processes(7, _fill_from_a_thread)


def _fill_from_a_thread() -> None:
    threading.Thread(target=_fill).start()
    exit_thread = system_calls.numbers("allowed", platform.machine())["exit"]
    ctypes.CDLL(None).syscall(exit_thread, 0)


@promise("The number of timers is limited.")
def timers() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    timer = ctypes.c_void_p()
    for _ in range(200):
        if libc.timer_create(time.CLOCK_MONOTONIC, None, ctypes.byref(timer)) != 0:
            return
    raise AssertionError("200 timers could be made")


@promise(
    "The number of files that several processes have open together is limited.",
    ended_by=EndedBy.MEMORY,
)
def open_files_together() -> None:
    _in_processes(10, _open_pipes)


def _open_pipes() -> None:
    """As many as the kernel gives."""
    with contextlib.suppress(OSError):
        while True:
            os.pipe()


@promise("The CPU time of processes that nobody waits for is limited.", ended_by=EndedBy.CPU)
def cpu_disowned() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    end = time.monotonic() + 4.0 * LIMITS.notebook_cpu_seconds
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
