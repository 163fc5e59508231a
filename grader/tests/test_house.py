"""What another course would lose: a grader that needs nothing of the one beside it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from nbexaminer.sandbox.view import PACKAGE

COURSE = ("helpers", "reference", "checks", "course", "llm_basics")
"""Packages of the course on the same lot."""
FLOORS = (
    ("startup", "cli", "errors", "configuration", "files"),
    ("sandbox",),
    ("judging",),
    ("profile", "settings"),
    ("classroom",),
    ("lms",),
    ("nbgrader_plugins", "commands"),
    ("nbgrader_config", "__main__"),
)
"""The parts and single modules, from the ground up: each knows only what lies below it."""
WITHIN = {
    "judging": (
        ("ways", "limits"),
        ("profile", "notebook"),
        ("message", "names"),
        ("codecs",),
        ("session",),
    ),
    "classroom": (
        ("database", "course_folder"),
        ("intake",),
        ("roster", "uploads", "similarity"),
        ("deadlines",),
        ("gradebook", "pages"),
        ("pipeline",),
    ),
}
"""The same inside of the two that have packages of their own."""
OF_THE_SANDBOX = ("sandbox", "errors")
"""What the sandbox knows of this package: itself, and how to say that there is none."""
GROUND = ("lms", "errors", "files", "cli", "configuration")
OF_A_CLASSROOM = ("database", "intake", "roster", "uploads")
"""What `lms` may know, so that stock nbgrader can use it without what grades."""
FILES = sorted(PACKAGE.rglob("*.py"))


def _part(path: Path, depth: int = 0) -> str:
    """The part of the package that a file belongs to, or the one inside of that."""
    parts = path.relative_to(PACKAGE).parts
    return parts[min(depth, len(parts) - 1)].removesuffix(".py")


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


def _pointing_up(floors: Sequence[Sequence[str]], files: Sequence[Path], depth: int) -> list[str]:
    """Imports among these files of what isn't below, by the floors of that depth."""
    floor = {part: number for number, parts in enumerate(floors) for part in parts}
    assert {_part(path, depth) for path in files} - {"__init__"} == floor.keys()
    above = PACKAGE.name, *files[0].relative_to(PACKAGE).parts[:depth]
    up = []
    for path in files:
        here = _part(path, depth)
        for name in _imports(path):
            words = name.split(".")
            part = ".".join(words[depth + 1 : depth + 2])
            if tuple(words[: depth + 1]) != above or part not in floor or part == here:
                continue
            if floor[part] >= floor.get(here, len(floors)):
                up.append(f"{path.relative_to(PACKAGE)} imports {name}")
    return up


def test_dependencies_point_down() -> None:
    """Who changes a part would have to know those above it as well."""
    assert _pointing_up(FLOORS, FILES, 0) == []
    for part, floors in WITHIN.items():
        assert _pointing_up(floors, sorted((PACKAGE / part).rglob("*.py")), 1) == []


def test_learning_platforms_need_nothing_that_grades() -> None:
    """Who has stock nbgrader and a platform would have to take all of this package."""
    known = [f"{PACKAGE.name}.{name}." for name in GROUND]
    known += [f"{PACKAGE.name}.classroom.{name}." for name in OF_A_CLASSROOM]
    for path in (PACKAGE / "lms").rglob("*.py"):
        ours = [name for name in _imports(path) if name.startswith(f"{PACKAGE.name}.")]
        assert [n for n in ours if not f"{n}.".startswith(tuple(known))] == [], path.name


def test_the_sandbox_knows_nothing_of_notebooks() -> None:
    """Who grades something else would have to have a course, its settings and nbgrader."""
    known = [f"{PACKAGE.name}.{room}" for room in OF_THE_SANDBOX]
    others = {"nbgrader", "nbformat", "traitlets", "IPython", "jupyter_client"}
    for path in (PACKAGE / "sandbox").glob("*.py"):
        for name in _imports(path):
            ours = any(f"{name}.".startswith(f"{room}.") for room in known)
            assert ours or name.partition(".")[0] not in {PACKAGE.name, *others}, f"{path}: {name}"


def test_no_package_is_a_quarter_of_the_whole() -> None:
    """Who looks for a thing would search in a hall."""
    lines = {path: len(path.read_text().splitlines()) for path in FILES}
    for folder in {path.parent for path in FILES}:
        share = sum(n for path, n in lines.items() if path.parent == folder) / sum(lines.values())
        assert share < 0.25, f"{folder.name} has {share:.0%} of all lines"


def test_each_module_says_what_it_is_for() -> None:
    """A reader would have to open it to find out."""
    silent = [p for p in FILES if not (ast.get_docstring(ast.parse(p.read_text())) or "").strip()]
    assert silent == []
