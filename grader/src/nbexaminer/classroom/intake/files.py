"""Files and folders that a learner made, reached through no link and within limits.

Everything goes by descriptors: what was checked is what is read, whatever takes its place then.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from nbexaminer.classroom.intake.names import printable
from nbexaminer.errors import Malformed, Missing, TooMuch
from nbexaminer.files import MAX_BYTES, too_big

MAX_FILES = 500
"""Folders count too."""
MAX_FILES_BYTES = 100 << 20
MAX_DEPTH = 20
MAX_PLACE = 500
"""Bytes of a place in a folder, so that no path gets longer than the system takes."""
_PIECE = 1 << 20
"""Bytes that are copied at a time."""
TOO_MUCH = (
    f"the folder holds more than {MAX_FILES} files and folders or {MAX_FILES_BYTES / 1e6:.0f} MB, "
    f"or paths more than {MAX_DEPTH} folders deep or {MAX_PLACE} bytes long"
)


class Entry(NamedTuple):
    """A file or folder: its place in the folder that was walked, and the one that it lies in."""

    place: str
    folder: int
    name: str
    state: os.stat_result


@contextlib.contextmanager
def open_folder(top: Path, *names: str) -> Iterator[int]:
    """The descriptor of a folder, reached from `top` by `names`, of which none may be a link.

    Raises Malformed.
    """
    here = os.open(top, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in names:
            what = "it" if name == names[-1] else f"{printable(name)}, in which it lies,"
            below = _open_below(here, name, what)
            os.close(here)
            here = below
        yield here
    finally:
        os.close(here)


def _open_below(folder: int, name: str, what: str) -> int:
    try:
        return os.open(name, _folder_flags(), dir_fd=folder)
    except OSError as error:
        if _is_link(name, folder):
            raise Malformed(f"{what} is a link to another folder") from None
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            raise Malformed(f"{what} is not a folder") from None
        raise Malformed(f"{what} can't be looked into: {error.strerror}") from None


def _is_link(path: str | Path, folder: int | None) -> bool:
    try:
        return stat.S_ISLNK(os.stat(path, dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return False


def _folder_flags() -> int:
    return os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def walk(folder: int) -> Iterator[Entry]:
    """Everything in a folder, in no order, and each folder before what is in it.

    Raises TooMuch.
    """
    size = 0
    for count, entry in enumerate(_walk(folder, ""), 1):
        size += 0 if stat.S_ISDIR(entry.state.st_mode) else entry.state.st_size
        if count > MAX_FILES or size > MAX_FILES_BYTES:
            raise TooMuch(TOO_MUCH)
        yield entry


def _walk(folder: int, place: str, depth: int = 0) -> Iterator[Entry]:
    with os.scandir(folder) as entries:
        for entry in entries:
            inside = os.path.join(place, entry.name)
            if depth == MAX_DEPTH or len(os.fsencode(inside)) > MAX_PLACE:
                raise TooMuch(TOO_MUCH)
            state = entry.stat(follow_symlinks=False)
            yield Entry(inside, folder, entry.name, state)
            if stat.S_ISDIR(state.st_mode):
                below = os.open(entry.name, _folder_flags(), dir_fd=folder)
                try:
                    yield from _walk(below, inside, depth + 1)
                finally:
                    os.close(below)


def read_file(path: str | Path, most: int = MAX_BYTES, folder: int | None = None) -> bytes:
    """The bytes of a regular file. Raises Malformed for a link, a device or a huge file.

    folder: descriptor of the folder in which `path` is.
    """
    with open_file(path, most, folder) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise Malformed(too_big(len(data), most))
    return data


def open_file(path: str | Path, most: int, folder: int | None = None) -> BinaryIO:
    """A regular file of at most `most` bytes, open for reading. Raises Malformed."""
    name = printable(os.path.basename(path))
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, dir_fd=folder)
    except FileNotFoundError:
        raise Missing(f"{name} is missing") from None
    except OSError as error:
        if _is_link(path, folder):
            raise Malformed(f"{name} is a link to another file") from None
        raise Malformed(f"{name} can't be opened: {error.strerror}") from None
    state = os.fstat(descriptor)
    if stat.S_ISREG(state.st_mode) and state.st_size <= most:
        return open(descriptor, "rb")
    os.close(descriptor)
    if stat.S_ISREG(state.st_mode):
        raise Malformed(too_big(state.st_size, most))
    raise Malformed(f"{name} is not an ordinary file")


def copy_folder(folder: int, to: Path) -> list[str]:
    """Copy what is ordinary in a folder; gives the places of the rest, which stays behind.

    A file of several names is one in the copy, too, which is no larger than what is copied.
    to: a folder that nobody else can change, and that exists.
    Raises Malformed, and OSError.
    """
    left: list[str] = []
    copies: dict[tuple[int, int], Path] = {}
    room = MAX_FILES_BYTES
    for entry in walk(folder):
        place, state = to / entry.place, entry.state
        if stat.S_ISDIR(state.st_mode):
            place.mkdir()
        elif not stat.S_ISREG(state.st_mode):
            left.append(entry.place)
        elif (copy := copies.setdefault((state.st_dev, state.st_ino), place)) is not place:
            os.link(copy, place)
        else:
            room -= copy_file(entry.name, place, room, entry.folder)
    return sorted(left)


def copy_file(path: str | Path, to: Path, most: int, folder: int | None = None) -> int:
    """Copy a regular file to a place where nothing is; gives its size in bytes.

    Its holes stay holes, and what is added to it meanwhile stays behind. Raises Malformed where it
    has more than `most` bytes.
    """
    with open_file(path, most, folder) as file, to.open("xb") as copy:
        source, end = file.fileno(), 0
        size = min(os.fstat(source).st_size, most)
        while end < size:
            try:
                start = min(os.lseek(source, end, os.SEEK_DATA), size)
                end = min(os.lseek(source, start, os.SEEK_HOLE), start + _PIECE, size)
            except OSError as error:
                if error.errno != errno.ENXIO:
                    raise
                break  # there is a hole up to its end
            copy.seek(start)
            copy.write(os.pread(source, end - start, start))
        copy.truncate(size)
    return size
