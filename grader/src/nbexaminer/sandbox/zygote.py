"""The process that a WarmParent keeps: everything is imported once, then it forks.

Started as `python -c "…; zygote.main()" CONTROL_FD` with a JSON configuration on standard
input. It says on the control socket when it is ready (or why not), then takes requests:
one byte with two sockets attached, the child's own and one for its status.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbexaminer.sandbox import namespaces, system_calls
from nbexaminer.sandbox.limits import EndedBy, Limits, used_bytes
from nbexaminer.sandbox.nanny import NannyForker

_MADV_COLLAPSE = 25
_LARGE_PAGE = 2 << 20
FORKS_UNTIL_GATHERED = 16
"""A fork is quicker by a hundredth of a second when pages are large, and gathering them takes about
a fifth of a second: who grades one submission does without."""


@dataclass
class _Running:
    pid: int
    status: socket.socket
    nanny: socket.socket | None = None
    pidfd: int = -1
    scratch: str | None = None
    ended: dict[str, Any] = field(default_factory=dict)
    killed: bool = False


class Zygote:
    def __init__(self, control: socket.socket, config: dict[str, Any]) -> None:
        self._control = control
        self._limits = Limits(**config["limits"])
        self._sandboxed = config["sandbox"] is not None
        self._running: dict[int, _Running] = {}
        self._nannies: NannyForker | None = None
        if self._sandboxed:
            view = namespaces.View(**config["sandbox"]["view"])
            namespaces.enter(config["sandbox"]["uid"], self._limits, view)
            system_calls.prepare()
            self._nannies = NannyForker(self._limits, view)
            self._proc = namespaces.open_proc()
        # Leave what is imported to no garbage collector: looking through it takes a fifth of the
        # time, and would copy pages in each child.
        gc.disable()
        self._import(config["preload"], config["target"], config["unloaded"])
        gc.freeze()
        gc.enable()
        _assert_single_thread()
        self._forks_to_come = FORKS_UNTIL_GATHERED
        self._mapped, self._resident = used_bytes()
        self._poller = select.poll()
        wake, self._wake = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(self._wake, False)
        self._woken = wake
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        self._poller.register(control, select.POLLIN)
        self._poller.register(wake, select.POLLIN)

    def _import(self, preload: list[str], target: str, unloaded: list[str]) -> None:
        for name in preload:
            importlib.import_module(name)
        module, _, function = target.partition(":")
        self._target = getattr(importlib.import_module(module), function)
        for name in unloaded:
            if name in sys.modules:
                raise RuntimeError(
                    f"{name} was imported by {preload} or {target}; "
                    "nothing that a learner may not know can be loaded here"
                )
        if "torch" in sys.modules:
            torch = sys.modules["torch"]
            torch.set_num_threads(1)
            torch.set_num_interop_threads(1)

    def serve(self, parent: int | None) -> None:
        """Answer until the control socket is closed or the grader `parent` (a pidfd) is gone."""
        if parent is not None:
            self._poller.register(parent, select.POLLIN)
        self._control.sendall(b"{}\n")
        try:
            while self._step(parent):
                pass
        finally:
            for child in self._running.values():
                self._kill(child)
                if child.scratch is not None:
                    shutil.rmtree(child.scratch, ignore_errors=True)

    def _step(self, parent: int | None) -> bool:
        # One event at a time: handling it may close a descriptor that a later one names.
        fd, _ = self._poller.poll()[0]
        if fd == parent:
            return False
        if fd == self._control.fileno():
            message, fds, _, _ = socket.recv_fds(self._control, 1, 2)
            if not message:
                return False
            self._spawn(socket.socket(fileno=fds[0]), socket.socket(fileno=fds[1]))
        elif fd == self._woken:
            os.read(self._woken, 4096)
            self._reap()
        else:
            self._attend(fd)
        return True

    def _attend(self, fd: int) -> None:
        """A child's grader wants it ended, or its nanny has ended."""
        for child in list(self._running.values()):
            if fd == child.pidfd:
                self._poller.unregister(fd)
                os.close(fd)
                child.pidfd = -1
                self._report(child)
            elif fd == child.status.fileno():
                self._poller.unregister(fd)
                child.killed = True
                self._kill(child)

    def _kill(self, child: _Running) -> None:
        if child.nanny is not None:
            if child.pidfd >= 0:
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(child.pidfd, signal.SIGKILL)
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        if not child.ended:
            os.kill(child.pid, signal.SIGKILL)  # it may not lead its group yet

    def _reap(self) -> None:
        while self._running or self._nannies:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if self._nannies is not None and pid == self._nannies.pid:
                raise RuntimeError("the process that forks nannies has ended")
            child = self._running.get(pid)
            if child is None:
                continue
            code = os.waitstatus_to_exitcode(status)
            child.ended = {
                "code": code if code >= 0 else None,
                "signal": -code if code < 0 else None,
                "cpu_seconds": usage.ru_utime + usage.ru_stime,
            }
            self._kill(child)  # what the child started has to end with it
            self._report(child)

    def _report(self, child: _Running) -> None:
        """Tell the grader how the child ended, once nothing of it is left."""
        if not child.ended or child.pidfd >= 0:
            return
        del self._running[child.pid]
        ended_by = EndedBy.KILL if child.killed else EndedBy.ITSELF
        if child.nanny is not None:
            ended_by = _limit_passed(child.nanny) or ended_by
            child.nanny.close()
        if child.scratch is not None:
            shutil.rmtree(child.scratch, ignore_errors=True)
        over = child.ended["cpu_seconds"] >= self._limits.notebook_cpu_seconds
        if child.ended["signal"] == signal.SIGXCPU or (
            child.ended["signal"] == signal.SIGKILL and over and not child.killed
        ):
            ended_by = EndedBy.CPU
        self._say(child.status, child.ended | {"ended_by": ended_by})
        if not child.killed:
            self._poller.unregister(child.status)
        child.status.close()

    @staticmethod
    def _say(status: socket.socket, message: dict[str, Any]) -> None:
        # A grader that has gone or closed its end doesn't want to know.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            status.sendall(json.dumps(message).encode() + b"\n")

    def _spawn(self, sock: socket.socket, status: socket.socket) -> None:
        try:
            _assert_single_thread()
            child = self.fork(sock, status)
        except Exception as error:
            self._say(status, {"error": f"{type(error).__name__}: {error}"})
            status.close()
        else:
            self._running[child.pid] = child
            self._poller.register(status, select.POLLIN)
            if child.pidfd >= 0:
                self._poller.register(child.pidfd, select.POLLIN)
            self._say(status, {"pid": child.pid})
        finally:
            sock.close()

    def fork(self, sock: socket.socket, status: socket.socket) -> _Running:
        """A child, whose main function gets `sock`; its nanny watches already."""
        self._forks_to_come -= 1
        if self._forks_to_come == 0:
            _gather_in_large_pages()
            self._resident = used_bytes()[1]
        if self._nannies is None:
            scratch = tempfile.mkdtemp(prefix="grading-")
            pid = os.fork()
            if pid == 0:
                self._run(sock, lambda: self._settle(scratch))
            return _Running(pid, status, scratch=scratch)
        nanny, pidfd = self._nannies.start(self._resident)
        try:
            with namespaces.forking_into(pidfd):
                pid = os.fork()
                if pid == 0:
                    self._run(sock, lambda: self._lock_in(pidfd))
        except BaseException:
            nanny.close()
            os.close(pidfd)
            raise
        return _Running(pid, status, nanny=nanny, pidfd=pidfd)

    def _run(self, sock: socket.socket, prepare: Callable[[], None]) -> None:
        """The life of a child, from the fork to its end."""
        code = 70
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            prepare()
            self._limits.apply(self._mapped, count_for_user=self._sandboxed)
            if self._sandboxed:
                system_calls.drop_privileges()
            sock = _keep_only(sock)
            self._target(sock, self._limits)
            code = 0
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 1
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code & 0xFF)

    def _settle(self, scratch: str) -> None:
        os.setsid()
        os.chdir(scratch)
        os.environ["HOME"] = os.environ["TMPDIR"] = tempfile.tempdir = scratch

    def _lock_in(self, pidfd: int) -> None:
        namespaces.join(pidfd, self._proc)
        os.setsid()
        os.chdir(namespaces.HOME)
        os.umask(0o077)


def _keep_only(sock: socket.socket) -> socket.socket:
    """Close every file descriptor but `sock`, and connect 0, 1 and 2 to /dev/null."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.dup2(sock.detach(), 3)
    os.closerange(4, namespaces.MOST_FDS)
    os.set_inheritable(3, False)
    return socket.socket(fileno=3)


def _limit_passed(nanny: socket.socket) -> EndedBy | None:
    """The last word of a child's nanny."""
    nanny.setblocking(False)
    # A ValueError: it ended without one, or with an error of its own.
    with contextlib.suppress(BlockingIOError, ConnectionResetError, ValueError):
        return EndedBy(nanny.recv(64).decode())
    return None


def _assert_single_thread() -> None:
    """A forked child of a parent with threads would wait for ever on their locks."""
    try:
        count = len(os.listdir("/proc/self/task"))
    except FileNotFoundError:
        count = threading.active_count()
    if count != 1:
        names = [t.name for t in threading.enumerate()]
        raise RuntimeError(f"{count} threads run where one may: {names}; forking is not safe")


def _gather_in_large_pages() -> None:
    """Move what children will share into pages of 2 MiB, where the kernel can (Linux 6.1).

    A fork copies the table of all pages, which takes most of a child's beginning and end. What
    a child writes to is still copied in small pages. Source: madvise(2), MADV_COLLAPSE.
    """
    if sys.platform != "linux":
        return
    with open("/proc/self/maps") as maps:
        areas = [line.split() for line in maps]
    for addresses, mode, _, _, inode, *_ in areas:
        if mode == "rw-p" and inode == "0":
            begin, end = (int(address, 16) for address in addresses.split("-"))
            begin, end = -(-begin // _LARGE_PAGE) * _LARGE_PAGE, end // _LARGE_PAGE * _LARGE_PAGE
            if begin < end:  # where it says no, small pages serve too
                system_calls.libc().madvise(
                    ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), _MADV_COLLAPSE
                )


def rehearse() -> None:
    """Have a single child, like an examiner's, open all that it is shown. For `Sandbox.find`.

    Its argument is what `Sandbox.inside` gives. Where something fails it ends with another status
    than 0, and the last line that it writes to standard error says what.
    """
    ours, theirs = socket.socketpair()
    config = {"preload": [], "target": f"{__name__}:open_all", "unloaded": [], "limits": {}}
    child = Zygote(theirs, config | {"sandbox": json.loads(sys.argv[1])}).fork(theirs, theirs)
    theirs.close()
    with ours.makefile() as said:
        problem = said.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child.pid, 0)[1])
    sys.exit(problem or code)


def open_all(sock: socket.socket, limits: Limits) -> None:
    """The folders of all modules, and this package's and the course's own files."""
    try:
        for folder in filter(os.path.isdir, sys.path):
            os.listdir(folder)
        for path in Path(sys.path[0]).rglob("*"):
            if "__pycache__" in path.parts:
                continue  # Python does without
            if path.is_dir() or (path.suffix == ".py" and path.is_file()):
                os.close(os.open(path, os.O_RDONLY))
    except OSError as error:
        sock.sendall(f"{type(error).__name__}: {error}".encode())


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    parent = int(sys.argv[2]) if len(sys.argv) > 2 else None
    config = json.loads(sys.stdin.buffer.read())
    with open(os.devnull, "rb") as null:
        os.dup2(null.fileno(), 0)
    try:
        zygote = Zygote(control, config)
    except BaseException:
        control.sendall(json.dumps({"error": traceback.format_exc()}).encode() + b"\n")
        raise SystemExit(1) from None
    zygote.serve(parent)
