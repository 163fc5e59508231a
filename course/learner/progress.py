"""How far a learner is with the lessons, as their saved copies in work/ say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checks.message import RIGHT
from course.authoring.exercises import ROOT

_HEADING = re.compile(r"^#{1,3} +(.+?) *$", re.M)
_TURN = re.compile(r"\byour_turn\((\w+)")
"""A place where the learner writes (see `checks.your_turn`), and the function's name."""


@dataclass(frozen=True)
class LessonProgress:
    """One lesson.

    Args:
        name: of its file.
        title: its heading.
        run: how many of its code cells were run in the saved copy.
        cells: how many there are.
        finished: whether the last one was. It says nothing of what was understood.
        stopped: the heading above the last cell that was run, or empty.
        cell: the id of that cell, or empty.
        turns: at how many places the learner is to write.
        written: how many of these were right when they were run last.
    saved: when the copy was saved last, in seconds since 1970.
    """

    name: str
    title: str
    run: int
    cells: int
    finished: bool
    stopped: str
    cell: str
    turns: int
    written: int
    saved: float


def lessons(work: Path, root: Path = ROOT) -> list[LessonProgress]:
    """Every lesson of the course, in order; one without a readable copy is not begun."""
    return [_progress(path, work / path.name) for path in sorted(root.glob("notebooks/*.ipynb"))]


def last_in(found: list[LessonProgress]) -> LessonProgress | None:
    """The lesson that was saved last among those begun and not finished, if any."""
    begun = [lesson for lesson in found if lesson.run and not lesson.finished]
    return max(begun, key=lambda lesson: lesson.saved, default=None)


def _progress(original: Path, copy: Path) -> LessonProgress:
    title, stopped, run = original.stem, ("", ""), [False]
    n_cells = len([*_code_cells(original)])
    saved, written = 0.0, 0
    try:
        found = [*_code_cells(copy)]
        saved = copy.stat().st_mtime
        run = [was_run for *_, was_run in found] or run
        written = sum(sum(names.values()) for names in _turns(copy))
        stopped = next(((where, cell) for where, cell, ran in reversed(found) if ran), stopped)
    except (OSError, ValueError, KeyError, TypeError):
        found = []
    first = _HEADING.search(_text(_cells(original)[0]))
    title = first[1] if first else title
    turns = sum(map(len, _turns(original)))
    ran = sum(run), len(found) or n_cells, run[-1]
    return LessonProgress(original.name, title, *ran, *stopped, turns, written, saved)


def _turns(path: Path) -> Iterator[dict[str, bool]]:
    """Of each code cell, the functions that the learner is to write, and whether they were right
    when the cell was run last."""
    for cell in _cells(path):
        if cell["cell_type"] == "code":
            said = "".join("".join(output.get("text", "")) for output in cell["outputs"])
            yield {name: RIGHT.format(name) in said for name in _TURN.findall(_text(cell))}


def _code_cells(path: Path) -> Iterator[tuple[str, str, bool]]:
    """Of each code cell, but for Colab's, the heading above it, its id, and whether it was run."""
    heading = ""
    for cell in _cells(path):
        if cell["cell_type"] == "markdown":
            heading = (_HEADING.findall(_text(cell)) or [heading])[-1]
        elif "remove-cell" not in cell["metadata"].get("tags", ()) and _text(cell).strip():
            yield heading, cell.get("id", ""), cell.get("execution_count") is not None


def _cells(path: Path) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return cells


def _text(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])
