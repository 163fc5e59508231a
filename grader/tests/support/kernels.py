"""Kernels and servers whose address no other process takes while they start.

The port of a kernel is found free before the kernel starts; seconds later, anything on the machine
may have it, and the kernel dies of "Address already in use".
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import tempfile
import uuid
from typing import Any

import pytest
from jupyter_client.manager import KernelManager
from jupyter_core.paths import jupyter_runtime_dir

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
