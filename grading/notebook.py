"""Read a submitted notebook that may be anything.

Only what grading needs is taken: the cells' types, sources, ids, grade ids and pasted
pictures. Everything else a submission says (outputs, metadata, points, versions) is dropped.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import json
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAX_BYTES = 20 << 20
MAX_BRACKETS = 1_000_000
MAX_CELLS = 2_000
MAX_SOURCE = 500_000
MAX_SOURCES = 4_000_000
MAX_ATTACHMENTS = 8_000_000
CELL_TYPES = ("code", "markdown", "raw")
MAX_FILES = 500
MAX_FILES_BYTES = 100 << 20
MAX_STRANGE = 20
TIMESTAMP = "timestamp.txt"
MAX_TIMESTAMP_BYTES = 200
_DATE = re.compile(r"\d{4}-\d\d-\d\d([ T][\d:.]{4,15}( ?(Z|[+-]\d\d:?\d\d|[A-Za-z][\w+/-]*))?)?")
PICTURES = ("image/png", "image/jpeg", "image/gif")


class Malformed(ValueError):
    """A submission that can't be read; the message says why, in words for an instructor."""


@dataclass(frozen=True)
class Cell:
    """One cell of a submission.

    grade_id: nbgrader's id, or None.
    id: the notebook format's id, or None.
    attachments: file name to media type to base64 text, pictures only.
    """

    kind: str
    source: str
    grade_id: str | None = None
    id: str | None = None
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)


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
            raise Malformed(_too_big(state.st_size, most))
        data = file.read(most + 1)
    if len(data) > most:
        raise Malformed(_too_big(len(data), most))
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


def _too_big(size: int, most: int) -> str:
    if most < 1e5:
        return f"the file has {size} bytes, more than the {most} that are read"
    return f"the file has {size / 1e6:.1f} MB, more than the {most / 1e6:.1f} MB that are read"


def read_notebook(data: bytes) -> list[Cell]:
    """The cells of a notebook. Raises Malformed."""
    cells = _parse(data).get("cells")
    if not isinstance(cells, list):
        raise Malformed("it has no list of cells")
    if len(cells) > MAX_CELLS:
        raise Malformed(f"it has {len(cells)} cells, more than {MAX_CELLS}")
    read = [_cell(cell, number) for number, cell in enumerate(cells, 1)]
    if sum(len(cell.source) for cell in read) > MAX_SOURCES:
        raise Malformed(f"its cells have more than {MAX_SOURCES} characters together")
    return read


def _parse(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise Malformed(_too_big(len(data), MAX_BYTES))
    if not data.strip():
        raise Malformed("the file is empty")
    if data.count(b"[") + data.count(b"{") > MAX_BRACKETS or data.count(b",") > 4 * MAX_BRACKETS:
        raise Malformed("it has too many parts to be a notebook")
    try:
        notebook = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Malformed(f"it is not UTF-8 text (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise Malformed(f"it is not JSON: {error.msg} in line {error.lineno}") from None
    except RecursionError:
        raise Malformed("it is nested too deeply to be a notebook") from None
    except ValueError:
        raise Malformed("it has a number too long to be a notebook's") from None
    if not isinstance(notebook, dict):
        raise Malformed("it is JSON, but not a notebook")
    version = notebook.get("nbformat")
    if type(version) is not int or version != 4:
        raise Malformed(
            f"its notebook format is {str(version)[:20]!r}, not 4: "
            "open it in JupyterLab and save it again"
        )
    return notebook


def _cell(cell: Any, number: int) -> Cell:
    if not isinstance(cell, dict):
        raise Malformed(f"cell {number} is not an object")
    kind = cell.get("cell_type")
    if kind not in CELL_TYPES:
        raise Malformed(f"cell {number} has an unknown type")
    source = cell.get("source")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise Malformed(f"cell {number} has no text")
    if len(source) > MAX_SOURCE:
        raise Malformed(f"cell {number} has {len(source)} characters, more than {MAX_SOURCE}")
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return Cell(
        kind=kind,
        source=clean_text(source).replace("\r\n", "\n").replace("\r", "\n"),
        grade_id=grade_id if isinstance(grade_id, str) and grade_id else None,
        id=_id(cell.get("id")),
        attachments=_attachments(cell.get("attachments")) if kind != "code" else {},
    )


def clean_text(text: str) -> str:
    """`text` without what can't be written as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _id(value: Any) -> str | None:
    return value if isinstance(value, str) and re.fullmatch(r"[\w-]{1,64}", value) else None


def _attachments(value: Any) -> dict[str, dict[str, str]]:
    kept: dict[str, dict[str, str]] = {}
    total = 0
    for name, bundle in value.items() if isinstance(value, dict) else ():
        for kind, data in bundle.items() if isinstance(bundle, dict) else ():
            text = picture(kind, data)
            if text is None or not re.fullmatch(r"[\w.\- ]{1,100}", name):
                continue
            total += len(text)
            if total > MAX_ATTACHMENTS:
                raise Malformed("the pictures pasted into a cell are too large")
            kept.setdefault(name, {})[kind] = text
    return kept


def picture(kind: Any, data: Any) -> str | None:
    """The base64 text of a picture, or None for what is none."""
    if kind not in PICTURES:
        return None
    if isinstance(data, list) and all(isinstance(line, str) for line in data):
        data = "".join(data)
    if not isinstance(data, str):
        return None
    text = "".join(data.split())
    try:
        base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    return text
