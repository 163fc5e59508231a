"""Show a learner's own points: `llm-basics score`, and `show_scores` in a notebook."""

from __future__ import annotations

import datetime
import html
import re
from pathlib import Path

import click
from ipywidgets import HTML, Button, VBox
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

import nbexaminer.startup  # noqa: F401  before anything that imports nbformat
from course.authoring.exercises import exercise_of, exercises
from course.learner.overview import Overview, mark_of, overview
from course.learner.points import (
    WORK,
    Answer,
    ExerciseScore,
    NotScored,
    cli,
    grade_own,
    own_grader,
    read_own,
    version_of,
)
from nbexaminer.judging.message import NO_MESSAGE, WIDTH, Message

COLUMNS = ("exercise", "visible tests", "hidden tests", "still to write", "by hand")
BY_HAND = "Points by hand are for written answers. To compare yours with a model answer: "
SAVE_FIRST = "Save the notebook first (Ctrl+S): what is graded is the file."
NO_SOURCE = "This copy of the course has no source/, which has the tests that give points."


def _of(points: tuple[float, float]) -> str:
    return f"{points[0]:g} of {points[1]:g}"


def _cells(score: ExerciseScore) -> tuple[str, ...]:
    """What `COLUMNS` say of an exercise."""
    by_hand = sum(question.points for question in score.questions)
    unwritten = len(score.unwritten())
    return (
        score.exercise,
        _of(score.points(hidden=False)),
        _of(score.points(hidden=True)),
        f"{unwritten}" if unwritten else "",
        f"{by_hand:g}" if by_hand else "",
    )


def _total(scores: list[ExerciseScore]) -> tuple[str, ...]:
    sums = []
    for hidden in (False, True):
        earned, points = zip(*(score.points(hidden) for score in scores), strict=True)
        sums.append(_of((sum(earned), sum(points))))
    return ("together", *sums, "", "")


def _line(answer: Answer) -> tuple[str, str]:
    """A mark, and how many points an answer has."""
    done = answer.earned == answer.points
    mark = "✓" if done else "✗" if answer.written else "□"
    unwritten = "" if done or answer.written else ", not written yet"
    return mark, f"{_of((answer.earned, answer.points))} points{unwritten}"


def _message(answer: Answer) -> tuple[str, Message]:
    """Which tests failed first, and what they say: nothing of an answer that is not there."""
    for result in answer.results if answer.written else ():
        if result.message.headline:
            return f"{'hidden' if result.hidden else 'visible'} tests", result.message
    return "", NO_MESSAGE


# --- In a terminal --------------------------------------------------------------------------


def print_score(score: ExerciseScore, console: Console) -> None:
    """Each answer of one exercise, its points, and what is wrong with it."""
    for answer in score.answers:
        mark, points = _line(answer)
        colour = {"✓": "green", "✗": "bold red"}.get(mark, "")
        console.print(f"{mark} {answer.name}: {points}", style=colour)
        which, message = _message(answer)
        if message.headline:
            console.print(f"    The {which} say:")
            cause, facts = message.lines(min(console.width - 4, WIDTH))
            console.print(Padding(Text("\n".join(cause), "bold"), (0, 0, 0, 4)))
            console.print(Padding(Text("\n".join(facts)), (0, 0, 0, 4)))
    for question in score.questions:
        unwritten = "" if question.written else ", not written yet"
        console.print(
            f"○ {question.name}: {question.points:g} points are given by hand{unwritten}.\n"
            f"    A model answer: {cli('solution', score.exercise)}"
        )
    if score.remarks:
        console.print(score.remarks, markup=False)
    visible, hidden = _of(score.points(hidden=False)), _of(score.points(hidden=True))
    console.print(f"Points: {visible} by visible tests, {hidden} by hidden ones.")


def print_table(scores: list[ExerciseScore], reasons: list[str], console: Console) -> None:
    """All exercises, and why some are missing."""
    if scores:
        numbers = (Column(name, justify="right") for name in COLUMNS[1:])
        table = Table(Column(COLUMNS[0], no_wrap=True), *numbers)
        for score in scores:
            table.add_row(*map(escape, _cells(score)))
        table.add_section()
        table.add_row(*_total(scores))
        console.print(table)
        console.print(f"{BY_HAND}{cli('solution', '1-attention')}")
        console.print(f"What the tests say of one exercise: {cli('score', '1-attention')}")
    for reason in reasons:
        console.print(reason, markup=False, style="bold red")


@click.command()
@click.argument("exercise", required=False)
@click.option("--work", type=click.Path(path_type=Path), default=WORK, help="Your notebooks.")
def score(exercise: str | None, work: Path) -> None:
    """Grade your notebooks in work/ by all tests, or only that of EXERCISE, with messages.

    EXERCISE is a name or how it begins: 1-attention, or 1."""
    console = Console(highlight=False)
    known = exercises()
    if not known:
        raise click.ClickException(NO_SOURCE)
    if exercise is not None:
        try:
            exercise = exercise_of(exercise, known)
        except ValueError as error:
            raise click.BadParameter(str(error)) from None
    if not work.exists():
        raise click.ClickException(f"{work} is not there yet: `llm-basics lab` makes and fills it")
    try:
        if exercise is not None:
            read_own(exercise, work)  # before anything is started
        scores, reasons = [], []
        with console.status("Starting …") as status, own_grader() as (grader, remark):
            for name in [exercise] if exercise else known:
                status.update(f"Grading {name} …")
                try:
                    scores.append(grade_own(name, grader, work))
                except NotScored as why:
                    reasons.append(str(why))
        if exercise is None:
            print_table(scores, reasons, console)
        for graded in scores if exercise else ():
            print_score(graded, console)
        with console.status("Bringing work/my_llm up to date …"):
            news = grow_package(scores, work)
        for line in news:
            console.print(line, markup=False)
    except NotScored as why:
        raise click.ClickException(str(why)) from None
    if remark:
        console.print(remark)


def grow_package(scores: list[ExerciseScore], work: Path) -> list[str]:
    """Put the answers that pass into work/my_llm; what there is to say of it."""
    from course.learner.my_llm.update import passed_in, update_quietly

    return update_quietly(work, passed_in(scores))


# --- In a notebook --------------------------------------------------------------------------


class Scores(VBox):
    """How far the lessons are, the last points of every exercise, what the tests said, and a button
    that grades again."""

    def __init__(self, work: Path = WORK) -> None:
        self._work = work
        self._lessons = HTML()
        self._table = HTML()
        self._said = HTML()
        self._button = Button(icon="refresh")
        self._button.on_click(self._grade)
        super().__init__([self._lessons, self._table, self._button, self._said])
        self._show()
        if not exercises():
            self._button.disabled, self._said.value = True, NO_SOURCE

    def _grade(self, button: object = None) -> None:
        self._button.disabled = True
        reasons, graded = [], []
        try:
            self._said.value = "Starting …"
            with own_grader() as (grader, remark):
                for exercise in exercises():
                    self._said.value = f"Grading {exercise} …"
                    try:
                        graded.append(grade_own(exercise, grader, self._work))
                    except NotScored as why:
                        reasons.append(str(why))
                    self._show()
            self._said.value = "<br>".join(map(html.escape, [*reasons, remark]))
            self._said.value += _said_of_package(grow_package(graded, self._work))
        except NotScored as why:
            self._said.value = html.escape(str(why))
        finally:
            self._button.disabled = False

    def _show(self) -> None:
        found = overview(self._work)
        record = found.record
        self._lessons.value = _lessons_in(found)
        rows = [_row("th", (*COLUMNS, "as of"))]
        rows += [self._row_of(exercise, record.get(exercise)) for exercise in exercises()]
        self._button.description = "Grade again" if record else "Grade"
        told = "".join(_details(score) for score in record.values())
        page = "<p><code>llm-basics completion</code> makes a page of what passes, to be shown.</p>"
        by_hand = f"<p>{BY_HAND}<code>{cli('solution', '1-attention')}</code> in a terminal</p>"
        self._table.value = f"<table>{''.join(rows)}</table>{page}{by_hand}{told}"

    def _row_of(self, exercise: str, score: ExerciseScore | None) -> str:
        if score is None:
            return _row("td", (exercise, "", "", "", "", "not graded yet"))
        when = datetime.datetime.fromisoformat(score.when).strftime("%d %b, %H:%M")
        try:
            changed = version_of(read_own(exercise, self._work)) != score.version
        except NotScored:
            changed = True
        name, *points = _cells(score)
        marks = "".join(_line(answer)[0] for answer in score.answers)
        told = (f"{name} {marks}", *points, f"{when}{'; changed since' if changed else ''}")
        return _row("td", told)


class NotebookScore(VBox):
    """A button that grades one notebook with all tests, and what came of it."""

    def __init__(self, exercise: str, work: Path = WORK) -> None:
        self._exercise, self._work = exercise, work
        self._said = HTML(SAVE_FIRST)
        self._button = Button(description="Grade this notebook", icon="refresh")
        self._button.layout.width = "auto"
        self._button.on_click(self._grade)
        super().__init__([self._button, self._said])

    def _grade(self, button: object = None) -> None:
        self._button.disabled, self._said.value = True, "Grading …"
        try:
            with own_grader() as (grader, remark):
                made = grade_own(self._exercise, grader, self._work)
            self._said.value = _told(made) + html.escape(remark)
            self._said.value += _said_of_package(grow_package([made], self._work))
        except NotScored as why:
            self._said.value = html.escape(str(why))
        finally:
            self._button.disabled, self._button.description = False, "Grade again"


def _said_of_package(lines: list[str]) -> str:
    return f"<p>{'<br>'.join(map(html.escape, lines))}</p>" if lines else ""


def can_score(exercise: str) -> bool:
    """Whether this copy of the course has the tests that give points."""
    return exercise in exercises()


def _told(score: ExerciseScore) -> str:
    """The points of each answer of one notebook, and what the tests said."""
    rows = [_row("th", ("answer", "points"))]
    for answer in score.answers:
        mark, points = _line(answer)
        rows.append(_row("td", (f"{mark} {answer.name}", points)))
    for question in score.questions:
        written = "" if question.written else ", not written yet"
        by_hand = f"{question.points:g} by hand{written}"
        rows.append(_row("td", (f"○ {question.name}", by_hand)))
    visible, hidden = _of(score.points(hidden=False)), _of(score.points(hidden=True))
    rows.append(_row("td", ("together", f"{visible} by visible tests, {hidden} by hidden ones")))
    remarks = f"<p>{html.escape(score.remarks)}</p>" if score.remarks else ""
    return f"<table>{''.join(rows)}</table>{remarks}{_details(score)}<p>{SAVE_FIRST}</p>"


def _lessons_in(found: Overview) -> str:
    """A total, where one stopped, and a tick for each lesson that was run to its end."""
    rows = [_row("th", ("done", "lesson", "code cells run"))]
    for lesson in found.lessons:
        rows.append(_row("td", (mark_of(lesson), lesson.title, f"{lesson.run} of {lesson.cells}")))
    told = f"<p>{found.totals()}</p>"
    if found.program:
        told += f"<p>{html.escape(re.sub(r'[*]{2}|[(][^)]*[)]', '', found.program))}</p>"
    if stopped := found.stopped:
        where = html.escape(f"at “{stopped.stopped}”")
        told += f"<p>You stopped in <code>{html.escape(stopped.name)}</code>, {where}.</p>"
    return f"{told}<table>{''.join(rows)}</table><p></p>"


def _row(tag: str, cells: tuple[str, ...]) -> str:
    style = ' style="padding: 2px 8px; text-align: left; line-height: 1.4"'
    return f"<tr>{''.join(f'<{tag}{style}>{html.escape(cell)}</{tag}>' for cell in cells)}</tr>"


def _details(score: ExerciseScore) -> str:
    """What the tests said of an exercise, folded; nothing where all is right."""
    told = []
    for answer in score.answers:
        mark, points = _line(answer)
        which, message = _message(answer)
        if message.headline:
            cause, facts = (html.escape("\n".join(lines)) for lines in message.lines())
            text = f"{html.escape(f'{mark} {answer.name}: {points}. The {which} say:')}\n"
            text += f"<b>{cause}</b>\n{facts}"
            told.append(f'<pre style="white-space: pre-wrap">{text}</pre>')
    if not told:
        return ""
    summary = f"<summary>What the tests say of {html.escape(score.exercise)}</summary>"
    return f"<details>{summary}{''.join(told)}</details>"


def show_scores() -> Scores:
    """Show the points that the last grading gave; end a cell with it."""
    return Scores()
