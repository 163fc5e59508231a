"""What a grade depends on, as hashes: files, and the code that grades."""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib.metadata
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from grading.sandbox.view import COURSE

PACKAGES = ("checks", "grading", "helpers")
GRADING = (
    "grading.classroom.workers",
    "grading.examination.learner",
    "grading.examination.examiner",
    "grading.sandbox.zygote",
)
"""The modules that grading starts from; the last three are started by name."""
LIBRARIES = ("torch", "numpy", "IPython")


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
