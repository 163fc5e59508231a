"""A maintainer would take a broken course for a whole one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from course.authoring.exercises import ROOT
from course.learner.install import LOCK
from course.maintenance import testing as checks


@dataclass
class Commands:
    """What `llm-basics test` would run, a line each; `ended` says how a module ends."""

    lines: list[str] = field(default_factory=list)
    ended: dict[str, int] = field(default_factory=dict)

    def run(self, *words: str, **_: object) -> int:
        self.lines.append(" ".join(words))
        return self.ended.get(words[1], 0)

    def start(self, command: list[str], **_: object) -> SimpleNamespace:
        ended = self.run(*command[1:])
        return SimpleNamespace(wait=lambda: ended)

    def test(self, *options: str) -> int:
        """How the command ends."""
        return CliRunner().invoke(checks.test, options).exit_code


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Commands:
    commands = Commands()
    monkeypatch.setattr(checks, "_python", commands.run)
    monkeypatch.setattr(checks.subprocess, "Popen", commands.start)
    return commands


@pytest.mark.parametrize(
    ("house", "options", "part"),
    [
        ("course", (), "mypy"), ("course", (), "course"), ("course", (), "pytest"),
        ("course", (), "ruff"), ("grader", (), "mypy"), ("grader", ("--long",), "mypy"),
        ("grader", ("--long",), "pytest"), ("course", ("--long",), "pytest"),
    ],
)  # fmt: skip
def test_it_fails_if_any_part_does(
    commands: Commands, house: str, options: tuple[str, ...], part: str
) -> None:
    """Types that were killed, for want of memory, have a negative status."""
    assert commands.test(f"--house={house}", *options) == 0
    commands.ended[part] = -9 if part == "mypy" else 1
    assert commands.test(f"--house={house}", *options) != 0


def test_each_half_has_its_own_tests_and_together_they_are_all(commands: Commands) -> None:
    """What neither runs would be broken in silence."""
    for house in ("course", "grader"):
        for options in ((), ("--long",)):
            commands.test(f"--house={house}", *options)
    course, rest, grader, everything = (
        line.split() for line in commands.lines if line.startswith("-m pytest")
    )
    assert "tests" in course and "tests" in rest and "grader/tests" not in {*course, *rest}
    assert "grader/tests" in grader and "grader/tests" in everything
    assert "-m not long" in " ".join(course) and "-m not long" in " ".join(grader)
    assert {"long", "--nbval", "solutions", "notebooks"} <= {*rest}
    assert "long" not in everything, "all of them, and what they reach is measured"
    assert any(word.startswith("--cov-fail-under=") for word in everything)


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., str]:
    """What make would run in `tmp_path`, which has what it reads, and an empty .venv."""
    for name in ("Makefile", "pyproject.toml", LOCK,
                 "grader/pyproject.toml", "course/learner/install.py"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").mkdir()

    def make(*words: str) -> str:
        command = ["make", "--dry-run", *words]
        plain = {"PATH": os.environ["PATH"]}  # this test may run in a make of its own
        return subprocess.run(
            command, cwd=tmp_path, env=plain, capture_output=True, text=True
        ).stdout

    return make


def test_a_new_lock_is_installed(tmp_path: Path, make: Callable[..., str]) -> None:
    """`make lock`, then `make test`, would test the old versions."""
    for stamp in ("tests", "tests-latest"):
        (tmp_path / ".venv" / stamp).touch()
    os.utime(tmp_path / LOCK, (4e9, 4e9))
    assert "install.py" in make("test")
    assert "install.py" not in make("test", "LATEST=1")


def test_what_is_installed_is_what_the_target_needs(
    tmp_path: Path, make: Callable[..., str]
) -> None:
    """Who wants to read the book would wait for test tools, or a maintainer for what is there."""
    said = make("book")
    assert "--for book" in said and "--for tests" not in said
    for stamp in re.findall(r"\.venv/\S+", make(".venv/tests").partition("touch")[2]):
        (tmp_path / stamp).touch()
    for target in ("lab", "book", "test"):
        assert "install.py" not in make(target), target
