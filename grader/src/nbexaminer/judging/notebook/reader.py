"""Read a submitted notebook that may be anything.

Only what grading needs is taken: the cells' types, sources, ids, grade ids and pasted
pictures. Everything else a submission says (outputs, metadata, points, versions) is dropped.
"""

import codecs
import json
import re
from dataclasses import dataclass, field
from typing import Any

from nbexaminer.errors import Malformed
from nbexaminer.files import MAX_BYTES, too_big
from nbexaminer.judging.notebook.pictures import shown_pictures

MAX_BRACKETS = 1_000_000
MAX_CELLS = 2_000
MAX_SOURCE = 500_000
MAX_SOURCES = 4_000_000
MAX_ATTACHMENTS = 8_000_000
CELL_TYPES = ("code", "markdown", "raw")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MARK = "<" * 7
_INLINE = re.compile(r"\]\(data:(image/[a-z]+);base64,([A-Za-z0-9+/=]+)\)")
"""A picture that stands in a cell's text, as Colab pastes it."""
_CONFLICT = re.compile(rb"(?m)^<{7} ")


@dataclass(frozen=True)
class SubmittedCell:
    """One cell of a submission.

    grade_id: nbgrader's id, or None.
    id: the notebook format's id, or None.
    attachments: file name to media type to base64 text, pictures only.
    left_out: file name of a picture that is not kept to what stands in its place.
    """

    kind: str
    source: str
    grade_id: str | None = None
    id: str | None = None
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


def read_notebook(data: bytes) -> list[SubmittedCell]:
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
        raise Malformed(too_big(len(data), MAX_BYTES))
    if not data.strip():
        raise Malformed("the file is empty")
    if data.count(b"[") + data.count(b"{") > MAX_BRACKETS or data.count(b",") > 4 * MAX_BRACKETS:
        raise Malformed("it has too many parts to be a notebook")
    try:
        notebook = json.loads(data.decode("utf-16" if data[:2] in _UTF_16 else "utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Malformed(f"it is not UTF-8 text (byte {error.start})") from None
    except json.JSONDecodeError as error:
        what = f"{error.msg} in line {error.lineno}"
        if found := _CONFLICT.search(data):
            line = data.count(b"\n", 0, found.start()) + 1
            what = f"git has left the marks of a conflict in it, such as {_MARK} in line {line}"
        raise Malformed(f"it is not JSON: {what}") from None
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


def _cell(cell: Any, number: int) -> SubmittedCell:
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
    attachments = cell.get("attachments") if kind != "code" else None
    if len(source) > MAX_SOURCE and kind != "code":
        source, attachments = _with_attachments(source, attachments)
    if len(source) > MAX_SOURCE:
        raise Malformed(f"cell {number} has {len(source)} characters, more than {MAX_SOURCE}")
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    own_id = cell.get("id") or (metadata.get("id") if isinstance(metadata, dict) else None)  # Colab
    kept, left_out = _attachments(attachments)
    return SubmittedCell(
        kind=kind,
        source=clean_text(source).replace("\r\n", "\n").replace("\r", "\n"),
        grade_id=grade_id if isinstance(grade_id, str) and grade_id else None,
        id=own_id if isinstance(own_id, str) and re.fullmatch(r"[\w-]{1,64}", own_id) else None,
        attachments=kept,
        left_out=left_out,
    )


def clean_text(text: str) -> str:
    """`text` without what can't be written as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _with_attachments(source: str, attached: Any) -> tuple[str, dict[str, Any]]:
    """A text whose pictures are attached, as JupyterLab pastes them, and all that is attached."""
    found = dict(attached) if isinstance(attached, dict) else {}

    def attach(match: re.Match[str]) -> str:
        name = f"pasted-{len(found)}.{match[1].removeprefix('image/')}"
        found[name] = {match[1]: match[2]}
        return f"](attachment:{name})"

    return _INLINE.sub(attach, source), found


def _attachments(value: Any) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    kept: dict[str, dict[str, str]] = {}
    left_out: dict[str, str] = {}
    total = 0
    for name, bundle in value.items() if isinstance(value, dict) else ():
        if not isinstance(bundle, dict) or not re.fullmatch(r"[\w.\- ]{1,100}", name):
            continue
        pictures, reason = shown_pictures(bundle)
        total += sum(map(len, pictures.values()))
        if total > MAX_ATTACHMENTS:
            raise Malformed("the pictures pasted into a cell are too large")
        if pictures:
            kept[name] = pictures
        if reason:
            left_out[name] = reason
    return kept, left_out
