"""What another course would lose: a grader that needs nothing of the one beside it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from nbexaminer.sandbox.view import PACKAGE

COURSE = ("helpers", "reference", "checks", "course", "models", "llm_basics")
"""Packages of the course on the same lot."""
FLOORS = (
    ("lean_imports", "typed", "errors", "configuration", "files"),
    ("ways", "database", "sandbox"),
    ("profile", "limits"),
    ("settings",),
    ("course_folder",),
    ("intake",),
    ("notebook", "people"),
    ("message", "isolation", "lms"),
    ("examination", "similarity", "deadlines"),
    ("gradebook", "pages"),
    ("conveyor",),
    ("nbgrader_plugins", "commands"),
    ("nbgrader_config", "__main__"),
)
"""The rooms and single modules, from the ground up: each knows only what lies below it."""
OF_THE_SANDBOX = ("sandbox", "errors")
"""What the sandbox knows of this package: itself, and how to say that there is none."""
LMS = ("lms", "errors", "files", "typed", "configuration", "database", "intake", "people")
"""What `lms` may know, so that stock nbgrader can use it without what grades."""
FILES = sorted(PACKAGE.rglob("*.py"))


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imports(path: Path) -> Iterator[str]:
    """Modules that a file imports anywhere, dotted."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: one way to import a thing, by its whole name"
            yield from (f"{node.module}.{name.name}" for name in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_knows_the_course_beside_it(path: Path) -> None:
    """An instructor with another course would read of modules that they lack."""
    assert not {name.partition(".")[0] for name in _imports(path)} & {*COURSE}
    dotted = rf"\b({'|'.join(COURSE)})\\?\.[a-z_\\]+(?!\()"
    code = ast.parse(path.read_text())
    texts = [
        n.value for n in ast.walk(code) if isinstance(n, ast.Constant) and type(n.value) is str
    ]
    shown = [text for text in texts if re.search(dotted, text) or "llm-basics" in text]
    assert shown == []


def test_dependencies_point_down() -> None:
    """Who changes a room would have to know the rooms above it as well."""
    floor = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    assert {_room(path) for path in FILES} - {"__init__"} == floor.keys()
    up = set()
    for path in FILES:
        for name in _imports(path):
            package, _, rest = name.partition(".")
            room = rest.partition(".")[0]
            if package != PACKAGE.name or room not in floor or room == _room(path):
                continue
            is_foreign = _room(path) == "lms" and room not in LMS
            if is_foreign or floor[room] >= floor.get(_room(path), len(FLOORS)):
                up.add(f"{path.relative_to(PACKAGE)} imports {name}")
    assert sorted(up) == []


def test_the_sandbox_knows_nothing_of_notebooks() -> None:
    """Who grades something else would have to have a course, its settings and nbgrader."""
    known = [f"{PACKAGE.name}.{room}" for room in OF_THE_SANDBOX]
    others = {"nbgrader", "nbformat", "traitlets", "IPython", "jupyter_client"}
    for path in (PACKAGE / "sandbox").glob("*.py"):
        for name in _imports(path):
            ours = any(f"{name}.".startswith(f"{room}.") for room in known)
            assert ours or name.partition(".")[0] not in {PACKAGE.name, *others}, f"{path}: {name}"


def test_no_room_is_a_quarter_of_the_house() -> None:
    """Who looks for a thing would search in a hall."""
    lines = {path: len(path.read_text().splitlines()) for path in FILES}
    for room in {_room(path) for path in FILES}:
        share = sum(n for path, n in lines.items() if _room(path) == room) / sum(lines.values())
        assert share < 0.25, f"{room} has {share:.0%} of all lines"


def test_each_module_says_what_it_is_for() -> None:
    """A reader would have to open it to find out."""
    silent = [p for p in FILES if not (ast.get_docstring(ast.parse(p.read_text())) or "").strip()]
    assert silent == []
