"""Put a package in its place as a whole, without a word of the learner's lost."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from course.learner.my_llm.plan import PACKAGE

PART, OLD = f".{PACKAGE}.part", f".{PACKAGE}.old"
LONGEST = 120
"""Seconds that modules may take to be imported."""
STALE = 600
"""After how many seconds a package in the making was given up."""
MADE_BY_OTHERS = ("__pycache__", "build", f"{PACKAGE}.egg-info")
"""What Python and pip put beside sources, and make again."""


class Busy(Exception):
    """The package is being made by another process; the message says so."""


def fingerprint(text: str) -> str:
    """A hash of a file's text, whatever ends its lines."""
    return hashlib.sha256("\n".join(text.splitlines()).encode()).hexdigest()


def by_hand(work: Path, files: Mapping[str, str], written: Mapping[str, str]) -> dict[str, str]:
    """The text of each file that somebody has changed since it was `written` (hashes), and that the
    package would have otherwise."""
    found = {}
    for path in {*files, *written}:
        there = work / PACKAGE / path
        if there.is_file():
            text = there.read_text(encoding="utf-8", errors="replace")
            now = fingerprint(text)
            if now != written.get(path) and now != fingerprint(files.get(path, "")):
                found[path] = text
    return found


@contextlib.contextmanager
def stage(work: Path) -> Iterator[Path]:
    """A new folder in `work`, for a package in the making; gone at the end. Raises Busy."""
    recover(work)
    part = work / PART
    with contextlib.suppress(FileNotFoundError):
        if time.time() - part.stat().st_mtime > STALE:
            shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir()
    except FileExistsError:
        raise Busy(f"{PACKAGE} is being made by another notebook or command right now") from None
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write texts by their paths within a folder."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def first_failure(part: Path, modules: Sequence[str]) -> tuple[str, str] | None:
    """The first of these modules that can't be imported where there's no course, and why."""
    trial = Path(__file__).with_name("trial.py")
    command = [sys.executable, "-I", "-B", str(trial), str(part), *modules]
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    try:
        said = subprocess.run(command, timeout=LONGEST, cwd=part, **quiet).stdout  # type: ignore[call-overload]
        end = "Python ended while it was imported"
    except subprocess.TimeoutExpired as error:
        said, end = error.stdout or b"", f"importing it takes more than {LONGEST} seconds"
    begun = ""
    for line in said.decode(errors="replace").splitlines():
        module, why = json.loads(line)
        if why == "begins":
            begun = module
        elif why is not None:
            return module, f"importing it fails: {why}"
        else:
            begun = ""
    return (begun, end) if begun else None


def put(work: Path, part: Path, dropped: set[str]) -> None:
    """Let the staged package take the place of the one before, with what else lies in that.

    Args:
        work: the learner's folder.
        part: from `stage`; `part / PACKAGE` is the new package.
        dropped: files that the package had and has no more.
    """
    new, place, old = part / PACKAGE, work / PACKAGE, work / OLD
    if place.exists():
        _carry_over(place, new, dropped)
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def put_record(work: Path, part: Path, name: str, text: str) -> None:
    """Put the record in its place as a whole."""
    record = part / name
    record.write_text(text, encoding="utf-8")
    record.replace(work / name)


def recover(work: Path) -> None:
    """Bring back the package that was moved away by a process that ended right then."""
    old, place = work / OLD, work / PACKAGE
    if old.exists():
        if place.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(place)


def _carry_over(place: Path, new: Path, dropped: set[str]) -> None:
    """What the learner has put into the package goes along, trained models for instance."""
    for folder, folders, files in os.walk(place):
        folders[:] = [name for name in folders if name not in MADE_BY_OTHERS]
        for name in files:
            here = Path(folder, name)
            path = here.relative_to(place)
            there = new / path
            if path.as_posix() in dropped or there.exists():
                continue
            there.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(here, there)
            except OSError:  # a file system without links
                shutil.copy2(here, there)
