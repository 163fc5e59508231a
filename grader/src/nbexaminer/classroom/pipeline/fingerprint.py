"""What a grade depends on, as hashes: files, the code that grades, and answers."""

import contextlib
import dataclasses
import functools
import importlib.metadata
import json
import re
import sys
from collections.abc import Iterable
from modulefinder import ModuleFinder
from pathlib import Path
from typing import Any

from nbexaminer.files import hash_of
from nbexaminer.judging.notebook.cell import Cell, Role, cells_of
from nbexaminer.judging.profile import Profile
from nbexaminer.judging.session.verdicts import WORTH, Outcome
from nbexaminer.sandbox.system_calls import KNOWN_CALLS
from nbexaminer.sandbox.view import PACKAGE

GRADING = (
    "nbexaminer.classroom.pipeline.workers",
    "nbexaminer.judging.session.learner",
    "nbexaminer.judging.session.test_runner",
    "nbexaminer.sandbox.zygote",
)
"""The modules that grading starts from; the last three are started by name."""
LIBRARIES = ("numpy", "IPython")
"""Those whose versions a grade depends on, with what the profile names as warm."""

_NAME = re.compile(r"\w+")


def version_now(source: bytes, profile: Profile) -> str:
    """Hash of the code that grades a source notebook.

    This package and the system calls that it allows, the course's modules that the notebook
    imports, what these import, the course's profile, and the versions of the libraries. Modules for
    other exercises don't count, nor does the folder that the course lies in.
    """
    files = sorted(code_that_grades(source, profile).items())
    shown = dataclasses.astuple(dataclasses.replace(profile, root=None))
    return hash_of(files, KNOWN_CALLS, shown, _libraries(profile), sys.version_info[:2])


grading_version = functools.lru_cache(version_now)
"""`version_now`, of when this process asked first."""


def _libraries(profile: Profile) -> dict[str, str]:
    """The versions of the libraries, as far as they are not the course's own modules."""
    found = {}
    for name in (*LIBRARIES, *(module.partition(".")[0] for module in profile.warm)):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def grounds(notebook: dict[str, Any]) -> dict[str, str]:
    """Hash of what the points of each cell of a graded notebook are for, by grade id, and, as
    `WORTH` names it, how many there are.

    For an answer that a human grades its text and pictures; for a test whether it passed, or its
    score, and all of the learner's code.
    """
    cells = cells_of(notebook)
    code = [c.source for c in cells if c.is_code and c.role in (Role.ANSWER, Role.OPEN)]
    hashes = {WORTH.format(c.name): f"{c.worth:g}" for c in cells if c.is_graded or c.is_task}
    for cell in cells:
        if cell.is_graded and cell.role is Role.TEST:
            passed = cell.note.get("outcome") == Outcome.PASSED
            hashes[cell.name] = hash_of(code, cell.note.get("score", passed))
        elif cell.is_graded:
            hashes[cell.name] = hash_of(cell.source, cell.content.get("attachments", {}))
    return hashes


class _OwnModules(ModuleFinder):
    """Finds modules of some packages alone, also where they lie among a thousand others."""

    def __init__(self, packages: Iterable[str], path: list[str]) -> None:
        super().__init__(path=path)
        self._packages = frozenset(packages)

    def find_module(self, name: str, path: Any, parent: Any = None) -> Any:
        if path is None and name not in self._packages:
            raise ImportError(name)
        return super().find_module(name, path, parent)  # not in typeshed


def code_that_grades(source: bytes, profile: Profile) -> dict[str, Path]:
    """The modules of this package and of the course that grading a source notebook imports, and
    their files; nothing is executed."""
    course = profile.packages(*profile.parts)
    path = [str(PACKAGE.parent), *([str(profile.root)] if profile.root else [])]
    finder = _OwnModules([PACKAGE.name, *course], path)
    for name in GRADING:
        finder.import_hook(name)
    for name in _imported_by_notebook(source, course):
        with contextlib.suppress(ImportError, SyntaxError):  # or a name in a module
            finder.import_hook(name)
    modules: dict[str, Any] = finder.modules  # without __file__ in typeshed
    return {name: Path(m.__file__) for name, m in modules.items() if m.__file__ is not None}


def _imported_by_notebook(source: bytes, packages: Iterable[str]) -> set[str]:
    """Modules of the course's packages that its code mentions, and names that may be modules."""
    cells = map(Cell, json.loads(source)["cells"])
    code = "\n".join(
        "".join(cell.content["source"])
        for cell in cells
        if cell.is_code and cell.role is not Role.SHOWN
    )
    found: set[str] = set()
    for package in map(re.escape, packages):
        found.update(re.findall(rf"\b{package}(?:\.\w+)+", code))
        imports = re.findall(rf"\bfrom +({package}\b[\w.]*) +import +(\([^)]*|.+)", code)
        for module, names in imports:
            found.update(f"{module}.{name}" for name in _NAME.findall(names))
    return found
