"""What runs inside the sandbox, counted by coverage too, which can't see in there by itself."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

from nbexaminer.errors import SandboxUnavailable
from nbexaminer.judging.profile import SandboxRole
from nbexaminer.sandbox.limits import Limits
from nbexaminer.sandbox.self_test import TARGET, Inside
from nbexaminer.sandbox.view import ENVIRONMENT, Sandbox
from nbexaminer.sandbox.zygote_handle import ZygoteHandle
from support.profile import PROFILE

UNLOCKED = """
import os, sqlite3, types
import coverage.sqlitedb

def connect(path, **settings):
    if not path.startswith("file:"):
        path = f"file:{os.path.abspath(path)}?"
    return sqlite3.connect(f"{path}&nolock=1", **settings | {"uri": True})

def coverage_init(registry, options):
    coverage.sqlitedb.sqlite3 = types.SimpleNamespace(**vars(sqlite3) | {"connect": connect})
"""
"""A plugin of coverage's, which keeps its data in SQLite: files can't be locked in the sandbox."""


@pytest.fixture(scope="session")
def found() -> Sandbox:
    try:
        return Sandbox.find(PROFILE)
    except SandboxUnavailable as error:
        if os.environ.get("CI"):
            pytest.fail(f"CI has to have a sandbox. {error}")
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def unlimited() -> Iterator[ZygoteHandle]:
    """Without a sandbox, and with limits that nobody reaches."""
    with ZygoteHandle(
        TARGET, SandboxRole(0), PROFILE, None, Limits(memory_bytes=8 << 30)
    ) as zygote:
        yield zygote


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let coverage follow into the sandbox, if it is on.

    The sandbox then gets one more folder, for coverage's data, and the variable that starts
    coverage in each process. Everything else is as it is when learners are graded.
    """
    running = coverage.Coverage.current()
    if running is None:
        yield
        return
    outside = Path(running.get_data().data_filename()).parent
    # Not below /tmp, of which each child has its own.
    folder = Path(tempfile.mkdtemp(prefix="coverage-", dir="/var/tmp"))
    folder.chmod(0o777)
    settings = folder / "settings"
    settings.write_text(
        f"[run]\nsource_pkgs = nbexaminer\nparallel = true\npatch = _exit\nplugins = unlocked\n"
        f"data_file = {folder}/.coverage\n"
    )
    (folder / "unlocked.py").write_text(UNLOCKED)
    arguments = Sandbox._arguments

    def with_the_folder(self: Sandbox, role: SandboxRole, fds: list[int]) -> list[str]:
        command = arguments(self, role, fds)
        place = command.index("--proc")
        # bubblewrap would make the way there itself, but open to root alone.
        shown = ["--dir", "/var", "--dir", "/var/tmp", "--bind", str(folder), str(folder)]
        return [*command[:place], *shown, *command[place:]]

    ended = Inside.__exit__

    def by_itself(self: Inside, *error: object) -> None:
        with contextlib.suppress(OSError, TimeoutError):
            self.child.sock.shutdown(socket.SHUT_RDWR)
            self.child.wait(5)  # a process that is killed writes no data
        ended(self, *error)

    monkeypatch.setattr(Sandbox, "_arguments", with_the_folder)
    monkeypatch.setattr(Inside, "__exit__", by_itself)
    monkeypatch.setitem(ENVIRONMENT, "COVERAGE_PROCESS_START", str(settings))
    monkeypatch.setitem(ENVIRONMENT, "PYTHONPATH", str(folder))
    try:
        yield
        for path in folder.glob(".coverage.*"):
            shutil.copy(path, outside)
    finally:
        shutil.rmtree(folder)
