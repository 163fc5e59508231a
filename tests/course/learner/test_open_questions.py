"""What gives the answer to a question away without saying it, as far as a machine can see it.

The text around a question is `test_lessons.py`'s. Here it is the code that is read before it is
run, what earlier cells have printed and drawn, and the pictures that come before the first lesson.
"""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import nbformat
import pytest

from common.questions import Cell, Question, given_away, questions
from course.authoring.exercises import ROOT
from course.book.notebook import QUESTION
from course.maintenance.address import COLAB

LESSONS = sorted(path.stem for path in ROOT.glob("notebooks/*.ipynb"))
NOT_YET_OPEN: set[str] = set()
"""Lessons with questions that can be answered, or narrowed down, by what is found here."""
BEFORE = ("README.md", "docs/learners.md")
JUDGING = {
    "always", "better", "bigger", "broken", "fails", "failed", "fewer", "higher", "larger", "leak",
    "leaky", "less", "longer", "lower", "more", "much", "nearer", "never", "nobody", "nothing",
    "rarely", "shorter", "smaller", "still", "useless", "worse", "wrong",
}  # fmt: skip
"""Words that say how something came out, when a variable is named after it."""


def _cells(lesson: str) -> list[Cell]:
    cells = nbformat.read(ROOT / "notebooks" / f"{lesson}.ipynb", as_version=4).cells
    return [cell for cell in cells if cell.id != COLAB]


def _faults(cells: Sequence[Cell], before: str = "") -> list[str]:
    """What gives a question away; `before`: what was read before the lesson."""
    found = []
    for question, asked in zip(questions(cells), _asked(cells), strict=True):
        where = question.name or asked
        found += [f"{where}: {fault}" for fault in _faults_of(question, asked, cells, before)]
    return found


def _asked(cells: Sequence[Cell]) -> list[str]:
    """What the questions say, in order."""
    pages = (
        "".join(output.get("data", {}).get("text/html", ""))
        for cell in cells
        for output in cell.get("outputs", [])
    )
    asked = (re.match(rf"{re.escape(QUESTION)} (.*?)</p>", page) for page in pages)
    return [html.unescape(m[1]) for m in asked if m]


def _faults_of(question: Question, asked: str, cells: Sequence[Cell], before: str) -> Iterator[str]:
    measuring = ast.parse(_source(cells[question.measured_at]))
    section = _section(cells, question.place)
    names = {question.name, *_revealing(question, measuring)}
    judging = JUDGING & {word for name in names for word in name.split("_")}
    said = " ".join((asked, *question.options)).lower()
    if strange := {word for word in judging if word not in said}:
        yield f"a variable's name says how it came out: {', '.join(sorted(strange))}"
    yield from _ruled_out(question, measuring, cells)
    code = " ".join(_words_of(cell) for cell in (*section, cells[question.measured_at]))
    if "error" not in question.measured and given_away(question, code):
        yield f"{question.measured!r} stands in the code above it or in the cell that measures"
    if given_away(question, "\n".join(map(_shown, section))):
        yield f"{question.measured!r} was printed or drawn in its section"
    for part in before.split("\n\n"):
        quoted = re.findall(r'"([^"]+)"', asked)
        if quoted and all(f'"{word}"' in part for word in quoted) and given_away(question, part):
            yield f"{question.measured!r} can be read before the lesson: {part[:60]!r}"


def _reveals(question: Question, measuring: ast.Module) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(measuring)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "reveal"
        and ast.unparse(node.func.value) == question.name
    ]


def _revealing(question: Question, measuring: ast.Module) -> set[str]:
    """The variables from which the measured answer is made, but for those that hold an option."""
    args = [part for reveal in _reveals(question, measuring) for part in ast.walk(reveal.args[0])]
    called = [part.func for part in args if isinstance(part, ast.Call)]
    names = [part for part in args if isinstance(part, ast.Name) and part not in called]
    return {name.id for name in names if _texts(name, question.options, measuring) is None}


def _source(cell: Cell) -> str:
    return re.sub(r"^[%!].*$", "pass", "".join(cell["source"]), flags=re.M)


def _section(cells: Sequence[Cell], place: int) -> Sequence[Cell]:
    """The cells of a section before the one at `place`."""
    begin = place
    while begin and "## " not in "".join(cells[begin - 1]["source"])[:3]:
        begin -= 1
        if cells[begin]["cell_type"] == "markdown" and re.search(
            r"^## ", "".join(cells[begin]["source"]), re.M
        ):
            break
    return cells[begin:place]


def _words_of(cell: Cell) -> str:
    """The names and texts of a cell's code, but for what it asks."""
    if cell["cell_type"] != "code":
        return ""
    found = []
    for node in ast.walk(ast.parse(_source(cell))):
        if isinstance(node, ast.Name):
            found.append(node.id.replace("_", " "))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
    return " ; ".join(found)


def _shown(cell: Cell) -> str:
    """What a cell has printed, and what its pictures show, in words."""
    found = []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        page = "".join(data.get("text/html", ""))
        if not page.startswith(QUESTION):
            found.append("".join(output.get("text", "")) or "".join(data.get("text/plain", "")))
    return "\n".join(found)


# What a measurement can give


def _ruled_out(question: Question, measuring: ast.Module, cells: Sequence[Cell]) -> Iterator[str]:
    """The options that a reader of the measuring cell can cross out."""
    if not question.options:
        return
    reveals = _reveals(question, measuring)
    given: set[str] | None = set()
    for reveal in reveals:
        some = _texts(reveal.args[0], question.options, measuring)
        given = None if given is None or some is None else given | some
    out = [option for option in question.options if given and option not in given]
    if out:
        yield f"the cell that measures can't give {', '.join(map(repr, out))}"
    tries = [node for node in ast.walk(measuring) if isinstance(node, ast.Try)]
    here = [reveal for reveal in reveals if any(reveal in ast.walk(node) for node in tries)]
    if any("error" in option.split() for option in question.options) and not out:
        if here:
            yield "`try` stands around this measurement alone: call a function that tries"
        elif given is None and not all(_tries(reveal.args[0], cells) for reveal in reveals):
            yield "nothing catches an error, so that it can be crossed out"


def _tries(call: ast.expr, cells: Sequence[Cell]) -> bool:
    """Whether it is a call of a function of the lesson's with a `try` in it."""
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
        return False
    return any(
        isinstance(node, ast.FunctionDef)
        and node.name == call.func.id
        and any(isinstance(part, ast.Try) for part in ast.walk(node))
        for cell in cells
        if cell["cell_type"] == "code"
        for node in ast.walk(ast.parse(_source(cell)))
    )


def _texts(node: ast.expr, options: Sequence[str], cell: ast.Module) -> set[str] | None:
    """The texts that an expression can give; None if that can't be told."""
    if isinstance(node, ast.Constant):
        return {str(node.value)}
    if isinstance(node, ast.IfExp):
        return _together(_texts(part, options, cell) for part in (node.body, node.orelse))
    if isinstance(node, ast.Name):
        values = [
            one.value
            for one in ast.walk(cell)
            if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == node.id
        ]
        return _together(_texts(value, options, cell) for value in values) if values else None
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Dict):
        return _together(_texts(value, options, cell) for value in node.value.values)
    if isinstance(node, ast.Subscript) and "options" in ast.unparse(node.value):
        at = _numbers(node.slice)
        return None if at is None else {options[i] for i in at if -len(options) <= i < len(options)}
    return None


def _numbers(node: ast.expr) -> set[int] | None:
    """The whole numbers that an index can be; None if that can't be told."""
    if isinstance(node, ast.Constant):
        return {int(node.value)} if isinstance(node.value, int) else None
    if isinstance(node, ast.Compare) or (isinstance(node, ast.Call) and _is_a_bool(node)):
        return {0, 1}
    if isinstance(node, ast.IfExp):
        return _together(map(_numbers, (node.body, node.orelse)))
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Dict):
        return _together(map(_numbers, node.value.values))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mult):
        left, right = _numbers(node.left), _numbers(node.right)
        if left is None or right is None:
            return None
        add = isinstance(node.op, ast.Add)
        return {a + b if add else a * b for a, b in product(left, right)}
    return None


def _is_a_bool(call: ast.Call) -> bool:
    of = call.func.value if isinstance(call.func, ast.Attribute) and not call.args else None
    of = call.args[0] if isinstance(call.func, ast.Name) and call.func.id == "int" else of
    return isinstance(of, ast.Compare)


def _together(sets: Any) -> Any:
    found: set[Any] = set()
    for one in sets:
        if one is None:
            return None
        found |= one
    return found


def _read_before() -> str:
    """The pages on the way to the first lesson, with what their pictures show."""
    return "\n\n".join(html.unescape((ROOT / page).read_text(encoding="utf-8")) for page in BEFORE)


@pytest.mark.parametrize("lesson", LESSONS)
def test_nothing_that_a_machine_can_find_gives_an_answer_away(lesson):
    """A lesson that is named as not yet open has to be so: else it comes off the list."""
    faults = _faults(_cells(lesson), _read_before())
    assert (faults != []) if lesson in NOT_YET_OPEN else (faults == [])


def _lesson_of(
    measure: str,
    *,
    name: str = "guess",
    options: Sequence[str] = ("keys", "table", "an error"),
    above: str = "x = 1",
    printed: str = "",
    found: str = "keys",
) -> list[Cell]:
    """The cells of a section with a question."""
    cell, output = nbformat.v4.new_code_cell, nbformat.v4.new_output
    items = "".join(f"<li>{option}</li>" for option in options)
    page = f'{QUESTION} Where does "are" look?</p><ul>{items}</ul>'
    return [
        nbformat.v4.new_markdown_cell("## A section"),
        cell("def outcome(f):\n    try:\n        return f()\n    except Error:\n        return 0"),
        cell(above, outputs=[output("stream", text=printed)]),
        cell(f"{name} = predict(...)", outputs=[output("display_data", {"text/html": page})]),
        cell(measure, outputs=[output("stream", text=f"Measured: {found}\n")]),
    ]


ALIKE = "guess.reveal(outcome(run))"
TRIED = "try:\n    guess.reveal(run())\nexcept Error:\n    guess.reveal('an error')"
TWO = ("keys", "table")


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (_lesson_of(ALIKE), ""),
        (_lesson_of(ALIKE, above="words = ['keys', 'table']"), ""),
        (_lesson_of(TRIED), "`try` stands around"),
        (_lesson_of("guess.reveal(run())"), "nothing catches an error"),
        (_lesson_of("guess.reveal('keys' if x else 'table')"), "can't give 'an error'"),
        (_lesson_of("guess.reveal(options[(x > 1) + (x > 2)])"), ""),
        (_lesson_of("guess.reveal(options[int(x > 1)])"), "can't give 'an error'"),
        (_lesson_of("guess.reveal(options[{0: 2, 1: 0}[x]])"), "can't give 'table'"),
        (_lesson_of("guess.reveal(far_better(x))", options=TWO), ""),
        (_lesson_of("guess.reveal(pick(leaky))", options=TWO), "says how it came out: leaky"),
        (_lesson_of("much.reveal(x())", name="much", options=TWO), "says how it came out: much"),
        (_lesson_of(ALIKE, above="the_keys = 1"), "stands in the code"),
        (_lesson_of(ALIKE, printed="It looks at keys."), "was printed or drawn"),
    ],
)  # fmt: skip
def test_what_narrows_a_question_down_is_found(cells: list[Cell], says: str):
    faults = "; ".join(_faults(cells))
    assert says in faults and bool(faults) == bool(says)


@pytest.mark.parametrize(
    ("page", "leak"),
    [
        ('alt="The word "are" and lines to "keys"', True),
        ('alt="The word "are", lines to "keys" and "table"', False),
        ('alt="The keys to the cabinet', False),
    ],
)
def test_a_picture_before_the_first_lesson_is_found(page: str, leak: bool):
    assert bool(_faults(_lesson_of(ALIKE), page)) == leak
