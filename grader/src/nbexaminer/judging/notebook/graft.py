"""Set a learner's answers into the source notebook.

Everything but the text of answer cells and the learner's own extra cells is the source's:
tests, points, types, order, tags and metadata. So nothing that a learner does to them matters.
"""

import copy
import functools
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from nbexaminer.errors import Malformed
from nbexaminer.judging.notebook.cell import EXTRA, Cell, Role, cells_of
from nbexaminer.judging.notebook.places import Found, find_cells
from nbexaminer.judging.notebook.reader import SubmittedCell
from nbexaminer.judging.notebook.sanitize import safe_markdown
from nbexaminer.judging.notebook.source import Source
from nbexaminer.judging.notebook.texts import words_among


class Grafted(NamedTuple):
    """The source's notebook with the learner's answers and extra cells, without outputs.

    places: of each of its cells in the source; None of a learner's own.
    remarks: what is to be said of answers that were not found as usual, by their grade ids.
    doubts: cells with points that depend on an answer at which a person has to look; it, by their
        grade ids.
    """

    notebook: dict[str, Any]
    places: list[int | None]
    remarks: dict[str, str]
    doubts: dict[str, str]


def graft(source: Source, submitted: Sequence[SubmittedCell], other_file: str = "") -> Grafted:
    """Set a submission into the source's notebook.

    An answer cell takes the text that `places` has found, or the stub. Every other submitted cell
    stays behind the cell that it followed, unless the source has it.

    Args:
        source: The instructor's notebook.
        submitted: The cells that were handed in, as `read_notebook` gives them.
        other_file: The name of another notebook of the exercise that was handed in, or empty.

    Returns:
        The notebook to run, and what a person has to look at in it.

    Raises:
        Malformed: Nothing of the exercise is in what was handed in, or its answers are too long.
    """
    found = find_cells(source, submitted, other_file)
    cells = source.cells
    if not found.is_known and any(cell.source.strip() for cell in submitted):
        raise Malformed("no cell of it is of this exercise: is it the notebook of another one?")
    extras: dict[int, list[SubmittedCell]] = defaultdict(list)
    after = -1
    for number, (cell, place) in enumerate(zip(submitted, found.places, strict=True)):
        if number in found.dropped:
            continue
        if place is None:
            extras[after].append(cell)
        elif number not in found.moved:
            after = place
    notebook = copy.deepcopy(source.notebook)
    grafted = [_extra(cell) for cell in extras[-1]]
    places: list[int | None] = [None] * len(grafted)
    for place, own in enumerate(cells_of(notebook)):
        _fill(source, own, found.answers.get(place))
        grafted.append(own.content)
        grafted += [_extra(extra) for extra in extras[place]]
        places += [place, *[None] * len(extras[place])]
    for number, added in enumerate(c for c in grafted if "id" not in c):
        added["id"] = f"{EXTRA}{number}"
    notebook["cells"] = grafted
    remarks = {cells[place].name: remark for place, remark in sorted(found.remarks.items())}
    doubts = {
        cells[graded].name: cells[place].name
        for place, tests in _doubtful(source, found).items()
        for graded in tests
    }
    return Grafted(dict(notebook), places, remarks, doubts)


def _doubtful(source: Source, found: Found) -> dict[int, list[int]]:
    """For the index of each answer at which a person has to look those of the cells with points
    that depend on it: tests that read a name which it, or an answer that reads one of its names,
    has to define; where it has none, all tests until the next answer; and itself, if it has
    points."""
    if not found.unclear:
        return {}
    cells, every, nothing = source.cells, source.asked, frozenset[str]()
    names = nothing.union(*every.values())
    read = functools.cache(lambda text: words_among(names, text))
    answers = [(index, read(cell.source)) for index, cell in sorted(found.answers.items())]
    depending = {}
    for answer in sorted(found.unclear):
        asked = every.get(answer, nothing)
        for index, words in answers:
            if index in every and asked & words:
                asked |= every[index]
        later = (i for i in range(answer + 1, len(cells)) if cells[i].role is Role.ANSWER)
        end = next(later, len(cells))
        tests = [
            index
            for index, cell in enumerate(cells)
            if cell.role is Role.TEST
            and (asked & read(cell.source) if asked else answer < index < end)
        ]
        depending[answer] = tests + [answer] * cells[answer].is_graded
    return depending


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
