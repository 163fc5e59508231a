"""What runs inside the sandbox, counted by coverage too, which can't see in there by itself.

Under `pytest --cov` the sandbox gets one more folder, for coverage's data, and the variable that
starts coverage in each process. Everything else is as it is when learners are graded.
"""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

from authoring.exercises import source_of
from grading.examination.engine import Engine
from grading.examination.verdicts import Outcome
from grading.sandbox import promises
from grading.sandbox.view import ENVIRONMENT, Sandbox
from support.attacks import ATTACKS, HONEST, LIMITS, POINTS, submitted

PATIENT = dataclasses.replace(
    LIMITS, cell_wall_seconds=4.0, cell_cpu_seconds=2.5, notebook_wall_seconds=60.0,
    notebook_cpu_seconds=30,
)  # fmt: skip
ENDINGS = (
    "honest-noisy",
    "honest-numpy",
    "honest-subclass-and-gradient",
    "kernel-os-exit",
    "kernel-system-exit",
    "output-flood",
    "resources-deep-recursion",
    "resources-endless-loop",
    "resources-ignores-interrupts",
    "resources-memory-in-processes",
    "tampering-raises-a-pass",
    "transport-unknown-handles",
)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let coverage follow into the sandbox, if it is on."""
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
        f"[run]\nsource_pkgs = grading\nparallel = true\npatch = _exit\n"
        f"data_file = {folder}/.coverage\n"
    )
    arguments = Sandbox._arguments

    def with_the_folder(self: Sandbox, fds: list[int]) -> list[str]:
        command = arguments(self, fds)
        place = command.index("--proc")
        # bubblewrap would make the way there itself, but open to root alone.
        shown = ["--dir", "/var", "--dir", "/var/tmp", "--bind", str(folder), str(folder)]
        return [*command[:place], *shown, *command[place:]]

    ended = promises.Inside.__exit__

    def by_itself(self: promises.Inside, *error: object) -> None:
        with contextlib.suppress(OSError, TimeoutError):
            self.child.sock.shutdown(socket.SHUT_RDWR)
            self.child.wait(5)  # a process that is killed writes no data
        ended(self, *error)

    monkeypatch.setattr(Sandbox, "_arguments", with_the_folder)
    monkeypatch.setattr(promises.Inside, "__exit__", by_itself)
    monkeypatch.setitem(ENVIRONMENT, "COVERAGE_PROCESS_START", str(settings))
    try:
        yield
        for path in folder.glob(".coverage.*"):
            shutil.copy(path, outside)
    finally:
        shutil.rmtree(folder)


def test_submissions_end_as_they_should(measured: None) -> None:
    """Code that no test runs is code that fails at an instructor's first odd submission."""
    places = {"course": "/nowhere", "port": "9"}
    source = source_of("1-attention").read_bytes()
    with Engine(Sandbox.find(), PATIENT) as engine:
        honest = engine.grade(source, HONEST)
        assert {v.cell: v.points for v in honest.verdicts} == POINTS
        for attack in ATTACKS:
            if attack.name in ENDINGS:
                graded = engine.grade(source, submitted(attack, places))
                passed = {v.cell for v in graded.verdicts if v.outcome is Outcome.PASSED}
                # What fails may time out instead, as coverage makes it slower.
                assert passed == {c for c, o in attack.expected.items() if o == "passed"}, graded


def test_every_promise_is_tried(measured: None) -> None:
    """`python -m grading check` is what instructors trust a new machine by."""
    lines = list(promises.tried(Sandbox.find()))
    assert len(lines) >= 25
    if coverage.Coverage.current() is None:  # its folder and variable break two promises
        assert [line for line in lines if not line.ok] == []
