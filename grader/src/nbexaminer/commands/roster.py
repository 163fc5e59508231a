"""`roster`: the class, who has handed in, and who is left out."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from nbexaminer.classroom.intake.names import printable
from nbexaminer.cli import cli
from nbexaminer.commands.command import FILE, first_lines, in_course_folder, listed
from nbexaminer.errors import Refusal, Status
from nbexaminer.lms.known import TITLES

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

    from nbexaminer.classroom.course_folder import CourseFolder
    from nbexaminer.classroom.roster import Learner


@click.command(
    help=f"""Read the class from FILE, or list it; run it in the course folder.

    FILE is a table with the columns id, first name, last name, email and section, or what
    {TITLES} exports. Whom it leaves out stays in the gradebook. Ends with status 1 where
    something needs the instructor, 2 where nothing can be read.
    """
)
@click.argument("file", required=False, type=FILE)
@click.option("--id", "id_column", default="", metavar="COLUMN", help="Heading of the ids' column.")
@click.option("--exclude", multiple=True, metavar="ID", help="Leave out of grades; repeatable.")
@click.option("--include", multiple=True, metavar="ID", help="Take back into them; repeatable.")
@in_course_folder
def roster(
    course: CourseFolder,
    file: Path | None,
    id_column: str,
    exclude: tuple[str, ...],
    include: tuple[str, ...],
) -> Status:
    console = Console(highlight=False, emoji=False)
    course.check_exercise()  # else a new gradebook would lie wherever one happens to be
    with course.gradebook() as gradebook:
        status = Status.FINE
        if file is not None:
            status = _read(console, gradebook, file, id_column)
        for names, excluded in ((exclude, True), (include, False)):
            if names:
                status = max(status, _set_aside(console, course, gradebook, names, excluded))
        if file is None and not exclude and not include:
            _list(console, course, gradebook)
    return status


def _read(console: Console, gradebook: Gradebook, file: Path, id_column: str) -> Status:
    from nbexaminer.classroom.roster import merge, read_roster, write_roster
    from nbexaminer.lms.class_list import read_class_list

    found = read_class_list(file, id_column)
    merged = merge(read_roster(gradebook), found.learners)
    write_roster(gradebook, merged.learners)
    whose = f" by {found.platform}" if found.platform else ""
    count = "1 learner" if len(merged.learners) == 1 else f"{len(merged.learners)} learners"
    lines = [
        f"{escape(file.name)}{whose}: {count}, {len(merged.new)} of them new, "
        f"{len(merged.changed)} changed.",
        f"Their ids are from the column {escape(repr(found.id_column))}; --id chooses another.",
    ]
    refused = [f"[bold red]Not taken:[/] {escape(line)}" for line in found.refused]
    lines += first_lines(refused, "rows")
    lines += first_lines([f"Note: {escape(line)}" for line in merged.remarks], "notes")
    if merged.missing:
        lines.append(
            f"In the gradebook, but not in this file: {_shown(merged.missing)}. They stay; "
            f"--exclude {escape(merged.missing[0])} leaves one out of grades."
        )
    for line in lines:
        console.print(line, soft_wrap=True)
    return Status.LOOK if found.refused or not found.learners else Status.FINE


def _set_aside(
    console: Console,
    course: CourseFolder,
    gradebook: Gradebook,
    names: Sequence[str],
    excluded: bool,
) -> Status:
    from nbexaminer.classroom.deadlines import Deadlines
    from nbexaminer.classroom.roster import Learner, read_roster, write_roster

    known = {learner.student_id: learner for learner in read_roster(gradebook)}
    changed = {}
    status = Status.FINE
    for name in dict.fromkeys(names):
        try:
            who = Deadlines(course, gradebook).learner(name)
        except Refusal as error:
            console.print(f"[bold red]{escape(str(error))}[/]", soft_wrap=True)
            status = Status.LOOK
            continue
        # Who has handed in need not be known yet.
        changed[who] = dataclasses.replace(known.get(who, Learner(who)), excluded=excluded)
    write_roster(gradebook, changed.values())
    if changed and excluded:
        text = f"{_shown(changed)}: excluded, so neither graded, reported nor exported. "
        console.print(text + "Nothing is deleted; --include takes them back.", soft_wrap=True)
    elif changed:
        console.print(f"{_shown(changed)}: part of the class.", soft_wrap=True)
    return status


def _handed_in(course: CourseFolder) -> dict[str, set[str]]:
    """For each exercise, whose submissions lie where they should."""
    from nbexaminer.classroom.intake.taking import submitted_folders

    found, directory = {}, course.directory
    for exercise in course.exercises():
        directory.assignment_id = exercise
        found[exercise] = {name for name, _ in submitted_folders(directory)}
    directory.assignment_id = ""
    return found


def _list(console: Console, course: CourseFolder, gradebook: Gradebook) -> None:
    from nbexaminer.classroom.roster import read_roster

    learners = read_roster(gradebook)
    if not learners:
        console.print(
            f"Nobody is in the class yet. `{cli('roster class.csv')}` reads a list: your "
            "own table with the columns id, first name, last name, email and section, or the file "
            f"that {TITLES} exports.",
            soft_wrap=True,
        )
    handed_in = _handed_in(course)
    for submission in (s for a in gradebook.assignments for s in a.submissions):
        handed_in.setdefault(submission.assignment.name, set()).add(submission.student_id)
    table = Table("id", "name", "section", "excluded", "has handed in")
    for learner in learners:
        done = [exercise for exercise, names in handed_in.items() if learner.student_id in names]
        excluded = "yes" if learner.excluded else ""
        cells = (learner.student_id, learner.name, learner.section, excluded, ", ".join(done))
        table.add_row(*(escape(printable(cell)) for cell in cells))
    if learners:
        console.print(table)
    for line in _missing(learners, handed_in):
        console.print(line, soft_wrap=True)


def _missing(learners: Sequence[Learner], handed_in: Mapping[str, set[str]]) -> list[str]:
    """For each exercise that anybody has handed in, who has not; and who is in no list."""
    there = [learner.student_id for learner in learners if not learner.excluded]
    lines = []
    for exercise, names in handed_in.items():
        missing = [name for name in there if name not in names]
        if names and there:
            text = f"{exercise}: {len(there) - len(missing)} of {len(there)} have handed in"
            lines.append(f"{text}; not yet: {_shown(missing)}" if missing else text)
    strangers = set().union(*handed_in.values()) - {learner.student_id for learner in learners}
    if strangers:
        lines.append(f"Handed in, but not in the class: {_shown(sorted(strangers))}")
    return lines


def _shown(names: Sequence[str] | Mapping[str, object]) -> str:
    return escape(listed([printable(name) for name in names]))
