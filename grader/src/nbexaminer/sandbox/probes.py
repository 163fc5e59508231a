"""What the promises are tried with inside the sandbox, in a child like those of learners."""

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
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbexaminer.sandbox import known_calls, namespaces
from nbexaminer.sandbox.limits import Limits

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
        for make in (socket.socket, socket.socketpair):
            said[f"{make.__name__} {name}"] = _said_to_a_socket(make, getattr(socket, name))
    return said


def _said_to_a_socket(make: Callable[..., Any], family: int) -> str:
    """What the filter says; whatever else is said comes from a part of the kernel behind it."""
    try:
        make(family, socket.SOCK_RAW)
    except OSError as error:
        return str(error) if error.errno == errno.EAFNOSUPPORT else ""
    return ""


@_probe
def interfaces() -> list[str]:
    with open("/proc/net/dev") as dev:
        return [line.split(":")[0].strip() for line in dev.readlines()[2:]]


@_probe
def kernel_calls() -> dict[str, str]:
    """What each of the refused system calls says; "" where it works."""
    column = _column()
    said = {
        name: _call(numbers[column], *[-1] * 6)
        for name, numbers in known_calls.DENIED.items()
        if numbers[column] != known_calls.NONE
    }
    pid = os.getpid()
    said["clone with a new user namespace"] = _call((56, 220)[column], 0x10000000 | signal.SIGCHLD)
    if os.getpid() != pid:
        os._exit(0)
    return said


@_probe
def unknown_calls() -> dict[str, str]:
    """What each system call says that stands in neither table; "" where it works."""
    column = _column()
    tables = (known_calls.DENIED, known_calls.ALLOWED)
    known = {numbers[column] for table in tables for numbers in table.values()}
    # uretprobe and uprobe of x86_64 pass by every filter, and end who isn't the kernel's own.
    numbers = [n for n in range(1100) if n not in known and n not in (335, 336)]
    x32 = [0x40000000 + n for n in (0, 39, 520)]
    return {str(n): _call(n, *[-1] * 6) for n in [*numbers, *x32]}


def _column() -> int:
    """Of this machine's numbers in the tables."""
    return ("x86_64", "aarch64").index(platform.machine())


def _call(number: int, *arguments: int) -> str:
    """The name of the error of a system call, or "" where it works."""
    libc = ctypes.CDLL(None, use_errno=True)
    values = [ctypes.c_long(a) for a in (*arguments, *[0] * 6)[:6]]
    result = libc.syscall(ctypes.c_long(number), *values)
    return errno.errorcode[ctypes.get_errno()] if result == -1 else ""


@_probe
def locks_and_watches(path: str) -> dict[str, str]:
    """What trying to lock or watch a file that all can read says; "" where it works."""
    import fcntl  # Windows has none, and `run` is to say what is missing there

    folder = os.open(os.path.dirname(path), os.O_RDONLY)
    said = {"F_NOTIFY": _said(fcntl.fcntl, folder, fcntl.F_NOTIFY, fcntl.DN_ACCESS)}
    os.close(folder)
    with open(path, "rb") as file:
        for name in ("LOCK_SH", "LOCK_EX"):
            said[f"flock {name}"] = _said(fcntl.flock, file, getattr(fcntl, name) | fcntl.LOCK_NB)
        said["F_SETLK"] = _said(fcntl.lockf, file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        for name in ("F_GETLK", "F_OFD_GETLK", "F_OFD_SETLK"):
            command = getattr(fcntl, name, {"F_OFD_GETLK": 36, "F_OFD_SETLK": 37}.get(name))
            lock = struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, 0, 0, 0)
            said[name] = _said(fcntl.fcntl, file, command, lock)
        said["F_SETLEASE"] = _said(fcntl.fcntl, file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    return said


@_probe
def uncounted_memory(devices: list[str]) -> dict[str, str]:
    """What asking for memory that is in no process' count says; "" where it can be had."""
    import fcntl

    reader, writer = os.pipe()
    huge = 0x40000
    said = {
        "shared": _said(mmap.mmap, -1, 4096),
        "huge": _said(mmap.mmap, -1, 2 << 20, mmap.MAP_PRIVATE | huge),
        "a larger pipe": _said(fcntl.fcntl, writer, 1031, 1 << 20),
    }
    for device in ("/dev/zero", *devices):
        try:
            with open(device, "r+b", buffering=0) as file:
                said[device] = _said(mmap.mmap, file.fileno(), 4096)
        except OSError as error:
            said[device] = str(error)
    os.close(reader)
    os.close(writer)
    return said


@_probe
def timers(count: int) -> int:
    """How many timers that send signals can be made."""
    libc = ctypes.CDLL(None, use_errno=True)
    timer = ctypes.c_void_p()
    for made in range(count):
        if libc.timer_create(time.CLOCK_MONOTONIC, None, ctypes.byref(timer)) != 0:
            return made
    return count


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
            _fill(size)
    time.sleep(60)


def _fill(size: int) -> None:
    block = bytearray(b"x") * size
    time.sleep(60)
    os._exit(len(block) & 1)


@_probe
def allocate_behind_ended_threads(size: int, count: int) -> None:
    """In processes whose first thread has ended."""
    for _ in range(count):
        if os.fork() == 0:
            threading.Thread(target=_fill, args=(size,)).start()
            ctypes.CDLL(None).syscall((60, 93)[_column()], 0)  # exit, of this thread alone
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
def open_many_in_processes(processes: int) -> None:
    """As many pipes as the kernel gives, in each of them."""
    for _ in range(processes):
        if os.fork() == 0:
            with contextlib.suppress(OSError):
                while True:
                    os.pipe()
            time.sleep(60)
            os._exit(0)
    time.sleep(60)


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
def burn_disowned(seconds: float) -> None:
    """Use CPU time in short-lived processes that nobody waits for."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    end = time.monotonic() + seconds
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


@_probe
def core_size() -> list[int]:
    import resource  # Windows has none, and `run` is to say what is missing there

    return list(resource.getrlimit(resource.RLIMIT_CORE))


@_probe
def leave_traces() -> list[str]:
    """Files everywhere, a socket, and a process that doesn't want to end."""
    left = []
    for folder in namespaces.FRESH:
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
    found = [f"{f}/trace" for f in namespaces.FRESH if os.path.lexists(f"{f}/trace")]
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
