"""The process that a ZygoteHandle keeps: everything is imported once, then it forks.

Started as `python -c "…; zygote.main()" CONTROL_FD` with its configuration, pickled, on standard
input. It says on the control socket when it is ready (or why not), then takes requests: one byte
with two sockets attached, the child's own and one for its status, and where there are files for the
child's folder, their descriptor.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import pickle
import pkgutil
import selectors
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
from nbexaminer.sandbox.files import unpack
from nbexaminer.sandbox.limits import EndedBy, Limits, used_bytes

_MADV_COLLAPSE = 25
_LARGE_PAGE = 2 << 20
FORKS_UNTIL_GATHERED = 16
"""A fork is quicker by a hundredth of a second when pages are large, and gathering them takes about
a fifth of a second: who grades one submission does without."""


@dataclass
class _Running:
    status: socket.socket
    supervisor: socket.socket | None = None
    pidfd: int = -1
    """The supervisor's."""
    scratch: str | None = None
    """The folder of a child without a supervisor."""
    pid: int = 0
    ended: dict[str, Any] = field(default_factory=dict)
    killed: bool = False


class Zygote:
    def __init__(self, control: socket.socket, config: dict[str, Any]) -> None:
        self._control = control
        self._limits: Limits = config["limits"]
        self._sandboxed = config["sandbox"] is not None
        self._running: dict[int, _Running] = {}
        self._supervisors: namespaces.SupervisorFactory | None = None
        if self._sandboxed:
            view = namespaces.View(**config["sandbox"]["view"])
            namespaces.enter(config["sandbox"]["uid"], self._limits, view)
            system_calls.prepare()
            self._supervisors = namespaces.SupervisorFactory(self._limits, view)
            self._proc = namespaces.open_proc()
        # Leave what is imported to no garbage collector: looking through it takes a fifth of the
        # time, and would copy pages in each child.
        gc.disable()
        self._import(config["preload"], config["target"], config["unloaded"])
        gc.freeze()
        gc.enable()
        _assert_single_thread()
        self._forks_to_come = FORKS_UNTIL_GATHERED
        self._mapped, self._inherited = used_bytes()
        self._poller = selectors.PollSelector()
        woken, wake = os.pipe()
        os.set_blocking(woken, False)
        os.set_blocking(wake, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        self._when_readable(control, self._spawn)
        self._when_readable(woken, lambda: self._reap(woken))

    def _when_readable(self, what: socket.socket | int, do: Callable[[], bool | None]) -> None:
        """Have `serve` call a function, which gives whether that was the end."""
        self._poller.register(what, selectors.EVENT_READ, do)

    def _import(self, preload: list[str], target: str, unloaded: list[str]) -> None:
        for name in preload:
            importlib.import_module(name)
        self._target = pkgutil.resolve_name(target)
        for name in unloaded:
            if name in sys.modules:
                raise RuntimeError(
                    f"{name} was imported by {preload} or {target}; "
                    "nothing that a learner may not know can be loaded here"
                )
        if torch := sys.modules.get("torch"):
            torch.set_num_threads(1)
            torch.set_num_interop_threads(1)

    def serve(self, parent: int | None) -> None:
        """Answer until the control socket is closed or the grader `parent` (a pidfd) is gone."""
        if parent is not None:
            self._when_readable(parent, lambda: True)
        _say(self._control, {})
        try:
            # One event at a time: handling it may close a descriptor that a later one names.
            while not any(key.data() for key, _ in self._poller.select()[:1]):
                pass
        finally:
            for child in self._running.values():
                self._kill(child)
                if child.scratch is not None:
                    shutil.rmtree(child.scratch, ignore_errors=True)

    def _spawn(self) -> bool:
        """Fork the child that the grader asks for; gives whether the grader has gone."""
        message, fds, _, _ = socket.recv_fds(self._control, 1, 3)
        if not message:
            return True
        sock, status = (socket.socket(fileno=fd) for fd in fds[:2])
        files = fds[2] if len(fds) > 2 else None
        try:
            _assert_single_thread()
            child = self.fork(sock, status, files)
        except Exception as error:
            _say(status, {"error": f"{type(error).__name__}: {error}"})
            status.close()
        else:
            self._running[child.pid] = child
            self._when_readable(status, lambda: self._end(child))
            if child.pidfd >= 0:
                self._when_readable(child.pidfd, lambda: self._note_supervisor(child))
        finally:
            sock.close()
            if files is not None:
                os.close(files)
        return False

    def _end(self, child: _Running) -> None:
        """Its grader wants it ended."""
        self._poller.unregister(child.status)
        child.killed = True
        self._kill(child)

    def _note_supervisor(self, child: _Running) -> None:
        """Its supervisor has ended."""
        self._poller.unregister(child.pidfd)
        os.close(child.pidfd)
        child.pidfd = -1
        self._report(child)

    def _kill(self, child: _Running) -> None:
        if child.supervisor is not None:
            if child.pidfd >= 0:
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(child.pidfd, signal.SIGKILL)
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        if not child.ended:
            os.kill(child.pid, signal.SIGKILL)  # it may not lead its group yet

    def _reap(self, woken: int) -> None:
        os.read(woken, 4096)
        with contextlib.suppress(ChildProcessError):
            while (ended := os.wait4(-1, os.WNOHANG))[0] != 0:
                self._note(*ended)

    def _note(self, pid: int, status: int, usage: Any) -> None:
        if self._supervisors is not None and pid == self._supervisors.pid:
            raise RuntimeError("the process that forks supervisors has ended")
        child = self._running.get(pid)
        if child is None:
            return
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
        if child.supervisor is not None:
            # A ValueError: it ended without a last word, or with an error of its own.
            silence = contextlib.suppress(BlockingIOError, ConnectionResetError, ValueError)
            with child.supervisor, silence:
                child.supervisor.setblocking(False)
                ended_by = EndedBy(child.supervisor.recv(64).decode())
        if child.scratch is not None:
            shutil.rmtree(child.scratch, ignore_errors=True)
        over = child.ended["cpu_seconds"] >= self._limits.cpu_seconds
        if child.ended["signal"] == signal.SIGXCPU or (
            child.ended["signal"] == signal.SIGKILL and over and not child.killed
        ):
            ended_by = EndedBy.CPU
        _say(child.status, child.ended | {"ended_by": ended_by})
        if not child.killed:
            self._poller.unregister(child.status)
        child.status.close()

    def fork(
        self, sock: socket.socket, status: socket.socket, files: int | None = None
    ) -> _Running:
        """A child, whose main function gets `sock`; its supervisor watches already.

        files: what `files.sealed` gave, for the folder in which it begins.
        """
        self._forks_to_come -= 1
        if self._forks_to_come == 0:
            _gather_in_large_pages()
            self._inherited = used_bytes()[1]
        if self._supervisors is None:
            child = _Running(status, scratch=tempfile.mkdtemp(prefix="grading-"))
            place: contextlib.AbstractContextManager[None] = contextlib.nullcontext()
        else:
            child = _Running(status, *self._supervisors.start(self._inherited))
            place = namespaces.forking_into(child.pidfd)
        try:
            with place:
                child.pid = os.fork()
                if child.pid == 0:
                    self._run(sock, child, files)
        except BaseException:
            if child.supervisor is not None:
                child.supervisor.close()
                os.close(child.pidfd)
            raise
        return child

    def _run(self, sock: socket.socket, child: _Running, files: int | None) -> None:
        """The life of a child, from the fork to its end."""
        code = 70
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            if child.scratch is None:
                namespaces.join(child.pidfd, self._proc)
                os.umask(0o077)
            else:
                os.environ["HOME"] = os.environ["TMPDIR"] = tempfile.tempdir = child.scratch
            os.setsid()
            folder = child.scratch or namespaces.HOME
            os.chdir(folder)
            # Before the limits, which are for what the code itself writes. As in a script its
            # modules go before all others, and nobody looks for any where there are none.
            if files is not None and unpack(files, folder):
                sys.path.insert(0, folder)
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


def _keep_only(sock: socket.socket) -> socket.socket:
    """Close every file descriptor but `sock`, and connect 0, 1 and 2 to /dev/null."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.dup2(sock.detach(), 3)
    os.closerange(4, namespaces.MOST_FDS)
    os.set_inheritable(3, False)
    return socket.socket(fileno=3)


def _say(to: socket.socket, message: dict[str, Any]) -> None:
    # A grader that has gone or closed its end doesn't want to know.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        to.sendall(json.dumps(message).encode() + b"\n")


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
    """Have a single child open all that it is shown. For `Sandbox.find`.

    Its argument is what `Sandbox.inside` gives. Where something fails it ends with another status
    than 0, and the last line that it writes to standard error says what.
    """
    ours, theirs = socket.socketpair()
    config = {"preload": [], "target": f"{__name__}:open_all", "unloaded": [], "limits": Limits()}
    child = Zygote(theirs, config | {"sandbox": json.loads(sys.argv[1])}).fork(theirs, theirs)
    theirs.close()
    with ours.makefile() as text:
        problem = text.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child.pid, 0)[1])
    sys.exit(problem or code)


def open_all(sock: socket.socket, limits: Limits) -> None:
    """The folders of all modules, and this package's and the material's own files."""
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
    config = pickle.load(sys.stdin.buffer)
    with open(os.devnull, "rb") as null:
        os.dup2(null.fileno(), 0)
    try:
        zygote = Zygote(control, config)
    except BaseException:
        _say(control, {"error": traceback.format_exc()})
        raise SystemExit(1) from None
    zygote.serve(parent)
