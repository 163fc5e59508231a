"""Set a learner's answers into the source notebook.

Everything but the text of answer cells and the learner's own extra cells is the source's:
tests, points, types, order, tags and metadata. So nothing that a learner does to them matters.
"""

from __future__ import annotations

import copy
import functools
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from nbexaminer.notebook.harmless import safe_markdown
from nbexaminer.notebook.reader import Cell


class Role(StrEnum):
    """What grading does with a cell."""

    TEST = "test"
    """Code with points and no answer: the examiner runs it."""
    ANSWER = "answer"
    """The learner's text, code or prose."""
    GIVEN = "given"
    """Locked code that is no test: run by learner and examiner both."""
    OPEN = "open"
    """Code of the source's that a learner may change and that is not graded."""
    SHOWN = "shown"
    """Code of the source's that only shows something, locked or not: nobody runs it."""
    TEXT = "text"
    """Text of the source's."""


NOT_GRADED = "not-graded"
"""The tag in the source that makes a cell one that is only shown."""


UNGRADED = "try-"
"""How the grade id of an answer begins that has neither points nor tests: nobody misses it."""


class SourceError(ValueError):
    """The instructor's notebook can't be graded with; the message says why."""


class Stub(NamedTuple):
    """An answer cell as learners get it: its text, and nbgrader's checksum of it."""

    text: str
    checksum: str


@dataclass(frozen=True)
class Source:
    """An instructor's notebook, ready to take answers. From `read_source`."""

    notebook: dict[str, Any]
    roles: tuple[Role, ...]
    stubs: dict[str, Stub]
    """What learners get in each answer cell, by grade id."""
    data: bytes
    """The file that it was read from."""

    @property
    def cells(self) -> list[dict[str, Any]]:
        """Its cells, in the notebook format's form; `roles` has one for each."""
        return list(self.notebook["cells"])


@functools.lru_cache(maxsize=64)
def read_source(data: bytes) -> Source:
    """Read an instructor's notebook. Raises SourceError."""
    try:
        notebook = json.loads(data)
        if notebook["nbformat"] != 4:
            raise SourceError("the source notebook is not in format 4")
        cells = notebook["cells"]
        for cell in cells:
            cell["source"] = "".join(cell["source"])
        roles = tuple(role(cell) for cell in cells)
        ids = [i for i in map(grade_id, cells) if i is not None]
        stubs = _stubs(data)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(f"the source notebook can't be read: {error!r}") from None
    if double := {i for i in ids if ids.count(i) > 1}:
        raise SourceError(f"the source notebook has two cells {sorted(double)[0]!r}")
    notebook["nbformat_minor"] = 5
    for number, cell in enumerate(cells):
        cell.setdefault("id", f"source-{number}")
    return Source(notebook, roles, stubs, data)


def _stubs(data: bytes) -> dict[str, Stub]:
    # nbgrader is slow to import, and a source is read once in a process.
    import nbformat
    from nbgrader.preprocessors import ClearMarkScheme, ClearSolutions
    from nbgrader.utils import compute_checksum

    notebook = nbformat.reads(data.decode(), as_version=4)
    for preprocessor in (ClearSolutions(), ClearMarkScheme(enforce_metadata=False)):
        notebook, _ = preprocessor.preprocess(notebook, {})
    answers = [c for c in notebook["cells"] if role(c) is Role.ANSWER]
    return {grade_id(c): Stub(c["source"], compute_checksum(c)) for c in answers}


def _nbgrader(cell: dict[str, Any]) -> dict[str, Any]:
    return dict(cell.get("metadata", {}).get("nbgrader", {}))


def _is_locked(cell: dict[str, Any]) -> bool:
    return bool(_nbgrader(cell).get("locked"))


def grade_id(cell: dict[str, Any]) -> Any:
    """nbgrader's id of a cell, or None for one that it doesn't manage."""
    nbgrader = _nbgrader(cell)
    managed = any(nbgrader.get(k) for k in ("grade", "solution", "locked", "task"))
    return nbgrader.get("grade_id") if managed else None


def role(cell: dict[str, Any]) -> Role:
    """What grading does with a cell of the source, or of a grafted notebook."""
    nbgrader = _nbgrader(cell)
    if nbgrader.get("solution"):
        return Role.ANSWER
    if cell["cell_type"] != "code":
        return Role.TEXT
    if nbgrader.get("grade"):
        return Role.TEST
    if NOT_GRADED in cell.get("metadata", {}).get("tags", ()):
        return Role.SHOWN
    return Role.GIVEN if _is_locked(cell) else Role.OPEN


def is_awaited(cell: dict[str, Any]) -> bool:
    """Whether a cell is an answer that learners have to give."""
    return role(cell) is Role.ANSWER and not str(grade_id(cell)).startswith(UNGRADED)


def graft(source: Source, submitted: Sequence[Cell]) -> dict[str, Any]:
    """The source's notebook with the learner's answers and extra cells, without outputs.

    An answer cell takes the text of the *last* submitted cell with its grade id, as running the
    submission would; one without such a cell takes the stub. Every other submitted cell stays
    behind the cell that it followed, unless the source has it.
    """
    places = _match(source, submitted)
    answers = {
        place: cell for cell, place in zip(submitted, places, strict=True) if place is not None
    }
    extras: dict[int, list[Cell]] = defaultdict(list)
    after = -1
    for cell, place in zip(submitted, places, strict=True):
        if place is None:
            extras[after].append(cell)
        elif answers[place] is cell:
            after = place
        elif source.roles[place] is Role.ANSWER:
            extras[after].append(cell)  # an earlier copy of an answer cell
    notebook = copy.deepcopy(source.notebook)
    cells = notebook["cells"]
    grafted = [_extra(cell) for cell in extras[-1]]
    for place, cell in enumerate(cells):
        _fill(source, place, cell, answers.get(place))
        grafted.append(cell)
        grafted += [_extra(extra) for extra in extras[place]]
    for number, added in enumerate(c for c in grafted if "id" not in c):
        added["id"] = f"extra-{number}"
    notebook["cells"] = grafted
    return dict(notebook)


def _match(source: Source, submitted: Sequence[Cell]) -> list[int | None]:
    """For each submitted cell, the index of the source's cell that it is."""
    by_grade_id = {grade_id(c): i for i, c in enumerate(source.cells) if grade_id(c) is not None}
    plain = [i for i, c in enumerate(source.cells) if grade_id(c) is None]
    by_id: dict[str | None, int] = {source.cells[i]["id"]: i for i in plain}
    by_text = {source.cells[i]["source"].strip(): i for i in reversed(plain)}
    places = [
        by_grade_id.get(cell.grade_id) if cell.grade_id is not None else by_id.get(cell.id)
        for cell in submitted
    ]
    taken: set[int] = set()
    for number, cell in enumerate(submitted):
        place = places[number]
        if place is None and cell.grade_id is None:
            # Some tools give cells new ids.
            place = by_text.get(cell.source.strip())
            place = None if place in places else place
        if cell.grade_id is None and place in taken:
            place = None
        if place is not None:
            taken.add(place)
        places[number] = place
    return places


def _fill(source: Source, place: int, cell: dict[str, Any], answer: Cell | None) -> None:
    kind = source.roles[place]
    if cell["cell_type"] == "code":
        cell["outputs"], cell["execution_count"] = [], None
    if kind is Role.ANSWER:
        stub = source.stubs[grade_id(cell)]
        # By its checksum nbgrader sees an answer that was left as it was, and says "No response."
        if is_awaited(cell):
            cell["metadata"]["nbgrader"]["checksum"] = stub.checksum
        text = stub.text if answer is None else answer.source
        if cell["cell_type"] != "code":
            _fill_text(cell, stub.text, text, answer)
        else:
            cell["source"] = text
    elif kind in (Role.OPEN, Role.SHOWN) and not _is_locked(cell) and answer is not None:
        cell["source"] = answer.source


def _fill_text(cell: dict[str, Any], stub: str, text: str, answer: Cell | None) -> None:
    attachments = answer.attachments if answer is not None else {}
    left_out = answer.left_out if answer is not None else {}
    cell.pop("attachments", None)
    if attachments:
        cell["attachments"] = attachments
    # An untouched stub has to stay as it is, so that nbgrader sees that there is no answer.
    cell["source"] = text if text == stub else safe_markdown(text, attachments, left_out)


def _extra(cell: Cell) -> dict[str, Any]:
    if cell.kind == "code":
        return {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": cell.source,
        }
    extra: dict[str, Any] = {
        "cell_type": "markdown",
        "metadata": {},
        "source": safe_markdown(cell.source, cell.attachments, cell.left_out),
    }
    if cell.attachments:
        extra["attachments"] = cell.attachments
    return extra
