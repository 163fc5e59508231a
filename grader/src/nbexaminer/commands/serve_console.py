"""The talk of `serve`: what is watched, a line for each event, and what came of it."""

from __future__ import annotations

import contextlib
import datetime
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from nbexaminer.commands.command import cores, on_signals
from nbexaminer.conveyor.arrivals import Arrivals
from nbexaminer.conveyor.belt import Conveyor
from nbexaminer.conveyor.desk import Desk
from nbexaminer.conveyor.folder import ClassFolder
from nbexaminer.conveyor.give_feedback import Exchange, warm_up
from nbexaminer.conveyor.reception import Reception
from nbexaminer.conveyor.scratch import Scratch
from nbexaminer.course_folder import CourseFolder
from nbexaminer.errors import CannotGrade, Status
from nbexaminer.gradebook.attempts import read_attempts
from nbexaminer.settings import Settings

BUSY_TRIES = 5
"""How often what can't be used now is tried, where serving is not for ever."""
NO_DROP_BOX = (
    "there is no drop box of nbgrader's exchange for the course {0!r}: run `nbgrader "
    "release_assignment {1}` first, or name the folder where learners hand in with --inbox"
)


@dataclass(frozen=True)
class Options:
    """Of the command; `inbox`: the folder to be watched instead of the exchange's."""

    inbox: Path | None = None
    outbox: Path | None = None
    once: bool = False
    jobs: int | None = None
    db: str | None = None
    unsafe: bool = False


def serve_class(exercise: str, console: Console, options: Options) -> Status:
    """The command."""
    course = CourseFolder(options.db, options.unsafe)
    folder = ClassFolder(course, exercise)
    settings = course.settings

    def say(learner: str, event: str, needs_you: bool) -> None:
        time = datetime.datetime.now(settings.zone)
        who = f"[bold{' red' if needs_you else ''}]{escape(learner)}[/]: " if learner else ""
        console.print(f"{time:%H:%M:%S} {who}{escape(event)}")

    exchange = None if options.inbox else Exchange.of(course)
    desk: Desk | None = None
    try:
        with contextlib.ExitStack() as stack:
            stack.enter_context(folder.locked())
            gradebook = stack.enter_context(folder.gradebook())
            with gradebook.transaction() as connection:
                known = [attempt.name for attempt in read_attempts(connection, exercise)]
            arrivals = _arrivals(folder, options.inbox, exchange, known)
            place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="serve-")))
            scratch = stack.enter_context(contextlib.closing(Scratch(folder, place)))
            outbox = options.outbox.resolve() if options.outbox else None
            desk = Desk(folder, gradebook, scratch, exchange, outbox, say)
            reception = Reception(folder, gradebook, arrivals, desk, say, options.once)
            conveyor = Conveyor(
                reception,
                desk,
                folder.trial(),
                warm=warm_up,
                ready=lambda: say("", f"ready: {arrivals.top} is watched", False),
                waiting=lambda error: say("", f"waiting: {error}", True),
                tries=BUSY_TRIES if options.once else None,
            )
            stack.enter_context(on_signals(conveyor.stop))
            console.print(f"[bold]{escape(exercise)}[/]: {_rules_in_words(settings)}")
            jobs = options.jobs or cores()
            conveyor.run(lambda: folder.local_pool(jobs))
        return desk.summary.status
    finally:
        if desk is not None:
            console.print(f"[bold]Ended.[/] {escape(str(desk.summary))}")


def _arrivals(
    folder: ClassFolder, inbox: Path | None, exchange: Exchange | None, known: list[str]
) -> Arrivals:
    if inbox is not None:
        return Arrivals(inbox.resolve(), folder.exercise, known, drop_box=False, check_owner=False)
    if exchange is None:
        course_id = folder.course.directory.course_id
        raise CannotGrade(NO_DROP_BOX.format(course_id, folder.exercise))
    return Arrivals(exchange.inbound, folder.exercise, known, True, exchange.check_owner)


def _rules_in_words(settings: Settings) -> str:
    limit = settings.attempts
    times = f"{limit} attempts" if limit > 1 else "1 attempt" if limit else "any number of attempts"
    return f"{times} for each learner, the {settings.counted} one counts. Ctrl-C ends serving."
