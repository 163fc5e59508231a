"""What the sandbox keeps on every machine alike; `check` tries what the machine decides.

Probes run inside: their source is sent, and finds there what `self_test` has imported.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import inspect
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import types
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from nbexaminer.judging.profile import SandboxRole
from nbexaminer.sandbox import system_calls, view
from nbexaminer.sandbox.files import pack, sealed
from nbexaminer.sandbox.limits import EndedBy
from nbexaminer.sandbox.self_test import (
    LIMITS,
    TARGET,
    Inside,
    burn,
    call,
    error_of,
    is_one_of,
    memory,
    none,
)
from nbexaminer.sandbox.view import ENVIRONMENT, PACKAGE, Sandbox, python_folders
from nbexaminer.sandbox.zygote_handle import ZygoteHandle
from support import notebooks
from support.profile import PROFILE, SMALL

TESTS = PROFILE.packages(*PROFILE.shown_to_tests)
WITHHELD = [*PROFILE.withheld, *(m for name in PROFILE.withheld for m in PROFILE.modules(name))]


def _asked(inside: Inside, probe: Callable[..., Any], **arguments: Any) -> Any:
    """What a function of this module returns in there; as `Inside.ask`."""
    return inside.ask("python", source=_source(probe, arguments))


def _source(probe: Callable[..., Any], arguments: dict[str, Any]) -> str:
    lines = ("from nbexaminer.sandbox.self_test import *", inspect.getsource(probe))
    return "\n".join((*lines, f"result = {probe.__name__}(**{arguments})"))


def readable(paths: list[str]) -> list[str]:
    """Those of the paths that can be opened or listed, other than as an empty way through."""
    found = []
    for path in paths:
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_RDONLY))
            if not os.path.isdir(path) or any(not e.is_dir() for e in os.scandir(path)):
                found.append(path)
    return found


def imports(names: list[str]) -> dict[str, str]:
    """name: "" where it can be imported, else what the error says."""
    import importlib

    said = {}
    for name in names:
        try:
            importlib.import_module(name)
            said[name] = ""
        except ImportError as error:
            said[name] = str(error)
    return said


def open_descriptors() -> None:
    """No file but the socket and /dev/null."""
    seen = {
        name: os.readlink(f"/proc/self/fd/{name}").partition("[")[0].partition(":")[0]
        for name in os.listdir("/proc/self/fd")
        if os.path.lexists(f"/proc/self/fd/{name}")
    }
    expected = {"0": "/dev/null", "1": "/dev/null", "2": "/dev/null", "3": "socket"}
    assert seen == expected, f"open: {seen}"


def shared_memory() -> None:
    """None is shared with another process."""
    with open("/proc/self/maps") as maps:
        none("writable and shared", [line for line in maps if line.split()[1][1::2] == "ws"])


def settings() -> None:
    """No namespace can be made, whatever else is let through."""
    most = Path("/proc/sys/user/max_user_namespaces").read_text()
    assert most.strip() == "0", f"max_user_namespaces is {most}"


def families() -> None:
    """Only sockets that network namespaces keep apart can be made, in pairs neither."""
    for name in ("AF_VSOCK", "AF_NETLINK", "AF_PACKET", "AF_ALG"):
        for make in (socket.socket, socket.socketpair):
            # Whatever else is said comes from a part of the kernel behind the filter.
            said = error_of(make, getattr(socket, name), socket.SOCK_RAW)
            assert os.strerror(errno.EAFNOSUPPORT) in said, f"{make.__name__} {name}: {said}"


def open_files() -> None:
    """Their number is limited."""
    opened: list[int] = []
    with contextlib.suppress(OSError):
        while len(opened) < 1000:
            opened.append(os.open(os.devnull, os.O_RDONLY))
    assert 0 < len(opened) < LIMITS.open_files, f"{len(opened)} files could be opened"


def file_size() -> None:
    """It is limited."""
    with open("/tmp/large", "wb", buffering=0) as file:
        written = file.write(bytes(LIMITS.file_bytes))
        said = error_of(file.write, b"x")
    assert written == LIMITS.file_bytes and "too large" in said, f"{written}, then {said!r}"


def core() -> None:
    """None is dumped."""
    import resource

    assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)


def timers() -> None:
    """Their number is limited."""
    libc = ctypes.CDLL(None, use_errno=True)
    timer = ctypes.c_void_p()
    for _ in range(200):
        if libc.timer_create(time.CLOCK_MONOTONIC, None, ctypes.byref(timer)) != 0:
            return
    raise AssertionError("200 timers could be made")


def unknown_calls() -> None:
    """System calls that are not on the list are unknown."""
    lists = (system_calls.numbers(a, platform.machine()) for a in ("refused", "allowed"))
    known = {number for numbers in lists for number in numbers.values()}
    # uretprobe and uprobe of x86_64 pass by every filter, and end who isn't the kernel's own.
    unlisted = [n for n in range(1100) if n not in known and n not in (335, 336)]
    x32 = [0x40000000 + n for n in (0, 39, 520)]
    findings = {n: call(n, *[-1] * 6) for n in [*unlisted, *x32]}
    none("not unknown", {k: v for k, v in findings.items() if v != "ENOSYS"})


def locks_and_watches() -> None:
    """Nobody can lock or watch the files that all can read; of calls that watch, `calls` tells."""
    import fcntl
    import struct

    path = os.path.abspath(json.__file__)
    folder = os.open(os.path.dirname(path), os.O_RDONLY)
    findings = {"F_NOTIFY": error_of(fcntl.fcntl, folder, fcntl.F_NOTIFY, fcntl.DN_ACCESS)}
    with open(path, "rb") as file:
        for name in ("LOCK_SH", "LOCK_EX"):
            findings[f"flock {name}"] = error_of(
                fcntl.flock, file, getattr(fcntl, name) | fcntl.LOCK_NB
            )
        findings["F_SETLK"] = error_of(fcntl.lockf, file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        lock = struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, 0, 0, 0)
        for name, command in (("F_GETLK", fcntl.F_GETLK), ("F_OFD_GETLK", 36), ("F_OFD_SETLK", 37)):
            findings[name] = error_of(fcntl.fcntl, file, command, lock)
        findings["F_SETLEASE"] = error_of(fcntl.fcntl, file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    none("not refused", [name for name, text in findings.items() if not text])


def uncounted_memory() -> None:
    """Memory that no count shows can't be had."""
    import fcntl
    import mmap

    _, writer = os.pipe()
    huge = 0x40000
    findings = {
        "shared": error_of(mmap.mmap, -1, 4096),
        "huge": error_of(mmap.mmap, -1, 2 << 20, mmap.MAP_PRIVATE | huge),
        "a larger pipe": error_of(fcntl.fcntl, writer, 1031, 1 << 20),
    }
    for device in ("/dev/zero", *view.DEVICES):
        findings[device] = error_of(lambda name: mmap.mmap(os.open(name, os.O_RDWR), 4096), device)
    none("not refused", [name for name, text in findings.items() if not text])


def memory_of_threads() -> None:
    """Of processes whose first thread has ended."""
    import threading

    if is_one_of(7):
        threading.Thread(target=burn, args=(1, LIMITS.memory_bytes // 2)).start()
        exit_thread = system_calls.numbers("allowed", platform.machine())["exit"]
        ctypes.CDLL(None).syscall(exit_thread, 0)
    time.sleep(60)


def open_files_together() -> None:
    """Of several processes."""
    if is_one_of(10):
        with contextlib.suppress(OSError):
            while True:
                os.pipe()
    time.sleep(60)


def cpu_disowned() -> None:
    """Of processes that nobody waits for."""
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


def leave_socket() -> None:
    """One that goes on listening, in a process that doesn't want to end."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("\0trace")
        listener.listen()
        if os.fork() == 0:
            os.setsid()
            time.sleep(60)
            os._exit(0)


def socket_is_there() -> bool:
    with socket.socket(socket.AF_UNIX) as sock:
        return not error_of(sock.connect, "\0trace")


@pytest.fixture(scope="module", params=["learner", "test_runner"])
def zygote(request: pytest.FixtureRequest, found: Sandbox) -> Iterator[ZygoteHandle]:
    role = getattr(SandboxRole, request.param)(PROFILE)
    with ZygoteHandle(TARGET, role, PROFILE, found, LIMITS) as zygote:
        yield zygote


@pytest.mark.parametrize(
    "probe",
    [
        open_descriptors,
        shared_memory,
        settings,
        families,
        open_files,
        file_size,
        core,
        timers,
        unknown_calls,
        locks_and_watches,
        uncounted_memory,
    ],
)
def test_what_is_refused(probe: Callable[..., None], zygote: ZygoteHandle) -> None:
    """Lost otherwise: what the probe says."""
    with Inside(zygote) as inside:
        _asked(inside, probe)


USED_UP = [
    (memory_of_threads, EndedBy.MEMORY),
    (open_files_together, EndedBy.MEMORY),
    (cpu_disowned, EndedBy.CPU),
]


@pytest.mark.parametrize(("probe", "by"), USED_UP)
def test_what_the_watcher_counts(
    probe: Callable[..., None], by: EndedBy, zygote: ZygoteHandle
) -> None:
    """Lost otherwise: the machine, to what slips past an ordinary limit."""
    with Inside(zygote) as inside:
        inside.end_of("python", by, source=_source(probe, {}))


def test_one_process_has_no_more_computing_time_than_the_limit(zygote: ZygoteHandle) -> None:
    """Lost otherwise: the grader's time, to an endless loop."""
    with Inside(zygote) as inside:
        inside.end_of("burn", EndedBy.CPU, processes=1)


def test_the_folders_of_the_grader_can_not_be_read(zygote: ZygoteHandle) -> None:
    """Lost otherwise: gradebook and submissions, and whatever the instructor has at home."""
    # The way to the Python environment may lead through them.
    way = {p for folder in python_folders() for p in (folder, *folder.parents)}
    paths = [p for folder in {Path.cwd(), Path.home()} for p in (folder, *folder.iterdir())]
    with Inside(zygote) as inside:
        closed = [str(p) for p in paths if p not in way]
        assert _asked(inside, readable, paths=closed) == []


def test_no_other_variable_is_in_the_environment(zygote: ZygoteHandle) -> None:
    """Lost otherwise: keys and names that the instructor's shell has."""
    with Inside(zygote) as inside:
        seen = inside.ask("python", source="import os; result = dict(os.environ)")
    # bubblewrap adds PWD for the folder that it starts in.
    assert seen == {**ENVIRONMENT, "NBGRADER_EXECUTION": "autograde", "PWD": seen["PWD"]}


def test_a_socket_of_one_is_not_seen_by_the_next(zygote: ZygoteHandle) -> None:
    """Lost otherwise: apart, two who meet while they are graded."""
    with Inside(zygote) as inside, Inside(zygote) as neighbour:
        _asked(inside, leave_socket)
        assert not _asked(neighbour, socket_is_there)
        assert _asked(inside, socket_is_there)
    with Inside(zygote) as successor:
        assert not _asked(successor, socket_is_there)


def _importable(zygote: ZygoteHandle, names: list[str]) -> dict[str, str]:
    with Inside(zygote) as inside:
        said: dict[str, str] = _asked(inside, imports, names=names)
    return said


def test_what_is_shown_can_be_imported(zygote: ZygoteHandle) -> None:
    """Lost otherwise: points, for an answer or a test that imports what the course gives it."""
    role = zygote.role
    names = [*role.preload, *PROFILE.packages(*role.shown)]
    if not role.withheld:
        names += [module for name in TESTS for module in PROFILE.modules(name)]
    assert {*_importable(zygote, names).values()} == {""}


def _no_references(zygote: ZygoteHandle) -> None:
    for name, said in _importable(zygote, WITHHELD).items():
        assert f"{name.partition('.')[0]} is not available while graded" in said, name


def _no_tests(zygote: ZygoteHandle) -> None:
    judging = f"{PACKAGE.name}.judging"
    own = [f"{judging}.session.test_runner", f"{judging}.notebook.graft"]
    for name, said in _importable(zygote, [*({*TESTS} - {*WITHHELD}), *own]).items():
        assert "No module named" in said, name


def test_learners_can_not_import_what_is_right(found: Sandbox) -> None:
    """Lost otherwise: hidden tests and references, or the sentence that they aren't there."""
    with ZygoteHandle(TARGET, SandboxRole.learner(PROFILE), PROFILE, found, LIMITS) as zygote:
        _no_references(zygote)
        _no_tests(zygote)


@pytest.mark.parametrize(
    "probe",
    [
        unknown_calls,
        locks_and_watches,
        uncounted_memory,
        timers,
        open_files,
    ],
)
def test_what_is_not_refused_is_noticed(
    probe: Callable[..., None], unlimited: ZygoteHandle
) -> None:
    """Lost otherwise: all of these tests, if they pass whatever they see."""
    with Inside(unlimited) as inside, pytest.raises(AssertionError):
        _asked(inside, probe)


@pytest.mark.parametrize("check", [_no_references, _no_tests])
def test_what_can_be_imported_is_noticed(
    check: Callable[[ZygoteHandle], None], unlimited: ZygoteHandle
) -> None:
    """Lost otherwise: the same."""
    with pytest.raises(AssertionError):
        check(unlimited)


@pytest.mark.parametrize(("probe", "by"), USED_UP)
def test_a_missing_watcher_is_noticed(
    probe: Callable[..., None], by: EndedBy, unlimited: ZygoteHandle
) -> None:
    """Lost otherwise: the same, for what the kernel alone doesn't limit."""
    with Inside(unlimited) as inside:
        timer = threading.Timer(1.0, inside.child.kill)
        timer.start()
        with pytest.raises(AssertionError, match="ended otherwise"):
            inside.end_of("python", by, source=_source(probe, {}))
        timer.cancel()


def test_without_a_sandbox_limits_hold_all_the_same() -> None:
    """Lost otherwise: the machine's memory, to a learner graded with --unsafe-no-sandbox."""
    with ZygoteHandle(TARGET, SandboxRole(0), PROFILE, None, LIMITS) as bare:
        for probe in (open_files, core):
            with Inside(bare) as inside:
                _asked(inside, probe)
        with Inside(bare) as inside:
            inside.run(memory)
            inside.end_of("burn", EndedBy.CPU, processes=1)


FILES = {"data.csv": b"a,b\n1,2\n", "tools/__init__.py": b"", "tools/double.py": b"TWICE = 2\n"}


@pytest.fixture(scope="module", params=["sandboxed", "bare"])
def any_zygote(request: pytest.FixtureRequest) -> Iterator[ZygoteHandle]:
    box = Sandbox.find(SMALL) if request.param == "sandboxed" else None
    with ZygoteHandle(TARGET, SandboxRole(0), SMALL, box, notebooks.LIMITS) as zygote:
        yield zygote


def _with(zygote: ZygoteHandle, files: Mapping[str, bytes]) -> Inside:
    spawn: Any = partial(zygote.spawn, sealed(pack(files)))
    given: Any = types.SimpleNamespace(spawn=spawn)
    return Inside(given)


LOOK = """
import os, sys
from tools.double import TWICE
result = [open("data.csv").read(), TWICE, sys.path[0] == os.getcwd(), len(os.listdir("."))]
held = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")[:-1]]
assert not any("memfd" in name for name in held), held
for name in ("data.csv", "tools/double.py", "later.py"):
    open(name, "w").write("TWICE = 3")
"""


def test_what_one_child_writes_no_other_finds(any_zygote: ZygoteHandle) -> None:
    """Lost otherwise: data and modules of the instructor's, which a learner has changed for all."""
    for _ in range(2):
        with _with(any_zygote, FILES) as inside:
            assert inside.ask("python", source=LOOK) == ["a,b\n1,2\n", 2, True, 2]


def test_without_modules_none_are_looked_for_there(any_zygote: ZygoteHandle) -> None:
    """Lost otherwise: the library that an answer's own file is called after."""
    source = "import os, sys; result = [os.listdir('.'), [*{'', os.getcwd()} & {*sys.path}]]"
    with _with(any_zygote, {"data.csv": b"1"}) as inside:
        assert inside.ask("python", source=source) == [["data.csv"], []]


def test_what_is_sent_to_children_can_not_be_changed() -> None:
    """Lost otherwise: every later submission's data, to whoever gets hold of the descriptor."""
    files = sealed(pack(FILES))
    assert files is not None and sealed(pack({})) is None
    before = os.pread(files.fileno(), 1 << 20, 0)
    for change in (
        lambda: os.pwrite(files.fileno(), b"x", 0),
        lambda: os.ftruncate(files.fileno(), 0),
        lambda: os.pwrite(files.fileno(), b"x", len(before)),
    ):
        with pytest.raises(PermissionError):
            change()
    assert os.pread(files.fileno(), 1 << 20, 0) == before


ESSAYS = """
    import sys
    from pathlib import Path
    from typing import NamedTuple

    sys.path.insert(0, {folder!r})
    import nbexaminer
    assert nbexaminer.__file__.startswith({folder!r})
    from nbexaminer.sandbox.files import pack, sealed
    from nbexaminer.sandbox.limits import EndedBy, Limits
    from nbexaminer.sandbox.zygote_handle import ZygoteHandle
    from nbexaminer.sandbox.view import SandboxRole, Sandbox

    class Essays(NamedTuple):
        root: Path
        parts: tuple[str, ...] = ("essays",)
        own_names: tuple[str, ...] = ("essays",)

        def place(self, name: str) -> Path:
            return self.root / name

    essays = Essays(Path({folder!r}))
    who = SandboxRole(0, shown=essays.parts, covered=True)
    for box in (Sandbox.find(essays), None):
        with ZygoteHandle("essays:main", who, essays, box, Limits(cpu_seconds=1)) as parent:
            for essay, words in ((b"to be or not to be", b"6"), (b"for ever", b"")):
                with parent.spawn(sealed(pack({{"essay.txt": essay}}))) as child:
                    assert child.sock.recv(9) == words
                    by = EndedBy.ITSELF if words else EndedBy.CPU
                    assert child.wait(20).ended_by is by, (box, essay)
    assert not {{"nbgrader", "nbformat", "IPython", "traitlets"}} & {{*sys.modules}}
"""
COUNTER = """
    def main(sock, limits):
        words = open("essay.txt").read().split()
        while words == ["for", "ever"]:
            pass
        sock.sendall(str(len(words)).encode())
"""


def test_who_has_essays_needs_nothing_else(found: Sandbox) -> None:
    """Lost otherwise: the sandbox, to everybody whose learners write no notebooks."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        top = Path(folder)
        top.chmod(0o755)
        (top / "nbexaminer").mkdir()
        (top / "essays").mkdir()
        for name in ("__init__.py", "errors.py"):
            shutil.copy(PACKAGE / name, top / "nbexaminer")
        shutil.copytree(PACKAGE / "sandbox", top / "nbexaminer" / "sandbox")
        (top / "essays" / "__init__.py").write_text(textwrap.dedent(COUNTER))
        script = textwrap.dedent(ESSAYS.format(folder=folder))
        command = [sys.executable, "-c", script]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
