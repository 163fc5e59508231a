"""`drop`: a question that turned out to be unfair, or plainly wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nbexaminer.typed import typed

if TYPE_CHECKING:
    from nbexaminer.examination.verdicts import Outcome
    from nbexaminer.gradebook.dropping import Question


@click.command()
@click.argument("exercise")
@click.argument("cells", nargs=-1, metavar="[CELL]...")
@click.option("--accept-all", is_flag=True, help="All who handed in get its points.")
@click.option("--undo", is_flag=True, help="It counts again.")
@click.option("--db", metavar="URL", help="The gradebook, such as postgresql://me@host/grades.")
def drop(
    exercise: str, cells: tuple[str, ...], accept_all: bool, undo: bool, db: str | None
) -> None:
    """Let a CELL of EXERCISE count for nothing: nobody earns or loses points with it.

    CELL is the name of a test or of a written answer; without one, those there are are listed.
    Points that somebody gave by hand for it are set aside, and come back with --undo.
    """
    from nbexaminer.conveyor.lock import Busy, locked
    from nbexaminer.deadlines.due import Refused, opened
    from nbexaminer.examination.verdicts import Outcome
    from nbexaminer.gradebook.dropping import give_back, questions, set_aside

    if accept_all and undo:
        raise click.UsageError("Give --accept-all or --undo: only one of them")
    decided = None if undo else Outcome.ACCEPTED if accept_all else Outcome.DROPPED
    try:
        with opened(db) as dates, locked(dates.course.root):
            exercise = dates.exercise(exercise)
            found = questions(dates.course.sources(exercise))
            if not cells:
                _list(exercise, found)
                return
            chosen = [_called(name, exercise, found) for name in dict.fromkeys(cells)]
            for question in chosen:
                if question.decided is decided:
                    click.echo(f"{_said(question)} It was so already.")
                    continue
                with dates.writing() as connection:
                    by_hand = (give_back if undo else set_aside)(connection, exercise, question)
                    question.decide(decided)
                click.echo(f"{_said(question)}{_of_points_by_hand(by_hand, decided)}")
            click.echo(_next_step(exercise))
    except (Refused, Busy, ValueError, OSError) as error:
        raise click.ClickException(str(error)) from None


def _called(name: str, exercise: str, found: list[Question]) -> Question:
    from nbexaminer.deadlines.due import Refused

    for question in found:
        if question.name == name:
            return question
    there_are = ", ".join(question.name for question in found) or "none"
    raise Refused(f"{exercise} has no cell {name!r} with points: there are {there_are}")


def _list(exercise: str, found: list[Question]) -> None:
    click.echo(f"Cells of {exercise} with points:")
    for question in found:
        said = f": {question.decided}" if question.decided else ""
        click.echo(f"  {question.name} ({_points(question)}){said}")


def _points(question: Question) -> str:
    return f"{question.points:g} point{'' if question.points == 1 else 's'}"


def _said(question: Question) -> str:
    from nbexaminer.examination.verdicts import Outcome

    called = f"{question.name} ({_points(question)})"
    match question.decided:
        case Outcome.DROPPED:
            return f"{called} is dropped: it is worth 0 points, nobody earns or loses any."
        case Outcome.ACCEPTED:
            return f"{called} is accepted: all whose submission can be read get its points."
        case _:
            return f"{called} counts."


def _of_points_by_hand(learners: int, decided: Outcome | None) -> str:
    if not learners:
        return ""
    whose = f"of {learners} learner{'' if learners == 1 else 's'}"
    if decided is None:
        return f" The points given by hand {whose} count again."
    return f" The points given by hand {whose} are set aside; --undo brings them back."


def _next_step(exercise: str) -> str:
    return (
        f"Now grade again: {typed('grade')} {exercise}\n"
        f"(nbgrader's own way: nbgrader generate_assignment {exercise}, "
        f"then nbgrader autograde {exercise} --force)"
    )
