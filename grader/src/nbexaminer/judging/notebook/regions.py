"""The parts of a source notebook that learners don't get: marked as nbgrader takes them out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nbexaminer.errors import SourceError
from nbexaminer.judging.notebook.cell import Cell


@dataclass(frozen=True)
class Regions:
    """One kind of them.

    name: what such a region is, in words.
    begin, end: what the lines have that mark it.
    belongs: whether a cell may have one.
    place: in words, where one belongs; empty where nbgrader takes it anywhere.
    """

    name: str
    begin: str
    end: str
    belongs: Callable[[Cell], bool]
    place: str


def check_regions(cells: Sequence[Cell], regions: Regions) -> None:
    """Raise SourceError, with what would be right, for a region that nbgrader refuses to take out:
    one that has no end, that begins in another one, or that lies where none belongs."""
    for number, cell in enumerate(cells, 1):
        began = 0
        for line, text in enumerate(cell.source.split("\n"), 1):
            if regions.begin in text:
                if regions.place and not regions.belongs(cell):
                    raise SourceError(
                        f"{_named(cell, number)} has a {regions.name} (line {line}: "
                        f"{text.strip()!r}), which only belongs in {regions.place}: make it one, "
                        "or take the line out"
                    )
                if began:
                    raise SourceError(
                        f"{_named(cell, number)} has a {regions.name} that begins in line {line} "
                        f"while the one of line {began} has not ended: put {regions.end!r} "
                        "between them, or take one of the lines out"
                    )
                began = line
            elif regions.end in text:
                began = 0
        if began:
            raise SourceError(
                f"{_named(cell, number)} has a {regions.name} that begins in line {began} and does "
                f"not end: put {regions.end!r} behind its last line"
            )


def _named(cell: Cell, number: int) -> str:
    """A cell as an instructor finds it."""
    if cell.grade_id is not None:
        return f"the cell {cell.grade_id!r}"
    begins = next((line.strip() for line in cell.source.split("\n") if line.strip()), "")
    return f"cell {number}, which begins with {begins[:60]!r},"
