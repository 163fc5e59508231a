"""The talk of `serve`: what is watched, a line for each event, what came of it, and refusals."""

from __future__ import annotations

import contextlib
import datetime
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from nbexaminer.commands.console import REFUSALS, cores, on_signals
from nbexaminer.conveyor.arrivals import Arrivals
from nbexaminer.conveyor.desk import Desk
from nbexaminer.conveyor.folder import CannotGrade, ClassFolder
from nbexaminer.conveyor.give_feedback import Exchange
from nbexaminer.conveyor.run import CANNOT
from nbexaminer.conveyor.scratch import Scratch
from nbexaminer.conveyor.serve import Serving
from nbexaminer.gradebook.attempts import read_attempts
from nbexaminer.settings import MarkingRules

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


def serve_class(exercise: str, console: Console, options: Options) -> int:
    """The command; gives its exit status."""

    def say(learner: str, said: str, needs_you: bool) -> None:
        time = datetime.datetime.now(rules.zone)
        who = f"[bold{' red' if needs_you else ''}]{escape(learner)}[/]: " if learner else ""
        console.print(f"{time:%H:%M:%S} {who}{escape(said)}", soft_wrap=True)

    desk: Desk | None = None
    status = None
    try:
        folder = ClassFolder(exercise, options.db, options.unsafe)
        rules = folder.course.rules
        exchange = None if options.inbox else Exchange.of(folder.course)
        with contextlib.ExitStack() as stack:
            stack.enter_context(folder.locked())
            gradebook = stack.enter_context(folder.gradebook())
            with gradebook.transaction() as connection:
                known = [attempt.name for attempt in read_attempts(connection, exercise)]
            arrivals = _arrivals(folder, options.inbox, exchange, known)
            place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="serve-")))
            scratch = stack.enter_context(contextlib.closing(Scratch(folder, place)))
            outbox = options.outbox.resolve() if options.outbox else None
            desk = Desk(folder, gradebook, scratch, arrivals, exchange, outbox, say)
            serving = Serving(folder, arrivals, desk, say, options.once)
            stack.enter_context(on_signals(serving.stop))
            console.print(f"[bold]{escape(exercise)}[/]: {_rules_in_words(rules)}", soft_wrap=True)
            jobs = options.jobs or cores()
            serving.serve(lambda: folder.local_pool(jobs))
    except (*REFUSALS, OSError) as error:
        console.print(f"[bold red]{escape(str(error))}[/]", soft_wrap=True)
        status = CANNOT
    if desk is not None:
        console.print(f"[bold]Ended.[/] {escape(str(desk.tally))}", soft_wrap=True)
        status = desk.tally.status if status is None else status
    return CANNOT if status is None else status


def _arrivals(
    folder: ClassFolder, inbox: Path | None, exchange: Exchange | None, known: list[str]
) -> Arrivals:
    if inbox is not None:
        return Arrivals(inbox.resolve(), folder.exercise, known, drop_box=False, check_owner=False)
    if exchange is None:
        course_id = folder.course.directory.course_id
        raise CannotGrade(NO_DROP_BOX.format(course_id, folder.exercise))
    return Arrivals(exchange.inbound, folder.exercise, known, True, exchange.check_owner)


def _rules_in_words(rules: MarkingRules) -> str:
    limit = rules.attempts
    times = f"{limit} attempts" if limit > 1 else "1 attempt" if limit else "any number of attempts"
    return f"{times} for each learner, the {rules.counted} one counts. Ctrl-C ends serving."
