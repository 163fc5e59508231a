"""A maintainer would take a broken course for a whole one."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from course.authoring.exercises import ROOT
from course.maintenance import testing as checks


@pytest.mark.parametrize(
    ("types", "sources", "tests"), [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (-9, 0, 0)]
)
def test_it_fails_if_any_part_does(
    monkeypatch: pytest.MonkeyPatch, types: int, sources: int, tests: int
) -> None:
    """Types that were killed, for want of memory, have a negative status."""
    ended = {"mypy": types, "course": sources}
    monkeypatch.setattr(checks, "_python", lambda *words: tests if "pytest" in words else 0)
    monkeypatch.setattr(
        checks.subprocess,
        "Popen",
        lambda command, **_: SimpleNamespace(wait=lambda: ended[command[2]]),
    )
    failed = any((types, sources, tests))
    assert (CliRunner().invoke(checks.test).exit_code != 0) == failed


def test_a_new_lock_is_installed(tmp_path: Path) -> None:
    """`make lock`, then `make test LOCKED=1`, would test the old versions."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock",
                 "grader/pyproject.toml", "course/learner/install.py"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").mkdir()
    for stamp in ("tests", "tests-locked"):
        (tmp_path / ".venv" / stamp).touch()
    os.utime(tmp_path / "requirements.lock", (4e9, 4e9))

    def make(*words: str) -> str:
        command = ["make", "--dry-run", *words]
        plain = {"PATH": os.environ["PATH"]}  # this test may run in a make of its own
        return subprocess.run(
            command, cwd=tmp_path, env=plain, capture_output=True, text=True
        ).stdout

    assert "install.py" in make("test", "LOCKED=1")
    assert "install.py" not in make("test")
