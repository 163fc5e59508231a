"""What the pages for instructors tell them to type: their indented lines, in order."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from course.authoring.exercises import ROOT

GRADER = ROOT / "grader"
PAGES = {
    path.stem: path
    for path in (
        ROOT / "docs" / "instructors.md",
        GRADER / "README.md",
        *sorted(GRADER.glob("docs/*.md")),
    )
}
"""The course's page and the grader's own, by their names."""


@dataclass(frozen=True)
class Line:
    """An indented line of a page, below the heading `section`."""

    page: str
    section: str
    number: int
    text: str

    def __str__(self) -> str:
        return f"{self.page}.md:{self.number}: {self.text}"

    @property
    def words(self) -> tuple[str, ...]:
        """Of a command, as the shell takes them."""
        return tuple(shlex.split(self.text, comments=True))


@dataclass(frozen=True)
class Section:
    """A heading of a page, and the indented lines below it."""

    page: str
    heading: str
    lines: tuple[Line, ...]


def sections(page: str) -> list[Section]:
    """Those of the page of that name, whose title is the first."""
    found: list[tuple[str, list[Line]]] = []
    fenced = False
    for number, text in enumerate(PAGES[page].read_text().splitlines(), 1):
        fenced ^= text.startswith("```")
        heading = re.match(r"#+ (.+)", text)
        if heading and not fenced:
            found.append((heading[1], []))
        elif text.startswith("    ") and not fenced:
            found[-1][1].append(Line(page, found[-1][0], number, text.strip()))
    return [Section(page, heading, tuple(lines)) for heading, lines in found]
