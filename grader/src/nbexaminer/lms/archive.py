"""Unpacks a zip file whose names and contents learners wrote: within limits, into one folder."""

import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

from nbexaminer.classroom.intake.files import MAX_PLACE
from nbexaminer.classroom.intake.names import printable
from nbexaminer.errors import Malformed
from nbexaminer.files import MAX_BYTES, too_big

MAX_MEMBERS = 20_000
MAX_ARCHIVE_BYTES = 2 << 30
"""Of all that is unpacked from one."""
MAX_RATIO = 100
"""Of a file's size to what it takes in the archive, from `RATIO_COUNTS_FROM` bytes on."""
RATIO_COUNTS_FROM = 1 << 20


def unpack(
    path: Path, to: Path, wanted: Callable[[str], bool], refuse: Callable[[str, object], None]
) -> None:
    """Unpack the wanted files of an archive.

    wanted: whether to take a file, by its path in the archive; may raise Malformed.
    refuse: is told of a file that stays behind, and the reason.
    Raises Malformed, and what zipfile does, where nothing can be unpacked.
    """
    room = MAX_ARCHIVE_BYTES
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > MAX_MEMBERS:
            raise Malformed(f"it holds {len(members)} files, more than {MAX_MEMBERS}")
        for member in members:
            if member.is_dir() or is_litter(member.filename):
                continue
            try:
                if wanted(member.filename):
                    room -= _unpack(archive, member, to, room)
            except Malformed as error:
                refuse(member.filename, error)


def is_litter(place: str) -> bool:
    """Whether macOS put a file into an archive that was made there."""
    return place.startswith("__MACOSX/") or place.rpartition("/")[2].startswith("._")


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, to: Path, room: int) -> int:
    """Unpack one file of an archive; gives its size in bytes. Raises Malformed."""
    check_place(member.filename)
    if stat.S_ISLNK(member.external_attr >> 16):
        raise Malformed("it is a link to another file")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Malformed("it is compressed in a way that learning platforms don't use")
    path = to / member.filename
    if path.exists():
        raise Malformed("there are two of that name")
    dense = max(RATIO_COUNTS_FROM, MAX_RATIO * member.compress_size)
    most, why = min(
        (MAX_BYTES, too_big(max(MAX_BYTES + 1, member.file_size), MAX_BYTES)),
        (dense, f"it is more than {MAX_RATIO} times as large as in the archive"),
        (room, f"the archive holds more than {MAX_ARCHIVE_BYTES / 1e6:.0f} MB"),
    )
    try:
        with archive.open(member) as packed:
            data = packed.read(most + 1)  # whatever the archive says of its size
        if len(data) <= most:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    except Exception as error:  # zipfile has many
        raise Malformed(f"it can't be unpacked: {printable(str(error))}") from None
    if len(data) > most:
        raise Malformed(why)
    return len(data)


def check_place(place: str) -> None:
    """Raises Malformed for a path that leads elsewhere, can't be shown, or is too long."""
    parts = place.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in place or not place.isprintable():
        raise Malformed("its name leads to another folder, or can't be printed")
    if len(os.fsencode(place)) > MAX_PLACE or any(len(os.fsencode(p)) > 255 for p in parts):
        raise Malformed(f"its name is longer than 255 bytes, or its path than {MAX_PLACE}")
