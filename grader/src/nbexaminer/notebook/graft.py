"""Set a learner's answers into the source notebook.

Everything but the text of answer cells and the learner's own extra cells is the source's:
tests, points, types, order, tags and metadata. So nothing that a learner does to them matters.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from nbexaminer.notebook.cell import Cell, Role, cells_of
from nbexaminer.notebook.harmless import safe_markdown
from nbexaminer.notebook.reader import SubmittedCell
from nbexaminer.notebook.source import Source


def graft(source: Source, submitted: Sequence[SubmittedCell]) -> dict[str, Any]:
    """The source's notebook with the learner's answers and extra cells, without outputs.

    An answer cell takes the text of the *last* submitted cell with its grade id, as running the
    submission would; one without such a cell takes the stub. Every other submitted cell stays
    behind the cell that it followed, unless the source has it.
    """
    places, cells = _match(source, submitted), source.cells
    answers = {
        place: cell for cell, place in zip(submitted, places, strict=True) if place is not None
    }
    extras: dict[int, list[SubmittedCell]] = defaultdict(list)
    after = -1
    for cell, place in zip(submitted, places, strict=True):
        if place is None:
            extras[after].append(cell)
        elif answers[place] is cell:
            after = place
        elif cells[place].role is Role.ANSWER:
            extras[after].append(cell)  # an earlier copy of an answer cell
    notebook = copy.deepcopy(source.notebook)
    grafted = [_extra(cell) for cell in extras[-1]]
    for place, own in enumerate(cells_of(notebook)):
        _fill(source, own, answers.get(place))
        grafted.append(own.content)
        grafted += [_extra(extra) for extra in extras[place]]
    for number, added in enumerate(c for c in grafted if "id" not in c):
        added["id"] = f"extra-{number}"
    notebook["cells"] = grafted
    return dict(notebook)


def _match(source: Source, submitted: Sequence[SubmittedCell]) -> list[int | None]:
    """For each submitted cell, the index of the source's cell that it is."""
    cells = source.cells
    by_grade_id = {c.grade_id: i for i, c in enumerate(cells) if c.grade_id is not None}
    plain = [i for i, c in enumerate(cells) if c.grade_id is None]
    by_id: dict[str | None, int] = {cells[i].content["id"]: i for i in plain}
    by_text = {cells[i].source.strip(): i for i in reversed(plain)}
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


def _fill(source: Source, cell: Cell, answer: SubmittedCell | None) -> None:
    if cell.is_code:
        cell.content["outputs"], cell.content["execution_count"] = [], None
    if cell.role is Role.ANSWER:
        stub = source.stubs[cell.name]
        # By its checksum nbgrader sees an answer that was left as it was, and says "No response."
        if cell.is_awaited:
            cell.nbgrader["checksum"] = stub.checksum
        text = stub.text if answer is None else answer.source
        if cell.is_code:
            cell.source = text
        else:
            _fill_text(cell, stub.text, text, answer)
    elif cell.role in (Role.OPEN, Role.SHOWN) and not cell.is_locked and answer is not None:
        cell.source = answer.source


def _fill_text(cell: Cell, stub: str, text: str, answer: SubmittedCell | None) -> None:
    attachments = answer.attachments if answer is not None else {}
    left_out = answer.left_out if answer is not None else {}
    cell.content.pop("attachments", None)
    if attachments:
        cell.content["attachments"] = attachments
    # An untouched stub has to stay as it is, so that nbgrader sees that there is no answer.
    cell.source = text if text == stub else safe_markdown(text, attachments, left_out)


def _extra(cell: SubmittedCell) -> dict[str, Any]:
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
