"""`drop`: a question that turned out to be unfair, or plainly wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nbexaminer.cli import cli
from nbexaminer.commands.command import in_course_folder

if TYPE_CHECKING:
    from nbexaminer.classroom.course_folder import CourseFolder
    from nbexaminer.classroom.gradebook.dropping import Droppable
    from nbexaminer.judging.notebook.cell import Decision


@click.command()
@click.argument("exercise")
@click.argument("cells", nargs=-1, metavar="[CELL]...")
@click.option("--accept-all", is_flag=True, help="All who handed in get its points.")
@click.option("--undo", is_flag=True, help="It counts again.")
@in_course_folder
def drop(
    course: CourseFolder, exercise: str, cells: tuple[str, ...], accept_all: bool, undo: bool
) -> None:
    """Let a CELL of EXERCISE count for nothing: nobody earns or loses points with it.

    CELL is the name of a test or of a written answer; without one, those there are are listed.
    Points that somebody gave by hand for it are set aside, and come back with --undo.
    """
    from nbexaminer.classroom.course_folder import locked
    from nbexaminer.classroom.deadlines import opened
    from nbexaminer.classroom.gradebook.dropping import droppable, restore_points, withdraw_points
    from nbexaminer.judging.notebook.cell import Decision

    if accept_all and undo:
        raise click.UsageError("Give --accept-all or --undo: only one of them")
    decided = None if undo else Decision.ACCEPTED if accept_all else Decision.DROPPED
    with opened(course) as dates, locked(course.root):
        exercise = dates.exercise(exercise)
        found = droppable(course.sources(exercise))
        if not cells:
            click.echo(f"Cells of {exercise} with points:")
            for question in found:
                text = f": {question.cell.decision}" if question.cell.decision else ""
                click.echo(f"  {_called(question)}{text}")
            return
        chosen = [_named(name, exercise, found) for name in dict.fromkeys(cells)]
        for question in chosen:
            if question.cell.decision is decided:
                click.echo(f"{_described(question)} It was so already.")
                continue
            with dates.writing() as connection:
                by_hand = (restore_points if undo else withdraw_points)(
                    connection, exercise, question
                )
                question.decide(decided)
            click.echo(f"{_described(question)}{_of_points_by_hand(by_hand, decided)}")
        click.echo(
            f"Now grade again: {cli('grade')} {exercise}\n"
            f"(nbgrader's own way: nbgrader generate_assignment {exercise}, "
            f"then nbgrader autograde {exercise} --force)"
        )


def _named(name: str, exercise: str, found: list[Droppable]) -> Droppable:
    from nbexaminer.errors import Refusal

    for question in found:
        if question.cell.name == name:
            return question
    there_are = ", ".join(question.cell.name for question in found) or "none"
    raise Refusal(f"{exercise} has no cell {name!r} with points: there are {there_are}")


def _called(question: Droppable) -> str:
    worth = question.cell.worth
    return f"{question.cell.name} ({worth:g} point{'' if worth == 1 else 's'})"


def _described(question: Droppable) -> str:
    from nbexaminer.judging.notebook.cell import Decision

    called = _called(question)
    match question.cell.decision:
        case Decision.DROPPED:
            return f"{called} is dropped: it is worth 0 points, nobody earns or loses any."
        case Decision.ACCEPTED:
            return f"{called} is accepted: all whose submission can be read get its points."
        case _:
            return f"{called} counts."


def _of_points_by_hand(learners: int, decided: Decision | None) -> str:
    if not learners:
        return ""
    whose = f"{learners} learner{'' if learners == 1 else 's'}"
    what = "are set aside; --undo brings them back" if decided else "count again"
    return f" The points given by hand of {whose} {what}."
