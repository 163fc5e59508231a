"""Which files of the repository are pages of the book, in the order of its contents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

LEARNERS = ("learners", "glossary")
INSTRUCTORS = ("instructors", "semester", "grading", "report", "platforms", "serve", "jupyterhub")


@dataclass(frozen=True)
class Part:
    """A part of the book: its caption, and the paths of its pages below the repository."""

    caption: str
    paths: tuple[str, ...]


def parts(root: Path) -> list[Part]:
    """The parts of the book. A new lesson, exercise or page of docs/ finds its place by itself."""
    docs = {path.stem for path in root.glob("docs/*.md")}
    rest = sorted(docs.difference(LEARNERS, INSTRUCTORS))
    return [
        Part("Lessons", _found(root, "notebooks/*.ipynb")),
        Part("Exercises", _found(root, "release/*/*.ipynb")),
        Part("For learners", _docs(docs, LEARNERS)),
        Part("For instructors", _docs(docs, INSTRUCTORS)),
        Part("For maintainers", _docs(docs, rest)),
    ]


def _found(root: Path, pattern: str) -> tuple[str, ...]:
    return tuple(sorted(path.relative_to(root).as_posix() for path in root.glob(pattern)))


def _docs(there: set[str], names: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"docs/{name}.md" for name in names if name in there)
