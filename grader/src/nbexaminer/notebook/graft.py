"""Set a learner's answers into the source notebook.

Everything but the text of answer cells and the learner's own extra cells is the source's:
tests, points, types, order, tags and metadata. So nothing that a learner does to them matters.
"""

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
    answers = dict(zip(places, submitted, strict=True))  # the last one counts
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
    for number, cell in enumerate(submitted):
        if cell.grade_id is None:
            place, taken = places[number], places[:number]
            if place is None:  # some tools give cells new ids
                place, taken = by_text.get(cell.source.strip()), places
            places[number] = None if place in taken else place
    return places


def _fill(source: Source, cell: Cell, answer: SubmittedCell | None) -> None:
    if cell.is_code:
        cell.content["outputs"], cell.content["execution_count"] = [], None
    if cell.role is Role.ANSWER:
        stub = source.stubs[cell.name]
        # By its checksum nbgrader sees an answer that was left as it was, and says "No response."
        if cell.is_awaited:
            cell.nbgrader["checksum"] = stub.checksum
        answer = answer or SubmittedCell(cell.content["cell_type"], stub.text)
        cell.source = answer.source
        if not cell.is_code:
            cell.content.pop("attachments", None)
            if answer.attachments:
                cell.content["attachments"] = answer.attachments
            # nbgrader has to see where a stub is untouched.
            if answer.source != stub.text:
                cell.source = safe_markdown(answer.source, answer.attachments, answer.left_out)
    elif cell.role in (Role.OPEN, Role.SHOWN) and not cell.is_locked and answer is not None:
        cell.source = answer.source


def _extra(cell: SubmittedCell) -> dict[str, Any]:
    if cell.kind == "code":
        code = {"cell_type": "code", "metadata": {}, "source": cell.source}
        return code | {"execution_count": None, "outputs": []}
    text = safe_markdown(cell.source, cell.attachments, cell.left_out)
    pasted = {"attachments": cell.attachments} if cell.attachments else {}
    return {"cell_type": "markdown", "metadata": {}, "source": text} | pasted
