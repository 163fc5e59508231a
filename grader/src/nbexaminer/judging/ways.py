"""How a test cell is run: apart from the answers, beside them in the learner's process, or both."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from nbexaminer.errors import SourceError

KEY = "nbexaminer"
"""Under which a cell's and a notebook's metadata say it: `{"nbexaminer": {"tests": "beside"}}`."""
TESTS = "tests"


class Way(StrEnum):
    """How a test cell can be run."""

    BOTH = "both"
    """Apart, and then beside in a process of its own: it gives what the lower of both gives."""
    APART = "apart"
    """In the test runner alone, out of reach of the learner's code."""
    BESIDE = "beside"
    """In the learner's process alone, whose code can then forge this verdict."""


def ways_of(notebook: Mapping[str, Any], otherwise: Way) -> dict[str, Way]:
    """How each graded cell of a source notebook is run, by its grade id: as the cell says it, else
    as the notebook does, else as `otherwise` has it. Raises SourceError."""
    usual = _said(notebook["metadata"], "the notebook", otherwise)
    found = {}
    for cell in notebook["cells"]:
        about = cell.get("metadata", {})
        if name := (about.get("nbgrader") or {}).get("grade_id"):
            found[str(name)] = _said(about, f"the cell {name!r}", usual)
    return found


def _said(metadata: Mapping[str, Any], who: str, otherwise: Way) -> Way:
    about = metadata.get(KEY, {})
    said = about.get(TESTS, otherwise) if isinstance(about, Mapping) else about
    if said not in list(Way):
        raise SourceError(
            f'{who} says in its metadata that its "{TESTS}" are {said!r}: there are "both", '
            '"apart" and "beside"'
        )
    return Way(said)


def set_way(cell: dict[str, Any], way: Way) -> None:
    """Have a cell of a source notebook say how its tests are run."""
    cell["metadata"].setdefault(KEY, {})[TESTS] = str(way)
