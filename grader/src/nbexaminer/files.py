"""Files of a course: those of a folder, a hash of them, and one put in its place as a whole."""

import contextlib
import fnmatch
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

MAX_BYTES = 20 << 20
"""Of a file that is read: what a learner handed in, or a platform's list."""


def content_hash(content: bytes | Path) -> str:
    """sha256 of bytes, or of a file's."""
    if isinstance(content, Path):
        with content.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    return hashlib.sha256(content).hexdigest()


def hash_of(*parts: object) -> str:
    """sha256 of JSON-able parts; bytes and paths count by their content."""
    plain = json.dumps(parts, default=content_hash, sort_keys=True)
    return content_hash(plain.encode("utf-8", "surrogateescape"))


@contextlib.contextmanager
def replacing(place: Path) -> Iterator[Path]:
    """A path at which to write what takes the place of a file or folder, as a whole and after this,
    unless there is an error, or nothing at that path."""
    part = place.with_name(f".{place.name}.part")
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        _remove(part)
        yield part
        if part.exists():
            publish(part, place)
    finally:
        _remove(part)


def publish(whole: Path, place: Path) -> None:
    """Move a file or folder to its place, where an earlier one may stand."""
    old = place.with_name(f".{place.name}.old")
    _remove(old)
    if place.is_dir():
        place.rename(old)
    whole.replace(place)
    _remove(old)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def files_beside(folder: Path, ignored: Sequence[str]) -> Iterator[Path]:
    """The files of a source folder and its subfolders; no notebooks, and no folder behind a link.

    nbgrader's own search takes the folder's name for a pattern: in `week [1]` it leaves out
    nothing, so that solutions would be among what is given out.

    ignored: `c.CourseDirectory.ignore`, for the names of files and folders.
    """

    def is_left_out(name: str) -> bool:
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in (*ignored, "*.ipynb"))

    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not is_left_out(name)]
        yield from (Path(here, name) for name in names if not is_left_out(name))


def too_big(size: int, most: int) -> str:
    """A sentence about a file of `size` bytes where at most `most` are read."""
    if most < 1e5:
        return f"the file has {size} bytes, more than the {most} that are read"
    return f"the file has {size / 1e6:.1f} MB, more than the {most / 1e6:.1f} MB that are read"
