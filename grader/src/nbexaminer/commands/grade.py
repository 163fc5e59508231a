"""`grade`: a whole class at a time, progress while it goes on, and what came of it."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

import click
from rich import progress
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from nbexaminer.cli import cli
from nbexaminer.commands.command import (
    first_lines,
    in_course_folder,
    jobs_option,
    listed,
    on_signals,
    unsafe_option,
)
from nbexaminer.errors import CannotGrade, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbexaminer.classroom.course_folder import CourseFolder
    from nbexaminer.classroom.gradebook.attempts import Attempt
    from nbexaminer.classroom.pipeline.summary import Summary


@click.command()
@click.argument("exercise")
@jobs_option
@click.option("--scheduler", metavar="ADDRESS", help="Of a Dask scheduler: its workers grade.")
@in_course_folder
@click.option(
    "--student",
    "students",
    multiple=True,
    metavar="ID",
    help="Grade only this learner's work; may be repeated.",
)
@click.option("--settle", is_flag=True, help="Leave what can't be read at 0 points.")
@click.option("--force", is_flag=True, help="Grade again what has not changed.")
@unsafe_option
def grade(
    course: CourseFolder,
    exercise: str,
    jobs: int,
    scheduler: str | None,
    students: tuple[str, ...],
    settle: bool,
    force: bool,
) -> Status:
    """Grade what was handed in for EXERCISE; run it in the course folder.

    What has been graded and has not changed is left as it is. Ends with status 1 where
    something needs the instructor, 2 where nothing can be graded, 130 after Ctrl-C.
    """
    # Imported before the gradebook is opened, since that makes its table.
    from nbexaminer.classroom.gradebook.attempts import read_attempts
    from nbexaminer.classroom.pipeline.belt import Conveyor
    from nbexaminer.classroom.pipeline.folder import ClassFolder
    from nbexaminer.classroom.pipeline.submitted import SubmittedFolder
    from nbexaminer.classroom.pipeline.workers import dask_pool

    console = Console(highlight=False, emoji=False)
    folder = ClassFolder(course, exercise)
    _tell(console, course.passed_over())
    with folder.locked(), folder.gradebook() as gradebook:
        if folder.registered:
            others = " For all the others, grade without --student." if students else ""
            console.print(escape(folder.registered + others), soft_wrap=True)
        if not folder.students():
            raise CannotGrade(folder.nothing_handed_in())
        with _progress(console) as bars:
            bar = bars.add_task(exercise, total=None, text="")
            show = partial(_show, bars, bar, time.monotonic())
            submitted = SubmittedFolder(folder, gradebook, force, students, show)
            conveyor = Conveyor(submitted, folder.trial(), ready=partial(_tell, console))
            with on_signals(conveyor.stop):
                done = conveyor.run(
                    partial(dask_pool, scheduler) if scheduler else partial(folder.local_pool, jobs)
                )
        submitted.summary.stopped = not done
        settled = gradebook.settle(students) if settle else []
        submitted.summary.settle(settled)
        penalties = gradebook.update_penalties()
        by_hand = len(gradebook.awaiting_a_human())
        with gradebook.transaction() as connection:
            attempts = read_attempts(connection, exercise, used=True)
    _report(console, exercise, submitted.summary, by_hand)
    if submitted.summary.graded:
        _tell(console, _of_others(course, exercise, attempts))
    if settled:
        text = f"Settled, with 0 points where you gave none: {listed(settled)}"
        console.print(text, soft_wrap=True)
    if penalties:
        console.print(f"penalties for lateness that changed without grading again: {penalties}")
    return submitted.summary.status


def _progress(console: Console) -> progress.Progress:
    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
        progress.TextColumn("{task.fields[text]}"),
    )
    return progress.Progress(*columns, console=console)


def _of_others(course: CourseFolder, exercise: str, attempts: Sequence[Attempt]) -> Sequence[str]:
    """That an attempt which doesn't count may be the better one now, where the best is to count."""
    if course.settings.counted != "best" or all(row.counts for row in attempts):
        return ()
    again = f"`{cli('serve')} {exercise}` grades them again when it begins"
    return (f"Attempts that don't count may be the better ones by now: {again}.",)


def _tell(console: Console, told: Sequence[str]) -> None:
    """What the configuration leaves out, or the trial found, that the instructor has to know."""
    for text in told:
        console.print(f"[bold red]Note:[/] {escape(text)}", soft_wrap=True)


def _show(bars: progress.Progress, bar: progress.TaskID, begin: float, summary: Summary) -> None:
    """Show how far a run is that began then."""
    done = summary.graded + summary.unchanged + summary.not_graded
    rate = summary.graded / (time.monotonic() - begin) * 60
    tests = " ".join(f"{n} {o}" for o, n in summary.outcomes.most_common())
    text = f"{rate:.0f} a minute; tests: {tests}"
    bars.update(bar, completed=done, total=summary.submissions, text=text)


def _report(console: Console, exercise: str, summary: Summary, by_hand: int) -> None:
    from nbexaminer.classroom.pipeline.summary import Disposition
    from nbexaminer.judging.session.verdicts import Outcome

    excluded = {"handed in by those whom you have excluded": len(summary.excluded)}
    table = Table("", "submissions", title=exercise)
    for name, count in {
        "handed in": summary.submissions,
        "graded now": summary.graded,
        "unchanged since they were graded": summary.unchanged,
        **(excluded if summary.excluded else {}),
        "need you (see below)": len(summary.problems),
        "have answers to grade by hand": by_hand,
    }.items():
        table.add_row(name, str(count))
    console.print(table)
    tests = Table("test cells", "", title="verdicts")
    for outcome in Outcome:
        if summary.outcomes[outcome]:
            tests.add_row(outcome, str(summary.outcomes[outcome]))
    console.print(tests)
    if any(became is Disposition.SET_ASIDE for _, became, _ in summary.needs_you):
        text = (
            "What is set aside can't be read: ask for another file, or leave it at 0 points with "
        )
        console.print(f"{text}--settle (all, or those that --student names).", soft_wrap=True)
    problems = [f"[bold red]{escape(who)}[/]: {escape(why)}" for who, why in summary.problems]
    unsure = "look at this test, which neither passed nor failed anybody"
    strangers = f"On no roster, and graded all the same: {escape(listed(summary.strangers))}"
    for line in (
        *first_lines(problems),
        *(f"[bold red]{escape(c)}[/]: {unsure}: {escape(how)}" for c, how in summary.suspicious()),
        *first_lines([f"{escape(who)}: {escape(what)}" for who, what in summary.remarks]),
        *([strangers] if summary.strangers else ()),
    ):
        console.print(line, soft_wrap=True)
    if summary.stopped:
        console.print("[bold]Stopped.[/] What was graded is kept; the same command goes on.")
