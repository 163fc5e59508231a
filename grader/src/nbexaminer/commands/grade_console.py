"""The talk of `grade`: progress while a run goes on, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from nbexaminer.commands.command import cores, on_signals
from nbexaminer.conveyor.belt import Conveyor
from nbexaminer.conveyor.folder import ClassFolder
from nbexaminer.conveyor.submitted import SubmittedFolder
from nbexaminer.conveyor.summary import Summary
from nbexaminer.conveyor.workers import dask_pool
from nbexaminer.course_folder import CourseFolder
from nbexaminer.errors import CannotGrade, Status
from nbexaminer.examination.verdicts import Outcome

SHOWN_PROBLEMS = 50


def grade_class(
    exercise: str,
    console: Console,
    jobs: int | None = None,
    scheduler: str | None = None,
    db: str | None = None,
    force: bool = False,
    unsafe: bool = False,
    students: Collection[str] = (),
) -> Status:
    """The command.

    jobs: worker processes on this machine; as many as there are cores unless given.
    scheduler: address of a Dask scheduler, whose workers grade instead.
    students: ids of the learners whose work is graded; everybody's unless given.
    """
    jobs = jobs or cores()
    folder = ClassFolder(CourseFolder(db, unsafe), exercise)
    with folder.locked(), folder.gradebook() as gradebook:
        if folder.registered:
            others = " For all the others, grade without --student." if students else ""
            console.print(escape(folder.registered + others), soft_wrap=True)
        if not folder.students():
            raise CannotGrade(folder.nothing_handed_in())
        with _progress_bar(console) as progress:
            show = _shower(progress, exercise)
            submitted = SubmittedFolder(folder, gradebook, force, students, show)
            conveyor = Conveyor(submitted, submitted, folder.trial())
            with on_signals(conveyor.stop):
                if scheduler is None:
                    done = conveyor.run(lambda: folder.local_pool(jobs))
                else:
                    done = conveyor.run(lambda: dask_pool(scheduler))
        submitted.summary.stopped = not done
        penalties = gradebook.update_penalties()
        by_hand = gradebook.awaiting_a_human()
    _report(console, exercise, submitted.summary, by_hand)
    if penalties:
        console.print(f"penalties for lateness that changed without grading again: {penalties}")
    return submitted.summary.status


def _progress_bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[said]}"),
        console=console,
    )


def _shower(progress: Progress, exercise: str) -> Callable[[Summary], None]:
    """Shows how far a run is."""
    bar = progress.add_task(exercise, total=None, said="")
    begin = time.monotonic()

    def show(summary: Summary) -> None:
        done = summary.graded + summary.unchanged + summary.not_graded
        rate = summary.graded / (time.monotonic() - begin) * 60
        said = " ".join(f"{n} {o}" for o, n in summary.outcomes.most_common())
        progress.update(
            bar,
            completed=done,
            total=summary.submissions,
            said=f"{rate:.0f} a minute; tests: {said}",
        )

    return show


def _report(console: Console, exercise: str, summary: Summary, by_hand: int) -> None:
    table = Table("", "submissions", title=exercise)
    table.add_row("handed in", str(summary.submissions))
    table.add_row("graded now", str(summary.graded))
    table.add_row("unchanged since they were graded", str(summary.unchanged))
    if summary.excluded:
        table.add_row("handed in by those whom you have excluded", str(len(summary.excluded)))
    table.add_row("need you (see below)", str(len(summary.problems)))
    table.add_row("have answers to grade by hand", str(by_hand))
    console.print(table)
    tests = Table("test cells", "", title="verdicts")
    for outcome in Outcome:
        if summary.outcomes[outcome]:
            tests.add_row(outcome, str(summary.outcomes[outcome]))
    console.print(tests)
    for student, reason in summary.problems[:SHOWN_PROBLEMS]:
        console.print(f"[bold red]{escape(student)}[/]: {escape(reason)}", soft_wrap=True)
    if len(summary.problems) > SHOWN_PROBLEMS:
        console.print(f"and {len(summary.problems) - SHOWN_PROBLEMS} more")
    for cell, how in summary.suspicious():
        said = "look at this test, which neither passed nor failed anybody"
        console.print(f"[bold red]{escape(cell)}[/]: {said}: {escape(how)}", soft_wrap=True)
    for student, reason in summary.left_out[:SHOWN_PROBLEMS]:
        console.print(f"{escape(student)}: {escape(reason)}", soft_wrap=True)
    if summary.stopped:
        console.print("[bold]Stopped.[/] What was graded is kept; the same command goes on.")
