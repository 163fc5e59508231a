"""Kernels that start in no time, and servers, whose address no other process takes meanwhile.

The port of a kernel is found free before the kernel starts; seconds later, anything on the machine
may have it, and the kernel dies of "Address already in use".
"""

from __future__ import annotations

import functools
import importlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.launcher import launch_kernel
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import local_provisioner
from jupyter_core.paths import jupyter_runtime_dir

from support.nursery import forked

PORTS = range(15_000, 32_000)
"""Below those that systems and kernels pick by themselves."""


def keep_sockets_together(config: pytest.Config) -> None:
    """Make a folder for the sockets of this run, which all its processes know."""
    # Not in TMPDIR, which macOS has too long: a socket's whole path has about 100 characters.
    folder = tempfile.mkdtemp(prefix="kernels-", dir="/tmp" if os.name == "posix" else None)
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    os.environ["JUPYTER_RUNTIME_DIR"] = folder


def use_sockets() -> None:
    """Have kernels that this process starts listen on sockets; on Windows there are none."""
    if os.name != "posix":
        return
    plain = KernelManager.__init__

    def init(self: KernelManager, *args: Any, **kwargs: Any) -> None:
        address = os.path.join(jupyter_runtime_dir(), uuid.uuid4().hex)
        plain(self, *args, **{"transport": "ipc", "ip": address, **kwargs})

    KernelManager.__init__ = init


def fork_them() -> None:
    """Have kernels that this process starts forked from one that has imported the libraries."""
    if os.name == "posix":
        local_provisioner.launch_kernel = _launch


def _launch(command: list[str], **options: Any) -> subprocess.Popen[bytes] | _Forked:
    is_ours = command[:3] == [sys.executable, "-m", "ipykernel_launcher"]
    return _Forked(command[3:], options) if is_ours else launch_kernel(command, **options)


class _Forked:
    """Of a kernel's `subprocess.Popen`, what a provisioner asks for."""

    stdin = stdout = stderr = None

    def __init__(self, arguments: list[str], options: Mapping[str, Any]) -> None:
        self._process = forked(
            _live, arguments, cwd=Path(options.get("cwd") or Path.cwd()), env=options["env"]
        )
        self.pid = self._process.pid
        assert self.pid is not None
        while self.poll() is None and os.getpgid(self.pid) != self.pid:
            time.sleep(0.002)  # a provisioner sends signals to the whole group

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> int | None:
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        assert self.pid is not None
        os.kill(self.pid, number)

    kill = functools.partialmethod(send_signal, signal.SIGKILL)
    terminate = functools.partialmethod(send_signal, signal.SIGTERM)


def _live(arguments: list[str]) -> None:
    os.setsid()
    sys.path[:] = [os.getcwd(), *(place for place in sys.path if "/tests" not in place)]
    # Else it would outlive us: the variable that tells it was read when ipykernel was imported.
    ends_with = f"--IPKernelApp.parent_handle={os.getppid()}"
    sys.argv = ["ipykernel_launcher", *arguments, ends_with]
    importlib.import_module("ipykernel.kernelapp").launch_new_instance()


def free_port() -> int:
    """A TCP port of this machine that nothing listens on."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
