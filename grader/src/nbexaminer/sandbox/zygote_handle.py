"""The handle of a zygote: import once, fork for every use a child of its own.

With a `Sandbox` the whole of it runs inside bubblewrap, and each child in namespaces of its own
(`nbexaminer.sandbox.namespaces`). Without, it is for where somebody has accepted that.
"""

import contextlib
import dataclasses
import json
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from typing import IO, Any, BinaryIO, Self

from nbexaminer.errors import SandboxUnavailable
from nbexaminer.sandbox import view
from nbexaminer.sandbox.limits import EndedBy, Limits
from nbexaminer.sandbox.view import Material, Sandbox, SandboxRole


class ZygoteDied(RuntimeError):
    """The zygote is gone; the message has the end of what it wrote to stderr."""


@dataclasses.dataclass(frozen=True)
class ExitStatus:
    """How a child ended. Exactly one of `code` and `signal` is a number."""

    code: int | None
    signal: int | None
    ended_by: EndedBy
    cpu_seconds: float

    def __str__(self) -> str:
        if self.ended_by is EndedBy.LOSS:
            return "lost with the process that it was forked from"
        how = f"exit code {self.code}"
        if self.signal is not None:
            with contextlib.suppress(ValueError):
                how = f"signal {signal.Signals(self.signal).name}"
        limited = self.ended_by in (EndedBy.MEMORY, EndedBy.CPU, EndedBy.WALL)
        return f"{how} ({self.ended_by})" if limited else how


_LOST = {"code": None, "signal": signal.SIGKILL, "cpu_seconds": 0.0}


class Child(contextlib.AbstractContextManager["Child"]):
    """One forked process. `sock` is connected to the socket that its main function gets.

    As a context manager it ends the child and waits for it.
    """

    def __init__(self, sock: socket.socket, status: socket.socket) -> None:
        self.sock = sock
        self._status = status
        self._exit: ExitStatus | None = None

    def kill(self) -> None:
        """End the child and whatever it started, at once."""
        with contextlib.suppress(OSError):
            self._status.shutdown(socket.SHUT_WR)

    def wait(self, timeout: float | None = None) -> ExitStatus:
        """How the child ended, once nothing of it is left. Raises TimeoutError, and ZygoteDied
        where it was never forked.

        timeout: seconds, or None to wait as long as it takes.
        """
        if self._exit is None:
            poller = select.poll()
            poller.register(self._status, select.POLLIN)
            if not poller.poll(None if timeout is None else timeout * 1000):
                raise TimeoutError(f"a process still runs after {timeout} s")
            line = b""
            with contextlib.suppress(ConnectionError), self._status.makefile("rb") as lines:
                line = lines.readline()
            told = json.loads(line or "{}")
            if "error" in told:
                raise ZygoteDied(f"the zygote can't fork: {told['error']}")
            ended_by = EndedBy(told.pop("ended_by", EndedBy.LOSS))
            self._exit = ExitStatus(**_LOST | told, ended_by=ended_by)
        return self._exit

    def __exit__(self, *_: object) -> None:
        self.kill()
        try:
            self.wait()
        finally:
            self.sock.close()
            self._status.close()


@dataclasses.dataclass(eq=False)
class ZygoteHandle:
    """A process that has imported everything and forks single-use children.

    target: "package.module:function", called in each child as `function(sock, limits)`; the
        child ends when it returns.
    role: whom it is for, and so what it imports first. In the sandbox its children find no
        other modules of this package later.
    material: whose modules its children import.
    sandbox: from `Sandbox.find(material)`, or None for none.

    Use it as a context manager. It lives no longer than the process that made it. Any
    thread may spawn, and any process that `multiprocessing` starts with it as an argument.
    """

    target: str
    role: SandboxRole
    material: Material
    sandbox: Sandbox | None = None
    limits: Limits = Limits()  # noqa: RUF009  (frozen)
    _process: subprocess.Popen[bytes] | None = dataclasses.field(default=None, init=False)
    _stderr: IO[bytes] | None = dataclasses.field(default=None, init=False)
    _lock: threading.Lock = dataclasses.field(default_factory=threading.Lock, init=False)

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"_process": None, "_stderr": None, "_lock": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _lock=threading.Lock())

    @property
    def pid(self) -> int:
        """The process that was started: bubblewrap, or the zygote itself."""
        if self._process is None:
            raise RuntimeError("the zygote has not been started: use it in a with statement")
        return self._process.pid

    def __enter__(self) -> Self:
        self.start()
        with contextlib.ExitStack() as started:
            started.push(self)  # unless all goes well
            self.await_ready()
            started.pop_all()
        return self

    def start(self) -> None:
        """Start the process, without waiting until it is ready."""
        if not hasattr(os, "fork"):
            raise SandboxUnavailable(
                f"{sys.platform} has no way to fork a process, with a sandbox or without.",
                "grade on Linux or macOS, or on Windows in WSL 2.",
            )
        box, own_folders, path = self.sandbox, {}, [view.INSIDE]
        if box is None:
            root = self.material.root
            path = [str(folder) for folder in (view.PACKAGE.parent, root) if folder is not None]
            own_folders = {
                "HOME": os.path.expanduser("~"),
                "PATH": os.environ.get("PATH", os.defpath),
                "TMPDIR": tempfile.gettempdir(),
            }
        config = {
            "target": self.target,
            "preload": self.role.preload,
            "unloaded": self.role.unloaded if box else [],
            "limits": self.limits,
            "sandbox": box and view.inside(self.role),
        }
        self._control, theirs = socket.socketpair()
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  (`__exit__` closes it)
        fds = [theirs.fileno()]
        with contextlib.ExitStack() as started, contextlib.ExitStack() as stack:
            started.push(self)  # unless all goes well
            stack.push(theirs)
            if hasattr(os, "pidfd_open"):
                # The end of the control socket tells of our end, too, but not where a
                # fork of ours has inherited it.
                fds.append(os.pidfd_open(os.getpid()))
                stack.callback(os.close, fds[1])
            python = [*view.start("main", *path), *map(str, fds)]
            command = [sys.executable, "-s", "-P", *python]
            if box:
                command, files = stack.enter_context(box.command(self.role, python))
                fds += files
            self._process = subprocess.Popen(
                command,
                env={**view.ENVIRONMENT, **self.role.environment, **own_folders},
                pass_fds=fds,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=self._stderr,
                start_new_session=True,
            )
            assert self._process.stdin is not None
            with contextlib.suppress(BrokenPipeError), self._process.stdin as stdin:
                pickle.dump(config, stdin)
            started.pop_all()

    def await_ready(self) -> None:
        """Wait until children can be had. Raises SandboxUnavailable, ZygoteDied."""
        with self._control.makefile("rb") as lines:
            line = lines.readline()
        if not line and self.sandbox:
            raise SandboxUnavailable(self._tail(), view.NEEDED)
        error = json.loads(line).get("error") if line else self._tail()
        if error or not line:
            raise ZygoteDied(f"the zygote for {self.target} did not start:\n{error}")

    def _tail(self) -> str:
        if self._stderr is None:
            return ""
        self._stderr.seek(0)
        return self._stderr.read().decode(errors="replace").strip()[-4000:]

    def spawn(self, files: BinaryIO | None = None) -> Child:
        """Have a child forked, which is not waited for. Raises ZygoteDied.

        files: what `files.sealed` gave; the child finds them in the folder in which it begins.
        """
        sock, theirs = socket.socketpair()
        status, status_theirs = socket.socketpair()
        try:
            with theirs, status_theirs, self._lock:
                passed = [theirs.fileno(), status_theirs.fileno()]
                passed += [] if files is None else [files.fileno()]
                socket.send_fds(self._control, [b"+"], passed)
        except OSError as error:
            sock.close()
            status.close()
            raise ZygoteDied(f"{error}\n{self._tail()}".strip()) from error
        return Child(sock, status)

    def __exit__(self, *_: object) -> None:
        self._control.close()
        if self._process is not None:
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._stderr is not None:
            self._stderr.close()
