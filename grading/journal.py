"""What has been graded already, by content: the journal of the class command.

The journal is a table beside nbgrader's in the gradebook, so that one transaction writes a
submission's scores and the entry that says so: after a crash there are both or neither.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib.metadata
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, MetaData, String, Table, Text, delete, insert, select

from grading.sandbox import COURSE

PACKAGES = ("checks", "grading", "helpers")
GRADING = ("grading.pool", "grading.learner", "grading.examiner", "grading.zygote")
"""The modules that grading starts from; the last three are started by name."""
LIBRARIES = ("torch", "numpy", "IPython")

TABLES = MetaData()
JOURNAL = Table(
    "grading_journal",
    TABLES,
    Column("submission_id", String(32), primary_key=True),
    Column("key", String(64), nullable=False),
    Column("graded", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("verdicts", Text, nullable=False),
)


@dataclass(frozen=True)
class Entry:
    """How a submission was graded last.

    key: hash of all that its grades depend on.
    graded: hash of the graded notebooks, as they are to stand in the autograded folder.
    reason: why it needs the instructor, or empty.
    verdicts: JSON, a list of one object for each test cell; the same bytes for the same key.
    """

    key: str
    graded: str
    reason: str
    verdicts: str

    def tests(self) -> list[dict[str, Any]]:
        """The verdicts: notebook, cell, outcome, points, max_points and message of each test."""
        return list(json.loads(self.verdicts))


def read(connection: Connection, submission_id: str) -> Entry | None:
    """The entry of a row of nbgrader's table submitted_assignment, or None."""
    row = connection.execute(
        select(JOURNAL).where(JOURNAL.c.submission_id == submission_id)
    ).one_or_none()
    return None if row is None else Entry(row.key, row.graded, row.reason, row.verdicts)


def write(connection: Connection, submission_id: str, entry: Entry) -> None:
    """Replace the entry, in the transaction at hand."""
    connection.execute(delete(JOURNAL).where(JOURNAL.c.submission_id == submission_id))
    values = {"submission_id": submission_id} | vars(entry)
    connection.execute(insert(JOURNAL).values(values))


def digest(*parts: object) -> str:
    """sha256 of JSON-able parts; bytes and paths count by their content."""
    plain = json.dumps(parts, default=_content_hash, sort_keys=True)
    return hashlib.sha256(plain.encode("utf-8", "surrogateescape")).hexdigest()


def _content_hash(part: object) -> str:
    if isinstance(part, Path):
        with part.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    assert isinstance(part, bytes)
    return hashlib.sha256(part).hexdigest()


@functools.lru_cache
def grading_version(source: bytes) -> str:
    """Hash of the code that grades a source notebook.

    Grading itself, the modules of checks and helpers that the notebook imports, what these
    import, and the versions of the libraries. Other exercises' checks don't count.
    """
    files = sorted(_reached({*GRADING, *_imported_by_notebook(source)}))
    libraries = {name: importlib.metadata.version(name) for name in LIBRARIES}
    return digest([(str(f.relative_to(COURSE)), f) for f in files], libraries, sys.version_info[:2])


def _imported_by_notebook(source: bytes) -> set[str]:
    found: set[str] = set()
    for cell in json.loads(source)["cells"]:
        if cell["cell_type"] == "code":
            lines = "".join(cell["source"]).split("\n")
            found.update(_imports("\n".join(x for x in lines if not x.lstrip().startswith("%"))))
    return found


def _imports(code: str) -> Iterator[str]:
    """Names that may be modules of the course's packages."""
    try:
        tree = ast.parse(code)
    except SyntaxError:  # a cell for IPython alone
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _reached(names: Iterable[str]) -> set[Path]:
    """The files of modules, and of what they import from the course's packages."""
    files: set[Path] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name.split(".")[0] not in PACKAGES:
            continue
        todo += [name.rpartition(".")[0]]
        place = COURSE.joinpath(*name.split("."))
        for file in (place.with_suffix(".py"), place / "__init__.py"):
            if file.is_file() and file not in files:
                files.add(file)
                todo += _imports(file.read_text())
    return files
