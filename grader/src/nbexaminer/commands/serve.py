"""`serve`: grade what is handed in as soon as it is; a line for each event."""

from __future__ import annotations

import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape

from nbexaminer.commands.command import (
    console,
    in_course_folder,
    jobs_option,
    on_signals,
    unsafe_option,
)
from nbexaminer.errors import CannotGrade, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbexaminer.classroom.course_folder import CourseFolder
    from nbexaminer.settings import Settings

FOLDER = click.Path(exists=True, file_okay=False, resolve_path=True, path_type=Path)
NEW_FOLDER = click.Path(file_okay=False, resolve_path=True, path_type=Path)
BUSY_TRIES = 5
"""How often what can't be used now is tried, where serving is not for ever."""
NO_DROP_BOX = (
    "there is no drop box of nbgrader's exchange for the course {0!r}: run `nbgrader "
    "release_assignment {1}` first, or name the folder where learners hand in with --inbox"
)


@click.command()
@click.argument("exercise")
@click.option("--inbox", type=FOLDER, help="Watch this folder instead of the exchange's drop box.")
@click.option(
    "--outbox", type=NEW_FOLDER, help="Put feedback there too, a folder for each learner."
)
@click.option("--once", is_flag=True, help="Grade what is there, then end: for cron.")
@jobs_option
@in_course_folder
@unsafe_option
def serve(
    course: CourseFolder,
    exercise: str,
    inbox: Path | None,
    outbox: Path | None,
    once: bool,
    jobs: int,
) -> Status:
    """Grade what is handed in for EXERCISE as soon as it is; run it in the course folder.

    Each learner gets feedback within seconds, and every attempt is kept in attempts/. How many
    there may be and which one counts: c.MarkingRules.attempts and c.MarkingRules.counted in
    class_config.py. In --inbox lie <learner>/EXERCISE.ipynb, folders <learner>/EXERCISE, or
    what is called LEARNER+EXERCISE+TIME. Ctrl-C ends it.

    Ends with status 1 where something needs the instructor, 2 where nothing can be graded.
    """
    from nbexaminer.classroom.pipeline.arrivals import Arrivals
    from nbexaminer.classroom.pipeline.belt import Conveyor
    from nbexaminer.classroom.pipeline.desk import Desk
    from nbexaminer.classroom.pipeline.folder import ClassFolder
    from nbexaminer.classroom.pipeline.give_feedback import Exchange, warm_up

    folder, terminal = ClassFolder(course, exercise), console()

    def say(learner: str, event: str, needs_you: bool) -> None:
        time = datetime.datetime.now(course.settings.zone)
        who = f"[bold{' red' if needs_you else ''}]{escape(learner)}[/]: " if learner else ""
        terminal.print(f"{time:%H:%M:%S} {who}{escape(event)}")

    exchange = None if inbox else Exchange.of(course)
    if inbox is not None:
        arrivals = Arrivals(
            inbox, exercise, drop_box=False, check_owner=False, exercises=course.exercises()
        )
    elif exchange is not None:
        arrivals = Arrivals(exchange.inbound, exercise, check_owner=exchange.check_owner)
    else:
        raise CannotGrade(NO_DROP_BOX.format(course.directory.course_id, exercise))
    with folder.locked(), folder.gradebook() as gradebook:
        desk = Desk(folder, gradebook, arrivals, exchange, outbox, say, once)
        conveyor = Conveyor(
            desk,
            folder.trial(),
            warm=warm_up,
            ready=partial(_begin, say, f"ready: {arrivals.top} is watched"),
            waiting=lambda error: say("", f"waiting: {error}", True),
            tries=BUSY_TRIES if once else None,
        )
        terminal.print(f"[bold]{escape(exercise)}[/]: {_rules_in_words(course.settings)}")
        try:
            with on_signals(conveyor.stop):
                conveyor.run(partial(folder.local_pool, jobs))
        finally:
            terminal.print(f"[bold]Ended.[/] {escape(str(desk.summary))}")
    return desk.summary.status


def _begin(say: Callable[[str, str, bool], None], ready: str, told: tuple[str, ...]) -> None:
    """Say that serving begins, and what the trial found."""
    for text in told:
        say("", text, True)
    say("", ready, False)


def _rules_in_words(settings: Settings) -> str:
    limit = settings.attempts
    times = f"{limit} attempts" if limit > 1 else "1 attempt" if limit else "any number of attempts"
    return f"{times} for each learner, the {settings.counted} one counts. Ctrl-C ends serving."
