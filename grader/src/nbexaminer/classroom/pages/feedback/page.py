"""What a feedback page shows: of a graded notebook, the answers, the tests' verdicts, comments.

The course's own text, and code that nothing was asked about, are folded up: they speak to somebody
who has not handed in yet.
"""

import dataclasses
import functools
import html
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from nbformat import NotebookNode

from nbexaminer.classroom.pages import markup
from nbexaminer.classroom.pages.in_time import is_plain
from nbexaminer.judging.message import NO_MESSAGE, Message
from nbexaminer.judging.notebook.cell import UNGRADED, Cell, Role, cells_of, unreadable
from nbexaminer.judging.notebook.pictures import PICTURES
from nbexaminer.judging.session.verdicts import REMARK, Outcome
from nbexaminer.settings import Settings

NO_RESPONSE = "No response."
"""nbgrader's own comment on a cell that was left as it was handed out."""
HIDDEN = "# The hidden tests are not shown."
"""The last line of a test cell whose hidden tests were left out."""
_HEADING = re.compile(r"#{1,6}[ \t]+(.+?)[ \t#]*(?:\n|$)")
_SYMBOLS = {"passed": "✓", "given": "✓", "partly": "◐", "waiting": "…", "dropped": "–"}
_STATES = {"passed": "passed", "partly": "partly", "accepted": "given", "dropped": "dropped"}


@dataclass
class Item:
    """A cell as the page shows it.

    kind: answer, written, test, question, own (a cell of the learner's own), comment (and nothing
        else of the cell) or folded.
    place: its anchor.
    state: passed, given, failed, partly, waiting, dropped or empty: what its points say.
    in_words: the state as people read it.
    points: such as "1 of 2 points".
    parts: what it holds; folded: what is to be unfolded, and under which words.
    """

    kind: str
    place: str
    title: str = ""
    detail: str = ""
    state: str = ""
    in_words: str = ""
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
class Part:
    """A part of the notebook under one heading, which is HTML and may be empty."""

    heading: Markup
    items: list[Item] = field(default_factory=list)


def rendered(notebook: NotebookNode, about: dict[str, Any], rules: Settings) -> str:
    """The page of one graded notebook, as HTML.

    about: nbgrader's resources of that name, with the points that `Grades` has found.
    """
    why, cells = unreadable(notebook), cells_of(notebook)
    title = _HEADING.match(cells[0].source) if cells and _is_text(cells[0]) else None
    waiting = sum(cell.points for cell in cells if _waits(cell))
    sections = _sections(cells)
    if why:  # there is nothing of the learner's in it
        for section in sections:
            lines = [item for item in section.items if item.comment]
            section.items = [Item("comment", i.place, i.detail, comment=i.comment) for i in lines]
        sections = [section for section in sections if section.items]
    return _template().render(
        title=title[1] if title else about["assignment"],
        about=about,
        rules=rules,
        name=about.get("name") or about["student"],
        score=_number(max(0.0, about["score"])),
        most=_number(about["max_score"]),
        waiting=_number(waiting),
        penalty=_number(about.get("late_penalty") or 0.0),
        late=_duration(about.get("seconds_late") or 0.0),
        unreadable=why,
        missing=why.startswith(f"{about['notebook']}.ipynb is missing"),
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


def _number(points: float) -> str:
    return f"{round(points, 2):g}"


def _count(points: float) -> str:
    return f"{_number(points)} point{'' if points == 1 else 's'}"


def _duration(seconds: float) -> str:
    if 0 < seconds < 60:
        return "less than a minute"
    minutes = int(seconds // 60)
    for name, size in (("day", 1440), ("hour", 60)):
        if minutes >= 2 * size:
            return f"{minutes // size} {name}s"
    return f"{minutes} minutes" if minutes != 1 else "1 minute"


def _contents(sections: list[Part]) -> Iterator[tuple[Item, str]]:
    """What has points or a comment, each with its message's headline unless that was just told."""
    told = ""
    for item in (item for section in sections for item in section.items):
        if item.points or item.comment:
            headline = item.message.headline.strip().partition("\n")[0]
            headline = headline.removeprefix(f"{item.detail.partition(':')[0]}: ")
            yield item, "the same as above" if headline and headline == told else headline
            told = headline or told


def _waits(cell: Cell) -> bool:
    return (cell.is_graded or cell.is_task) and bool(cell.nbgrader.get("waiting"))


def _is_text(cell: Cell) -> bool:
    """Whether it is text of the course's."""
    kind = cell.content["cell_type"]
    return kind == "markdown" and cell.role is Role.TEXT and not cell.is_own


def _sections(cells: list[Cell]) -> list[Part]:
    sections = [Part(Markup(""))]
    background: list[Cell] = []

    def fold() -> None:
        if background:
            sections[-1].items.append(_folded(background))
            background.clear()

    for number, cell in enumerate(cells):
        if _is_text(cell) and (heading := _HEADING.match(cell.source)):
            fold()
            line = markup.given_markdown(f"# {heading[1]}").strip()
            sections.append(Part(Markup(re.sub(r"^<h\d>|</h\d>$", "", line))))
            cell.source = cell.source[heading.end() :]
        item = _item(cell, f"cell-{number}", sections[-1].heading.striptags())
        if item is None:
            background.append(cell)
            continue
        if item.kind == "written" and background and _is_text(background[-1]):
            question = background.pop()
            fold()
            sections[-1].items.append(Item("question", "", parts=[_text(question)]))
        fold()
        sections[-1].items.append(item)
    fold()
    return [section for section in sections if section.items]


def _text(cell: Cell) -> Markup:
    if cell.is_own or cell.role is Role.ANSWER:
        return Markup(markup.markdown(cell.source, cell.content.get("attachments")))
    return Markup(markup.given_markdown(cell.source))


def _code(cell: Cell) -> Markup:
    draw = markup.given_code if cell.role in (Role.TEST, Role.GIVEN) else markup.coloured
    code = html.escape(cell.source) if is_plain(cell) else draw(cell.source)
    return Markup('<pre class="code"><code>{}</code></pre>').format(Markup(code))


def _item(cell: Cell, place: str, heading: str) -> Item | None:
    """What is shown of a cell below a heading, or None where it is background."""
    if cell.role is Role.TEST:
        return _test(cell, place)
    comment = str(cell.nbgrader.get("comment") or "").strip()
    left = comment == NO_RESPONSE
    failed = any(output.output_type == "error" for output in cell.content.get("outputs", ()))
    is_answer, name = cell.role is Role.ANSWER, str(cell.grade_id)
    answered = is_answer and (cell.is_awaited or (comment and not left))
    if not (answered or failed or cell.is_task):
        return None
    item = Item("answer", place, f"Your answer: {name}", f"{name}: answer")
    if is_answer and not cell.is_code:
        item = Item("written", place, "Your answer", f"Written answer: {heading or name}")
    elif is_answer and not cell.is_awaited:
        item.title = f"Your answer (not graded): {name.removeprefix(UNGRADED)}"
    elif cell.is_task:
        item = Item("written", place, "Task", name)
    elif not is_answer:
        item = Item("own", place, "A cell that came with the exercise")
        if cell.is_own:
            item.title = "A cell of your own"
        item.note = "It ended with an error. It has no points of its own."
    shown = _code(cell) if cell.is_code else _text(cell)
    if left:
        item.note = "You left this cell as it was handed out."
        item.folded, item.summary = [shown], "The cell as it was handed out"
    else:
        item.parts = [shown, *_outputs(cell)]
        if comment.startswith(REMARK):
            item.note = comment
        elif comment:
            item.comment = Markup(markup.markdown(comment))
    if cell.is_graded or cell.is_task:
        _judge(item, cell, left)
    return item


def _score(cell: Cell) -> float:
    return float(cell.nbgrader.get("score") or 0.0)


def _judge(item: Item, cell: Cell, left: bool) -> None:
    """Say how an answer that a human grades has done."""
    item.points = f"{_number(_score(cell))} of {_count(cell.points)}"
    if _waits(cell):
        item.state, item.in_words = "waiting", "waits for your instructor"
        item.points = f"– of {_count(cell.points)}"
    elif left:
        item.state, item.in_words = "failed", "not answered"
    elif _score(cell) >= cell.points:
        item.state, item.in_words = "given", "full points"
    elif _score(cell):
        item.state, item.in_words = "partly", "part of the points"
    else:
        item.state, item.in_words = "failed", "no points"


def _test(cell: Cell, place: str) -> Item:
    score, most = _score(cell), cell.points
    # Graded by an earlier version, a cell has no note.
    earned = Outcome.PASSED if score >= most > 0 else Outcome.FAILED
    outcome = str(cell.note.get("outcome") or earned)
    item = Item("test", place, f"Test: {cell.grade_id}", str(cell.grade_id))
    name, _, kind = item.detail.rpartition("-")
    if name and kind in ("visible", "hidden"):
        item.title = item.detail = f"{name}: {kind} tests"
    item.state, item.in_words = _STATES.get(outcome, "failed"), outcome
    item.points = f"{_number(score)} of {_count(most)}"
    if not most:
        item.points = "doesn't count"
    elif cell.note.get("waits") and cell.nbgrader.get("waiting"):
        item.points = f"– of {_count(most)}"
        item.state, item.in_words = "waiting", "waits for your instructor"
    elif not _is_the_tests(score, most, item.state, cell.note.get("score")):
        item.points += ", given by your instructor"
    elif cell.nbgrader.get("waiting"):
        item.in_words += "; your instructor looks at it again"
    if item.state == "partly":
        item.in_words = "part of the points"
    if item.state in ("failed", "waiting"):
        item.message = _message(cell.note.get("message"), outcome)
    item.parts = _outputs(cell)
    if cell.source.endswith(HIDDEN):
        item.note, cell.source = HIDDEN.removeprefix("# "), cell.source.removesuffix(HIDDEN)
    if cell.source.strip():
        item.folded, item.summary = [_code(cell)], "The test's code"
    return item


def _is_the_tests(score: float, most: float, state: str, part: Any) -> bool:
    """Whether a test's score is what the test itself gave; part: its own, of one that gave a part
    of the points."""
    if state == "partly" and isinstance(part, int | float):
        return bool(math.isclose(score, part))
    return (score >= most) == (state != "failed") and not 0 < score < most


def _message(data: Any, outcome: str) -> Message:
    message = Message.read(data)
    plain = outcome in (Outcome.FAILED, Outcome.ERROR) or message.headline.startswith(outcome)
    if not message.headline or plain:
        return message
    return dataclasses.replace(message, headline=f"{outcome}: {message.headline}")


def _outputs(cell: Cell) -> list[Markup]:
    """What a cell has printed and drawn, without what its message says."""
    shown: list[Markup] = []
    for output in cell.content.get("outputs", ()):
        if output.output_type == "stream":
            if (text := "".join(output.text)).strip():
                shown.append(_printed(text))
        elif output.output_type == "error":
            if not (cell.note.get("message") and output.ename == cell.note.get("outcome")):
                shown.append(_printed("\n".join(output.traceback)))
        elif kind := next((kind for kind in PICTURES if kind in output.data), None):
            drawn = markup.picture(kind, output.data[kind], "drawn by this cell")
            shown.append(Markup(drawn))
        elif "text/plain" in output.data and "score" not in cell.note:  # which stands there already
            shown.append(_printed("".join(output.data["text/plain"])))
    return shown


def _printed(text: str) -> Markup:
    return Markup('<pre class="printed">{}</pre>').format(Markup(markup.terminal(text)))


def _folded(cells: list[Cell]) -> Item:
    """Cells that nothing was asked about, under a line that says what they are."""
    item = Item("folded", "")
    for cell in cells:
        if cell.is_code:
            item.folded += [_code(cell), *_outputs(cell)]
        elif cell.source.strip():
            item.folded.append(Markup("<div>{}</div>").format(_text(cell)))
    given = {"code" if cell.is_code else "text" for cell in cells if not cell.is_own}
    summaries = [f"{' and '.join(sorted(given, reverse=True))} of the exercise"] if given else []
    if any(cell.is_own for cell in cells):
        summaries.append("cells of your own")
    item.summary = ", ".join(summaries).capitalize()
    return item
