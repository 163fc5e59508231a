"""What a grade depends on, as hashes: files, the code that grades, and answers."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.metadata
import json
import re
import sys
from collections.abc import Iterable
from modulefinder import ModuleFinder
from pathlib import Path
from typing import Any

from nbexaminer.examination.engine import NOTE
from nbexaminer.examination.verdicts import Outcome
from nbexaminer.sandbox.view import COURSE
from nbexaminer.notebook.graft import Role, grade_id, role

GRADING = (
    "nbexaminer.conveyor.workers",
    "nbexaminer.examination.learner",
    "nbexaminer.examination.examiner",
    "nbexaminer.sandbox.zygote",
)
"""The modules that grading starts from; the last three are started by name."""
LIBRARIES = ("torch", "numpy", "IPython")

_DOTTED = re.compile(r"\b(?:checks|helpers)(?:\.\w+)+")
_FROM = re.compile(r"\bfrom +((?:checks|helpers)[\w.]*) +import +(\([^)]*|.+)")
_NAME = re.compile(r"\w+")


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
    """`version_now`, of when this process asked first."""
    return version_now(source)


def version_now(source: bytes) -> str:
    """Hash of the code that grades a source notebook.

    Grading itself, the modules of checks and helpers that the notebook imports, what these
    import, and the versions of the libraries. Other exercises' checks don't count.
    """
    files = sorted(code_that_grades(source))
    libraries = {name: importlib.metadata.version(name) for name in LIBRARIES}
    return digest([(str(f.relative_to(COURSE)), f) for f in files], libraries, sys.version_info[:2])


def judged(notebook: dict[str, Any]) -> dict[str, str]:
    """Hash of what the points of each cell of a graded notebook are for, by grade id.

    For an answer that a human grades its text and pictures; for a test whether it passed, and all
    of the learner's code.
    """
    cells = notebook["cells"]
    code = [
        c["source"]
        for c in cells
        if c["cell_type"] == "code" and role(c) in (Role.ANSWER, Role.OPEN)
    ]
    hashes = {}
    for cell in cells:
        if not cell["metadata"].get("nbgrader", {}).get("grade"):
            continue
        if role(cell) is Role.TEST:
            outcome = cell["metadata"].get(NOTE, {}).get("outcome")
            hashes[grade_id(cell)] = digest(code, outcome == Outcome.PASSED)
        else:
            hashes[grade_id(cell)] = digest(cell["source"], cell.get("attachments", {}))
    return hashes


def code_that_grades(source: bytes) -> set[Path]:
    """The course's own files that grading a source notebook imports; nothing is executed."""
    finder = ModuleFinder(path=[str(COURSE)])  # torch and the like are not found there
    for name in GRADING:
        finder.import_hook(name)
    for name in _imported_by_notebook(source):
        with contextlib.suppress(ImportError, SyntaxError):  # or a name in a module
            finder.import_hook(name)
    modules: Iterable[Any] = finder.modules.values()  # without __file__ in typeshed
    return {Path(module.__file__) for module in modules if module.__file__ is not None}


def _imported_by_notebook(source: bytes) -> set[str]:
    """Modules of the course that its code mentions, and names that may be modules."""
    cells = json.loads(source)["cells"]
    code = "\n".join(
        "".join(cell["source"])
        for cell in cells
        if cell["cell_type"] == "code" and role(cell) is not Role.SHOWN
    )
    found = set(_DOTTED.findall(code))
    for module, names in _FROM.findall(code):
        found.update(f"{module}.{name}" for name in _NAME.findall(names))
    return found
