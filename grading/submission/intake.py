"""What may be taken from a submission's folder: ordinary files, not too large, and a date."""

from __future__ import annotations

import datetime
import os
import re
import stat
from pathlib import Path

MAX_BYTES = 20 << 20
MAX_FILES = 500
MAX_FILES_BYTES = 100 << 20
MAX_STRANGE = 20
TIMESTAMP = "timestamp.txt"
MAX_TIMESTAMP_BYTES = 200
_DATE = re.compile(r"\d{4}-\d\d-\d\d([ T][\d:.]{4,15}( ?(Z|[+-]\d\d:?\d\d|[A-Za-z][\w+/-]*))?)?")


class Malformed(ValueError):
    """A submission that can't be read; the message says why, in words for an instructor."""


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
    text = read_file(path, MAX_TIMESTAMP_BYTES).decode(errors="replace").strip()
    try:
        return parse_timestamp(text) if text else None
    except Malformed as error:
        raise Malformed(f"{TIMESTAMP}: {error}") from None


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


def unfit_files(folder: str) -> tuple[list[str], str]:
    """What lies in a submission's folder and is not to be copied and handed back, and why.

    Links, pipes and sockets by their paths; the folder's own path where it holds too much.
    """
    if why := too_much(folder):
        return [folder], why
    strange = []
    for place, _, names in os.walk(folder):
        for name in names:
            mode = os.lstat(path := os.path.join(place, name)).st_mode
            if not stat.S_ISREG(mode) and not name.endswith(".ipynb"):
                strange.append(path)
    if len(strange) > MAX_STRANGE:
        return [folder], f"it holds more than {MAX_STRANGE} links"
    return strange, "it is no ordinary file"


def too_much(folder: str) -> str:
    """Why a submission's folder is too large to be copied, or nothing."""
    count, size = 0, 0
    for place, _, names in os.walk(folder):
        for name in names:
            count, size = count + 1, size + os.lstat(os.path.join(place, name)).st_size
            if count > MAX_FILES or size > MAX_FILES_BYTES:
                return f"it holds more than {MAX_FILES} files or {MAX_FILES_BYTES / 1e6:.0f} MB"
    return ""


def too_big(size: int, most: int) -> str:
    if most < 1e5:
        return f"the file has {size} bytes, more than the {most} that are read"
    return f"the file has {size / 1e6:.1f} MB, more than the {most / 1e6:.1f} MB that are read"
