"""Which files of the repository are pages of the book, in the order of its contents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

LEARNERS = ("learners", "chatbots", "glossary")
INSTRUCTORS = ("instructors", "adapt", "jupyterhub", "notice")
WHOLE_MODEL = "course/book/whole-model.md"
"""The model that runs in the book, as one reads it. It shows the files themselves."""
GRADER = ("semester", "report", "platforms", "serve", "how-it-works")


@dataclass(frozen=True)
class Part:
    """A part of the book: its caption, and the paths of its pages below the repository."""

    caption: str
    paths: tuple[str, ...]


def parts(root: Path) -> list[Part]:
    """The parts of the book. A new lesson, exercise or page of docs/ or grader/docs/ finds its
    place by itself."""
    docs = _names(root / "docs")
    grader = _names(root / "grader" / "docs")
    return [
        Part("Lessons", _found(root, "notebooks/*.ipynb")),
        Part("Exercises", _found(root, "release/*/*.ipynb")),
        Part("For learners", (*_pages("docs", docs, LEARNERS), *_found(root, WHOLE_MODEL))),
        Part("For instructors", _pages("docs", docs, INSTRUCTORS)),
        Part(
            "The grader",
            (
                *_found(root, "grader/README.md"),
                *_pages("grader/docs", grader, GRADER),
                *_pages("grader/docs", grader, sorted(grader.difference(GRADER))),
            ),
        ),
        Part(
            "For maintainers", _pages("docs", docs, sorted(docs.difference(LEARNERS, INSTRUCTORS)))
        ),
    ]


def _names(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.md")}


def _found(root: Path, pattern: str) -> tuple[str, ...]:
    return tuple(sorted(path.relative_to(root).as_posix() for path in root.glob(pattern)))


def _pages(folder: str, there: set[str], names: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{folder}/{name}.md" for name in names if name in there)
