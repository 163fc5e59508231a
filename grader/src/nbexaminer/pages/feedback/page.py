"""What a feedback page shows: of a graded notebook, the answers, the tests' verdicts, comments.

The course's own text, and code that nothing was asked about, are folded up: they speak to somebody
who has not handed in yet.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from nbformat import NotebookNode

from nbexaminer.examination.verdicts import Outcome
from nbexaminer.message import NO_MESSAGE, Message
from nbexaminer.notebook.cell import NOTE, UNGRADED, Cell, Role
from nbexaminer.notebook.pictures import PICTURES
from nbexaminer.pages.markup import (
    coloured,
    given_code,
    given_markdown,
    markdown,
    picture,
    terminal,
)
from nbexaminer.settings import Settings

NO_RESPONSE = "No response."
"""nbgrader's own comment on a cell that was left as it was handed out."""
HIDDEN = "# The hidden tests are not shown."
"""The last line of a test cell whose hidden tests were left out."""
_HEADING = re.compile(r"#{1,6}[ \t]+(.+?)[ \t#]*(?:\n|$)")
_SYMBOLS = {"passed": "✓", "given": "✓", "partly": "◐", "waiting": "…", "dropped": "–"}
_STATES = {Outcome.PASSED: "passed", Outcome.ACCEPTED: "given", Outcome.DROPPED: "dropped"}


@dataclass
class Item:
    """A cell as the page shows it.

    kind: answer, written, test, question, own (a cell of the learner's own), comment (and nothing
        else of the cell) or folded.
    place: its anchor.
    state: passed, given, failed, partly, waiting, dropped or empty: what its points say.
    said: the state in words.
    points: such as "1 of 2 points".
    parts: what it holds; folded: what is to be unfolded, and under which words.
    """

    kind: str
    place: str
    title: str = ""
    detail: str = ""
    state: str = ""
    said: str = ""
    points: str = ""
    message: Message = NO_MESSAGE
    note: str = ""
    parts: list[Markup] = field(default_factory=list)
    folded: list[Markup] = field(default_factory=list)
    summary: str = ""
    comment: Markup | None = None

    @property
    def symbol(self) -> str:
        """The state as a sign."""
        return _SYMBOLS.get(self.state, "✗")


@dataclass
class Section:
    """A part of the notebook under one heading, which is HTML and may be empty."""

    heading: Markup
    items: list[Item] = field(default_factory=list)

    @property
    def is_background(self) -> bool:
        """Whether there is nothing in it but what is folded up."""
        return all(item.kind == "folded" for item in self.items)


def rendered(notebook: NotebookNode, about: dict[str, Any], rules: Settings) -> str:
    """The page of one graded notebook, as HTML.

    about: nbgrader's resources of that name, with the points that `Grades` has found.
    """
    unreadable = str(notebook.metadata.get(NOTE, {}).get("malformed", ""))
    first = notebook.cells[0] if notebook.cells else {}
    title = _HEADING.match(first["source"]) if _is_text(first) else None
    sections = list(_sections(notebook))
    if unreadable:  # there is nothing of the learner's in it
        for section in sections:
            section.items = [
                Item("comment", item.place, item.detail, comment=item.comment)
                for item in section.items
                if item.comment is not None
            ]
        sections = [section for section in sections if section.items]
    return _template().render(
        title=title[1] if title else about["assignment"],
        about=about,
        name=about.get("name") or about["student"],
        score=_number(max(0.0, about["score"])),
        most=_number(about["max_score"]),
        waiting=_number(sum(_meta(c).get("points", 0) for c in notebook.cells if _waits(c))),
        penalty=_number(about.get("late_penalty") or 0.0),
        late=_duration(about.get("seconds_late") or 0.0),
        handed_in=_shown(about.get("handed_in"), rules),
        due=_shown(about.get("due"), rules),
        unreadable=unreadable,
        missing=unreadable.startswith(f"{about['notebook']}.ipynb is missing"),
        contents=_contents(sections),
        sections=sections,
    )


@functools.cache
def _template() -> jinja2.Template:
    folder = Path(__file__).parent
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.globals["style"] = Markup((folder / "feedback.css").read_text("utf-8"))
    return environment.get_template("feedback.html.j2")


def _shown(utc: datetime.datetime | None, rules: Settings) -> str:
    return "" if utc is None else rules.shown(utc)


def _number(points: float) -> str:
    return f"{round(points, 2):g}"


def _duration(seconds: float) -> str:
    minutes = int(seconds // 60)
    for name, size in (("day", 1440), ("hour", 60)):
        if minutes >= 2 * size:
            return f"{minutes // size} {name}s"
    return f"{minutes} minutes" if minutes != 1 else "1 minute"


def _contents(sections: list[Section]) -> Iterator[tuple[Item, str]]:
    """What has points or a comment, each with its message's headline unless that was just told."""
    told = ""
    for item in (item for section in sections for item in section.items):
        if item.points or item.comment:
            headline = item.message.headline.strip().partition("\n")[0]
            headline = headline.removeprefix(f"{item.detail.partition(':')[0]}: ")
            yield item, "the same as above" if headline and headline == told else headline
            told = headline or told


def _meta(cell: Any) -> dict[str, Any]:
    return dict(cell.get("metadata", {}).get("nbgrader", {}))


def _waits(cell: Any) -> bool:
    return bool(_meta(cell).get("grade") or _meta(cell).get("task")) and bool(
        _meta(cell).get("waiting")
    )


def _is_own(cell: Any) -> bool:
    """Whether a learner has added the cell."""
    return str(cell.get("id", "")).startswith("extra-") and not _meta(cell)


def _is_text(cell: Any) -> bool:
    """Whether it is text of the course's."""
    return (
        cell.get("cell_type") == "markdown" and Cell(cell).role is Role.TEXT and not _is_own(cell)
    )


def _sections(notebook: NotebookNode) -> Iterator[Section]:
    section = Section(Markup(""))
    background: list[Any] = []

    def fold() -> None:
        if background:
            section.items.append(_folded(background))
            background.clear()

    for number, cell in enumerate(notebook.cells):
        if _is_text(cell) and (heading := _HEADING.match(cell.source)):
            fold()
            if section.items:
                yield section
            section = Section(_inline(heading[1]))
            cell.source = cell.source[heading.end() :]
        item = _item(cell, f"cell-{number}", section)
        if item is None:
            background.append(cell)
            continue
        if item.kind == "written" and background and _is_text(background[-1]):
            question = background.pop()
            fold()
            section.items.append(Item("question", "", parts=[_text(question)]))
        fold()
        section.items.append(item)
    fold()
    if section.items:
        yield section


def _inline(text: str) -> Markup:
    return Markup(re.sub(r"^<h\d>|</h\d>$", "", given_markdown(f"# {text}").strip()))


def _text(cell: Any) -> Markup:
    if _is_own(cell) or Cell(cell).role is Role.ANSWER:
        return Markup(markdown(cell.source, cell.get("attachments")))
    return Markup(given_markdown(cell.source))


def _code(cell: Any) -> Markup:
    given = Cell(cell).role in (Role.TEST, Role.GIVEN)
    text = given_code(cell.source) if given else coloured(cell.source)
    return Markup('<pre class="code"><code>{}</code></pre>').format(Markup(text))


def _item(cell: Any, place: str, section: Section) -> Item | None:
    """What is shown of a cell, or None where it is background."""
    kind = Cell(cell).role
    comment = str(_meta(cell).get("comment") or "").strip()
    if cell.cell_type == "code" and kind is Role.TEST:
        return _test(cell, place)
    failed = any(output.output_type == "error" for output in cell.get("outputs", ()))
    answered = kind is Role.ANSWER and (Cell(cell).is_awaited or comment not in ("", NO_RESPONSE))
    if not (answered or failed or _meta(cell).get("task")):
        return None
    item = Item("own" if kind is not Role.ANSWER else "answer", place)
    if kind is Role.ANSWER:
        name = str(Cell(cell).grade_id)
        item.title = f"Your answer: {name}"
        item.detail = f"{name}: answer"
        if not Cell(cell).is_awaited:
            item.title = f"Your answer (not graded): {name.removeprefix(UNGRADED)}"
    elif _meta(cell).get("task"):
        item.kind, item.title = "written", "Task"
    else:
        item.title = "A cell of your own" if _is_own(cell) else "A cell that came with the exercise"
        item.note = "It ended with an error. It has no points of its own."
    shown = _text(cell) if cell.cell_type != "code" else _code(cell)
    left = comment == NO_RESPONSE
    if left:
        item.note = "You left this cell as it was handed out."
        item.folded, item.summary = [shown], "The cell as it was handed out"
    else:
        item.parts = [shown]
        item.comment = Markup(markdown(comment)) if comment else None
        item.parts += _outputs(cell)
    if cell.cell_type != "code" and kind is Role.ANSWER:
        heading = Markup(section.heading).striptags()
        item.kind, item.title = "written", "Your answer"
        item.detail = f"Written answer: {heading or Cell(cell).grade_id}"
    if _meta(cell).get("grade") or _meta(cell).get("task"):
        _judge(item, cell, left)
    return item


def _judge(item: Item, cell: Any, left: bool) -> None:
    """Say how an answer that a human grades has done."""
    score, most = float(_meta(cell).get("score") or 0.0), float(_meta(cell).get("points") or 0.0)
    item.detail = item.detail or str(Cell(cell).grade_id)
    item.points = f"{_number(score)} of {_count(most)}"
    if _waits(cell):
        item.state, item.said = "waiting", "waits for your instructor"
        item.points = f"– of {_count(most)}"
    elif left:
        item.state, item.said = "failed", "not answered"
    elif score >= most:
        item.state, item.said = "given", "full points"
    else:
        item.state, item.said = (
            ("partly", "part of the points") if score else ("failed", "no points")
        )


def _count(points: float) -> str:
    return f"{_number(points)} point{'' if points == 1 else 's'}"


def _test(cell: Any, place: str) -> Item:
    about, note = _meta(cell), cell.metadata.get(NOTE, {})
    score, most = float(about.get("score") or 0.0), float(about.get("points") or 0.0)
    # Graded by an earlier version, a cell has no note.
    outcome = note.get("outcome") or (Outcome.PASSED if score >= most > 0 else Outcome.FAILED)
    name, _, kind = str(Cell(cell).grade_id).rpartition("-")
    known = name if kind in ("visible", "hidden") else ""
    item = Item(
        "test", place, title=f"Test: {Cell(cell).grade_id}", detail=str(Cell(cell).grade_id)
    )
    if known:
        item.title = item.detail = f"{known}: {kind} tests"
    item.state = _STATES.get(outcome, "failed")
    item.said = str(outcome)
    item.points = f"{_number(score)} of {_count(most)}"
    if not most:
        item.points = "doesn't count"
    elif (score >= most) != (item.state != "failed") or (0 < score < most):
        item.points += ", given by your instructor"
    elif about.get("waiting"):
        item.said += "; your instructor looks at it again"
    if item.state == "failed":
        item.message = _message(note.get("message"), str(outcome))
    item.parts = _outputs(cell)
    if cell.source.endswith(HIDDEN):
        item.note, cell.source = HIDDEN.removeprefix("# "), cell.source.removesuffix(HIDDEN)
    if cell.source.strip():
        item.folded, item.summary = [_code(cell)], "The test's code"
    return item


def _message(data: Any, outcome: str) -> Message:
    message = Message.read(data)
    plain = outcome in (Outcome.FAILED, Outcome.ERROR) or message.headline.startswith(outcome)
    if not message.headline or plain:
        return message
    return dataclasses.replace(message, headline=f"{outcome}: {message.headline}")


def _outputs(cell: Any) -> list[Markup]:
    """What a cell has printed and drawn, without what its message says."""
    note = cell.get("metadata", {}).get(NOTE, {})
    shown = []
    for output in cell.get("outputs", ()):
        if output.output_type == "stream":
            if (text := "".join(output.text)).strip():
                shown.append(_printed(text))
        elif output.output_type == "error":
            if not (note.get("message") and output.ename == note.get("outcome")):
                shown.append(_printed("\n".join(output.traceback)))
        else:
            shown += _displayed(output.data)
    return shown


def _printed(text: str) -> Markup:
    return Markup('<pre class="printed">{}</pre>').format(Markup(terminal(text)))


def _displayed(data: Any) -> Iterator[Markup]:
    for kind in PICTURES:
        if kind in data:
            yield Markup(picture(kind, data[kind], html.escape("drawn by this cell")))
            return
    if "text/plain" in data:
        yield _printed("".join(data["text/plain"]))


def _folded(cells: list[Any]) -> Item:
    """Cells that nothing was asked about, under a line that says what they are."""
    item = Item("folded", "")
    kinds = {"text": False, "code": False}
    for cell in cells:
        if cell.cell_type == "code":
            item.folded += [_code(cell), *_outputs(cell)]
        elif cell.source.strip():
            item.folded.append(Markup("<div>{}</div>").format(_text(cell)))
        if not _is_own(cell):
            kinds["code" if cell.cell_type == "code" else "text"] = True
    given = " and ".join(kind for kind, there in kinds.items() if there)
    summaries = [f"{given} of the exercise"] if given else []
    if any(map(_is_own, cells)):
        summaries.append("cells of your own")
    item.summary = ", ".join(summaries).capitalize()
    return item
