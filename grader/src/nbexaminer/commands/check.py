"""`check`: what this machine keeps of what sandbox and exchange promise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click
from rich.markup import escape

from nbexaminer.commands.command import console, refusing
from nbexaminer.errors import SandboxUnavailable, Status

if TYPE_CHECKING:
    from nbexaminer.classroom.course_folder import CourseFolder
    from nbexaminer.sandbox.self_test import Tried


@click.command()
@click.option("--verbose", is_flag=True, help="Print what is kept, too.")
@refusing
def check(verbose: bool) -> Status:
    """Prove on this machine what a learner's code and the test runner can and can't do.

    The same for nbgrader's exchange, where there is one: who can read or change what. And whether
    the course folder's configuration plugs this in at all.

    Says first and last whether you can grade here, and between what is missing or not so.

    Ends with status 1 where a promise is not kept, or nbexaminer not plugged in; with 2 where
    there is no sandbox, or the configuration can't be read.
    """
    from nbexaminer.classroom.course_folder import CourseFolder
    from nbexaminer.classroom.intake.exchange_safety import exchange_root, safety

    course = CourseFolder()
    status, wrong = Status.FINE, []
    lines = [f"[bold red]{escape(text)}[/]" for text in course.passed_over()]
    if lines:
        status = Status.LOOK
        wrong.append("the configuration has to be put right")

    def look_at(promises: Sequence[Tried], whose: str) -> None:
        nonlocal status
        lines.extend(_lines(promises, verbose))
        if broken := sum(not promise.kept for promise in promises):
            status = Status.LOOK
            wrong.append(f"{broken} of {len(promises)} promises of the {whose} are not kept")

    try:
        look_at([*_tried(course)], "sandbox")
    except SandboxUnavailable as error:
        status = Status.CANNOT
        lines.append(escape(str(error)))
        wrong.append("there is no sandbox")
    root = exchange_root(course)
    if not root.is_dir():
        lines.append(f"There is no exchange, so nothing to check of it ({escape(str(root))}).")
    look_at([*safety(course)], f"exchange {root}")
    verdict = "Every promise is kept: learners' code can be graded here."
    if wrong:
        verdict = f"[bold red]Do not grade here:[/] {escape('; '.join(wrong))}."
    for line in (verdict, *lines, *([verdict] if len(lines) > 1 else [])):
        console().print(line)
    return status


def _tried(course: CourseFolder) -> Iterator[Tried]:
    """What is promised of learners' code and of the test runner. Raises SandboxUnavailable."""
    from nbexaminer.judging.profile import SandboxRole
    from nbexaminer.sandbox.self_test import tried
    from nbexaminer.sandbox.view import Sandbox

    learner, test_runner = (
        SandboxRole.learner(course.profile),
        SandboxRole.test_runner(course.profile),
    )
    sandbox = Sandbox.find(course.profile)
    return tried(sandbox, {"Learners' code": learner, "The test runner": test_runner})


def _lines(promises: Sequence[Tried], verbose: bool) -> Iterator[str]:
    for promise in promises:
        if verbose and promise.kept:
            yield f"[green]yes[/] {escape(promise.promise)}"
        elif not promise.kept:
            yield f"[bold red]NO [/] {escape(promise.promise)}"
            yield from (f"     {escape(line)}" for line in promise.detail.splitlines())
