"""A notebook for readers without a kernel: what it has stored, and answers folded until clicked.

A question is a cell that shows `predict(…)`. What the next cell shows is folded, together with what
the text after it folds itself, as `TOLD`. Where the learner is to write, the stub of their own copy
stands in sight, and the lesson's lines are folded, with what came of them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from course.book.formulas import in_summaries
from course.learner.work import SOLUTION, STUB

Cell = dict[str, Any]

QUESTION = "<p><b>Predict:</b>"
"""How the page without a kernel of a question begins that `helpers.predict` asks."""
TOLD = "<details><summary>What came out</summary>"
"""How the text behind a measurement begins. It gives nothing away."""
OPEN = TOLD.replace("<details>", '<details class="answer">\n')
LINES = OPEN.replace("What came out", "The lesson's own lines, and what came out")
CLOSE = "</details>"
_MARKS = re.compile(r"^ *### (?:BEGIN|END) SOLUTION\n", re.M)
_LEFT_OUT = "remove-cell"
"""The tag of a cell that says nothing to readers, such as the one for Google Colab."""
_WIDGET = "application/vnd.jupyter.widget-view+json"
_CONTROLS = '<p class="controls">Here the notebook has controls that redraw the picture.</p>'
_KERNEL = "This needs a kernel, which you get when you {}."
"""What is said below anything that needs one, with the links that open the notebook."""
_EXERCISE = (
    '<p class="controls">Here you can read the exercise. To write your answers and have them '
    "checked, open it with one of these links:</p>"
)


def for_readers(notebook: dict[str, Any], launchers: list[tuple[str, str]]) -> dict[str, Any]:
    """The notebook as the book shows it.

    Args:
        notebook: as JSON gives it; it stays as it is.
        launchers: labels and links that stand below the title.
    """
    kept = [cell for cell in notebook["cells"] if _LEFT_OUT not in cell["metadata"].get("tags", [])]
    cells = [_plain(cell, launchers) for cell in kept]
    title, _, rest = cells[0]["source"].partition("\n")
    links = " ".join(f'<a href="{html.escape(to)}">{label}</a>' for label, to in launchers)
    links += ' <button type="button" class="all-answers" hidden>Show all answers</button>'
    is_exercise = not any(cell.get("outputs") for cell in notebook["cells"])
    said = f"{_EXERCISE}\n\n" if is_exercise else ""
    cells[0] = _text(f'{title}\n\n{said}<p class="launchers">{links}</p>\n\n{rest}')
    folded = [{**cell, "id": f"cell-{i}"} for i, cell in enumerate(_Folding().fold(cells))]
    return {
        "cells": folded,
        "metadata": notebook["metadata"],
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def source_of(cell: Cell) -> str:
    """The text of a cell."""
    return "".join(cell["source"])


def _text(source: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def _plain(cell: Cell, launchers: list[tuple[str, str]]) -> Cell:
    """A copy without what needs a kernel: of a widget there is what stands for it."""
    copy = {**cell, "source": source_of(cell), "metadata": {}}
    copy.pop("attachments", None)
    if cell["cell_type"] != "code":
        copy["source"] = in_summaries(copy["source"])
        return copy
    copy["outputs"] = []
    for output in cell["outputs"]:
        copy["outputs"] += [_shown(output, cell), *_below(output, launchers)]
        if alt := output.get("metadata", {}).get("image/png", {}).get("alt"):
            copy["metadata"] = {"mystnb": {"image": {"alt": alt}}}
    return copy


def _shown(output: dict[str, Any], cell: Cell) -> dict[str, Any]:
    data = output.get("data")
    if data is None:
        return output
    if "image/png" in data:
        if "alt" not in output["metadata"].get("image/png", {}):
            raise ValueError(f"a picture of cell {cell.get('id')!r} has no alternative text")
        kept = {"image/png": data["image/png"]}
    elif "text/html" in data:
        kept = {"text/html": data["text/html"]}
    elif _WIDGET in data:
        kept = {"text/html": _CONTROLS}
    else:
        kept = {"text/plain": data["text/plain"]}
    return {"output_type": "display_data", "data": kept, "metadata": {}}


def _below(output: dict[str, Any], launchers: list[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """What the book adds to an output: a way to a kernel; for its script, a heat map's numbers."""
    said = ""
    if _WIDGET in output.get("data", {}) and not _is_question(output):
        ways = [
            f'<a href="{html.escape(to)}">{label.replace("Open", "open it")}</a>'
            for label, to in launchers
            if label.startswith("Open")
        ] or [f'run <a href="{html.escape(launchers[-1][1])}">the notebook</a> yourself']
        said = f'<p class="controls">{_KERNEL.format(" or ".join(ways))}</p>'
    elif maps := output.get("metadata", {}).get("image/png", {}).get("maps"):
        numbers = maps.replace("<", "\\u003c")
        said = f'<script type="application/json" class="maps">{numbers}</script>'
    if said:
        yield {"output_type": "display_data", "data": {"text/html": said}, "metadata": {}}


class _Folding:
    """Goes through the cells of a notebook. One of two things may hold, or neither."""

    def __init__(self) -> None:
        self._asked = False
        """A question has been asked, and what answers it has not been met."""
        self._open = False
        """What is being written belongs to an answer."""

    def fold(self, cells: list[Cell]) -> Iterator[Cell]:
        """The cells, and between them what opens and closes a fold."""
        for cell in cells:
            if cell["cell_type"] == "markdown":
                yield from self._prose(cell)
            elif cell["cell_type"] == "code":
                yield from self._code(cell)
        yield from self._close()

    def _prose(self, cell: Cell) -> Iterator[Cell]:
        source = cell["source"]
        if self._open and source.startswith(TOLD):
            told, source = _told(source)
            yield _text(told)
        yield from self._close()
        if source:
            yield _text(source)

    def _code(self, cell: Cell) -> Iterator[Cell]:
        if _asks(cell):
            before = [output for output in cell["outputs"] if not _is_question(output)]
            if self._open and not before:
                yield from self._close()
            yield {**cell, "outputs": before}
            yield from self._close()
            for question in filter(_is_question, cell["outputs"]):
                asked = "".join(question["data"]["text/html"])
                yield _text(f'<div class="prediction">{asked}</div>')
            self._asked = True
        elif (stub := SOLUTION.sub(STUB, cell["source"])) != cell["source"]:
            yield from self._close()
            yield {**cell, "source": stub, "outputs": []}
            yield _text(LINES)
            yield {**cell, "source": _MARKS.sub("", cell["source"])}
            self._open = True
            if not self._asked:  # no text behind it tells what came out
                yield from self._close()
            self._asked = False
        elif self._asked and cell["outputs"]:
            yield {**cell, "outputs": []}
            yield _text(OPEN)
            yield {**cell, "metadata": {**cell["metadata"], "tags": ["remove-input"]}}
            self._asked, self._open = False, True
        else:
            yield cell

    def _close(self) -> Iterator[Cell]:
        if self._open:
            yield _text(CLOSE)
        self._open = False


def _asks(cell: Cell) -> bool:
    return cell["cell_type"] == "code" and any(map(_is_question, cell["outputs"]))


def _is_question(output: dict[str, Any]) -> bool:
    return "".join(output.get("data", {}).get("text/html", "")).startswith(QUESTION)


def _told(source: str) -> tuple[str, str]:
    """What a text folds that begins with `TOLD`, and what it goes on with."""
    depth = 0
    for mark in re.finditer(rf"<details\b|{CLOSE}", source):
        depth += 1 if mark[0] != CLOSE else -1
        if depth == 0:
            return source[len(TOLD) : mark.start()].strip("\n"), source[mark.end() :].strip("\n")
    raise ValueError(f"{TOLD} has no end: {source[:80]!r}")
