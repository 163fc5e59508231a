"""The questions of a lesson: where they are asked, measured and told, and what was measured."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from course.book.notebook import QUESTION
from course.book.notebook import TOLD as MARK

TOLD = f"{MARK}\n\n"
"""How the text begins that says what came out; folded, it gives nothing away."""
Cell = dict[str, Any]
_COMMON = {
    "a", "all", "an", "as", "at", "both", "in", "it", "its", "neither", "no", "none", "of", "one",
    "same", "the", "yes",
}  # fmt: skip
_FOLDED = re.compile(r"<details>\s*<summary>(.*?)</summary>(.*?)</details>", re.S)


@dataclass(frozen=True)
class Question:
    """One of a lesson's predictions.

    Attributes:
        place: which of the lesson's cells asks; a cell may ask several.
        name: the variable that holds it, alone or in a list.
        options: the choices; empty where a number is asked for.
        measured_at: which cell has to measure: the next one that asks nothing.
        measured: what was found, as the lesson has stored it; "" where it hasn't.
        told_at: which cell says in words what came out, if any does before the next question.
    """

    place: int
    name: str
    options: tuple[str, ...]
    measured_at: int
    measured: str
    told_at: int | None


def questions(cells: Sequence[Cell]) -> list[Question]:
    """The predictions of a lesson with these cells, in order."""
    found: list[Question] = []
    for measuring in range(1, len(cells)):
        first = measuring
        while first and asks(cells[first - 1]):
            first -= 1
        if first < measuring and not asks(cells[measuring]):
            found += _questions(cells, first, measuring)
    return found


def asks(cell: Cell) -> bool:
    return cell["cell_type"] == "code" and re.search(r"\bpredict\(", _source(cell)) is not None


def measures(cell: Cell, name: str) -> bool:
    """Whether a cell reveals what was measured of the question with this name."""
    source = _source(cell)
    named = re.search(rf"\b{name}\b", source)
    return cell["cell_type"] == "code" and ".reveal(" in source and named is not None


def seen(text: str) -> str:
    """What of a Markdown text is in sight: of what is folded, the summary."""
    return _FOLDED.sub(r"\1", text)


def folded(text: str) -> str:
    """What is folded in a Markdown text."""
    return "\n".join(within for _, within in _FOLDED.findall(text))


def around(cells: Sequence[Cell], question: Question) -> str:
    """What a reader can see of a question's section: the text before it and, behind the
    measurement, what is not folded, up to the next heading or question; of code, the comments and
    the titles of pictures. What cells print or draw is not in it."""
    before = "".join(map(_sight, cells[: question.measured_at + 1]))
    after = ""
    for cell in cells[question.measured_at + 1 :]:
        if asks(cell):
            break
        after += _sight(cell)
    section = re.split(r"^(?=## )", before, flags=re.M)[-1]
    return section + re.split(r"^(?=## )", after, flags=re.M)[0]


def _sight(cell: Cell) -> str:
    text = _source(cell)
    if cell["cell_type"] == "markdown":
        return f"\n\n{seen(text)}"
    comments = re.findall(r"(?:^|\s)# (.*)$", text, re.M)
    titles = re.findall(r"""title=f?"(.*?)"(?=[,)])""", text)
    return "".join(f"\n\n{words}" for words in (*comments, *titles))


def given_away(question: Question, text: str) -> bool:
    """Whether a text names what was measured and none of the other choices, or its number.

    It misses an answer in other words, and can't judge one of common words ("no", "in both") or a
    number of one or two digits, which may stand there for something else.
    """
    measured = question.measured
    if not question.options:
        return len(measured) > 2 and _names(text, measured)
    if not measured or not set(_plain(measured).split()) - _COMMON:
        return False
    others = [option for option in question.options if option != measured]
    return _names(text, measured) and not any(_names(text, other) for other in others)


def _questions(cells: Sequence[Cell], first: int, measuring: int) -> Iterator[Question]:
    """Those of the cells from the first to the one that measures them all."""
    printed = "".join("".join(o.get("text", "")) for o in cells[measuring].get("outputs", []))
    measured = iter(re.findall(r"^Measured: (.*)$", printed, re.M))
    told = _told(cells, measuring)
    for place in range(first, measuring):
        name = re.search(r"(\w+) = (?:\[\s*)?predict\(", _source(cells[place]))
        shown = ["".join(o.get("data", {}).get("text/html", "")) for o in cells[place]["outputs"]]
        for page in [page for page in shown if page.startswith(QUESTION)] or [""]:
            options = tuple(map(html.unescape, re.findall(r"<li>(.*?)</li>", page)))
            yield Question(
                place, name[1] if name else "", options, measuring, next(measured, ""), told
            )


def _told(cells: Sequence[Cell], measuring: int) -> int | None:
    for place in range(measuring + 1, len(cells)):
        if asks(cells[place]):
            return None
        if cells[place]["cell_type"] == "markdown":
            return place
    return None


def _source(cell: Cell) -> str:
    return "".join(cell["source"])


def _names(text: str, words: str) -> bool:
    whole = rf"(?<![\w.]){re.escape(_plain(words))}(?!\w|[.,]\d)"
    return re.search(whole, _plain(text)) is not None


def _plain(text: str) -> str:
    words = " ".join(re.sub(r"[*_`]", "", text.lower()).split())
    return re.sub(r"^(?:about|near|over|under) (?=\d)", "", words)
