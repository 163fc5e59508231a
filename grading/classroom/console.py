"""How a run over a class went, and what the terminal shows of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from grading.examination.verdicts import Outcome

SHOWN_PROBLEMS = 50
FINE, LOOK, CANNOT, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses: all graded; something needs the instructor; nothing can be graded; Ctrl-C."""


@dataclass
class Summary:
    """How a run went.

    problems: learner and reason of each submission that needs the instructor.
    left_out: learner and reason where something that was handed in is not handed back.
    """

    submissions: int = 0
    graded: int = 0
    unchanged: int = 0
    not_graded: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    problems: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    stopped: bool = False

    @property
    def status(self) -> int:
        """The command's exit status."""
        if self.stopped:
            return INTERRUPTED
        return LOOK if self.problems else FINE


def progress_bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[said]}"),
        console=console,
    )


def report(console: Console, exercise: str, summary: Summary, by_hand: int) -> None:
    table = Table("", "submissions", title=exercise)
    table.add_row("handed in", str(summary.submissions))
    table.add_row("graded now", str(summary.graded))
    table.add_row("unchanged since they were graded", str(summary.unchanged))
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
    for student, reason in summary.left_out[:SHOWN_PROBLEMS]:
        console.print(f"{escape(student)}: {escape(reason)}", soft_wrap=True)
    if summary.stopped:
        console.print("[bold]Stopped.[/] What was graded is kept; the same command goes on.")
