"""What may be taken from a submitted folder or a drop box, and why the rest may not.

The one policy, for `nbgrader collect`, `nbgrader autograde` and the class command alike. What one
learner hands in is that learner's trouble: it ends in a `Malformed` or in what was left out, never
in the end of a class's run.
"""

from __future__ import annotations

import datetime
import glob
import os
import re
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory

MAX_BYTES = 20 << 20
MAX_FILES = 500
"""Folders count too, so that none lies deeper than Python can walk."""
MAX_FILES_BYTES = 100 << 20
MAX_STRANGE = 20
MAX_NAMES_SHOWN = 20
TIMESTAMP = "timestamp.txt"
MAX_TIMESTAMP_BYTES = 200
_DATE = re.compile(r"\d{4}-\d\d-\d\d([ T][\d:.]{4,15}( ?(Z|[+-]\d\d:?\d\d|[A-Za-z][\w+/-]*))?)?")


class Malformed(ValueError):
    """A submission that can't be taken or read; the message says why, in words for an instructor.

    The message can be printed, whatever the learner named things.
    """


class Why(StrEnum):
    """Why something that lies in a submitted folder is left out."""

    STRANGE = "it is no ordinary file"
    NOT_ASKED_FOR = "no notebook of that name is asked for"
    TOO_LARGE = (
        f"the folder holds more than {MAX_FILES} files and folders "
        f"or {MAX_FILES_BYTES / 1e6:.0f} MB"
    )
    TOO_STRANGE = f"the folder holds more than {MAX_STRANGE} links, pipes or the like"


@dataclass(frozen=True)
class LeftOut:
    """What is neither graded nor copied; as text, a phrase for an instructor.

    names: places in the folder, or none where it is everything beside the notebooks.
    """

    why: Why
    names: Sequence[str] = ()

    def __str__(self) -> str:
        if not self.names:
            return f"nothing beside the notebooks is copied, since {self.why}"
        what = "graded" if self.why is Why.NOT_ASKED_FOR else "copied"
        more = len(self.names) - MAX_NAMES_SHOWN
        names = ", ".join(map(printable, self.names[:MAX_NAMES_SHOWN]))
        return f"not {what}, since {self.why}: {names}" + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True)
class Intake:
    """What may be taken from one submitted folder. From `take`.

    handed_in: when, in UTC, or None where the folder doesn't say.
    notebooks: those asked for, by their names; whether each can be read, `read_file` says.
    files: ordinary files that may be copied, by their places in the folder.
    """

    learner: str
    folder: Path
    handed_in: datetime.datetime | None
    notebooks: Mapping[str, Path]
    files: Mapping[str, Path]
    left_out: Sequence[LeftOut]

    def not_copied(self) -> list[Path]:
        """Paths of what must not be copied and is no notebook: the folder's own for everything."""
        paths: list[Path] = []
        for left in self.left_out:
            if left.why is not Why.NOT_ASKED_FOR:
                paths += [self.folder / name for name in left.names] or [self.folder]
        return paths


@dataclass(frozen=True)
class Dropped:
    """Whose an entry of the exchange's drop box is, and when, in UTC, it was handed in."""

    learner: str
    handed_in: datetime.datetime


def submitted_folders(course: CourseDirectory) -> list[tuple[str, Path]]:
    """Each learner and what lies where the submission's folder should, good or bad.

    course: says where that is, for which exercise, and which learners are wanted.
    """
    here = course.format_path(course.submitted_directory, "\0", course.assignment_id)
    before, _, behind = here.partition("\0")
    excluded = course.student_id_exclude.split(",")
    pattern = glob.escape(before) + course.student_id + glob.escape(behind)
    found = [
        (path[len(before) : len(path) - len(behind)], Path(path)) for path in glob.glob(pattern)
    ]
    return sorted((learner, folder) for learner, folder in found if learner not in excluded)


def take(learner: str, folder: Path, notebooks: Iterable[str]) -> Intake:
    """What may be taken from a submitted folder. Raises Malformed where that is nothing.

    learner: as `submitted_folders` gave it.
    notebooks: names of those to be graded.
    """
    asked = {name: folder / f"{name}.ipynb" for name in notebooks}
    handed_in, inside = _enter(learner, folder)
    if inside.too_much is not None:
        return Intake(learner, folder, handed_in, asked, {}, [LeftOut(inside.too_much)])
    # A notebook that is asked for and is a link gets its reason when it is read.
    wanted = {path.name for path in asked.values()}
    strange = [name for name in inside.strange if name not in wanted]
    others = [
        name
        for name in sorted(inside.files)
        if name.endswith(".ipynb") and os.sep not in name and name not in wanted
    ]
    left_out = [
        LeftOut(why, names)
        for why, names in ((Why.STRANGE, strange), (Why.NOT_ASKED_FOR, others))
        if names
    ]
    files = {name: path for name, path in inside.files.items() if not name.endswith(".ipynb")}
    return Intake(learner, folder, handed_in, asked, files, left_out)


def take_dropped(path: Path) -> Dropped:
    """Whose an entry of the drop box is. Raises Malformed where it is not to be collected."""
    parts = path.name.rsplit("+", 3)
    if len(parts) < 3:
        raise Malformed("its name is not one that nbgrader gives")
    dropped = Dropped(parts[0], parse_timestamp(parts[2]))
    _, inside = _enter(dropped.learner, path)
    if inside.too_much is Why.TOO_LARGE:
        raise Malformed(inside.too_much)
    return dropped


def strange_names(place: str, names: Iterable[str]) -> list[str]:
    """Those of a folder's names that are links, pipes and the like, and so never copied.

    Can be `shutil.copytree`'s `ignore`.
    """
    return [name for name in names if _is_strange(os.lstat(os.path.join(place, name)).st_mode)]


def _is_strange(mode: int) -> bool:
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def printable(name: str) -> str:
    """The name of a file or folder as it can be printed: what can't be is escaped."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _enter(learner: str, folder: Path) -> tuple[datetime.datetime | None, _Inside]:
    """When a folder was handed in, and what lies in it. Raises Malformed."""
    try:
        _check_folder(learner, folder)
        return read_timestamp(folder), _look_into(folder)
    except OSError as error:
        raise Malformed(f"the folder can't be looked into: {error.strerror}") from None


def _check_folder(learner: str, folder: Path) -> None:
    """Raises Malformed unless it is a folder with a learner's name."""
    if not learner or learner.startswith(".") or not learner.isprintable():
        # nbgrader would end the batch, or could not write the name to the gradebook.
        raise Malformed(
            "its name is no learner's: it is empty, begins with a dot or has characters that "
            "no name has; rename the folder"
        )
    if folder.is_symlink():
        raise Malformed("it is a link to another folder")
    if not folder.is_dir():
        raise Malformed("it is not a folder")


@dataclass(frozen=True)
class _Inside:
    """What lies in a folder, by its place there; nothing of it where that is too much."""

    files: dict[str, Path]
    strange: list[str]
    too_much: Why | None = None


def _look_into(folder: Path) -> _Inside:
    files: dict[str, Path] = {}
    strange: list[str] = []
    count, size, top = 0, 0, str(folder)
    for place, folders, names in os.walk(top):
        count += len(folders) + len(names)
        if count > MAX_FILES:
            return _Inside({}, [], Why.TOO_LARGE)
        for name in (*folders, *names):
            path = os.path.join(place, name)
            state = os.lstat(path)
            if stat.S_ISDIR(state.st_mode):
                continue
            size += state.st_size
            inside = path[len(top) + 1 :]
            if _is_strange(state.st_mode):
                strange.append(inside)
            else:
                files[inside] = Path(path)
    if size > MAX_FILES_BYTES:
        return _Inside({}, [], Why.TOO_LARGE)
    return _Inside(files, sorted(strange), Why.TOO_STRANGE if len(strange) > MAX_STRANGE else None)


def read_file(path: Path, most: int = MAX_BYTES) -> bytes:
    """The bytes of a regular file. Raises Malformed for a link, a device or a huge file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Malformed(f"{path.name} is missing") from None
    except OSError as error:
        if path.is_symlink():
            raise Malformed(f"{path.name} is a link to another file") from None
        raise Malformed(f"{path.name} can't be opened: {error.strerror}") from None
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode):
        os.close(descriptor)
        raise Malformed(f"{path.name} is not an ordinary file")
    with open(descriptor, "rb") as file:
        if state.st_size > most:
            raise Malformed(too_big(state.st_size, most))
        data = file.read(most + 1)
    if len(data) > most:
        raise Malformed(too_big(len(data), most))
    return data


def read_timestamp(folder: Path) -> datetime.datetime | None:
    """When a submission was handed in, in UTC, or None where its folder doesn't say.

    Raises Malformed for what is no date, also where `nbgrader` would look for its time zone
    among the machine's files.
    """
    path = folder / TIMESTAMP
    if not os.path.lexists(path):
        return None
    try:
        text = read_file(path, MAX_TIMESTAMP_BYTES).decode(errors="replace").strip()
        return parse_timestamp(text) if text else None
    except Malformed as error:
        raise Malformed(f"{TIMESTAMP}: {error}; fix or remove the file") from None


def parse_timestamp(text: str) -> datetime.datetime:
    """The time, in UTC, that nbgrader wrote as text. Raises Malformed."""
    from nbgrader.utils import parse_utc  # slow to import, and only instructors' commands need it

    if not _DATE.fullmatch(text):
        raise Malformed(f"{text[:40]!r} is no date and time")
    try:
        when: datetime.datetime = parse_utc(text)
    except Exception as error:  # dateutil has many
        raise Malformed(str(error)) from None
    return when


def too_big(size: int, most: int) -> str:
    """A sentence about a file of `size` bytes where at most `most` are read."""
    if most < 1e5:
        return f"the file has {size} bytes, more than the {most} that are read"
    return f"the file has {size / 1e6:.1f} MB, more than the {most / 1e6:.1f} MB that are read"
