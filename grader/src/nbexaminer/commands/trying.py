"""`try`: how each test cell has to be run, and whether the source's own solution passes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.markup import escape
from rich.table import Table

from nbexaminer.cli import cli
from nbexaminer.commands.command import console, in_course_folder, unsafe_option
from nbexaminer.errors import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbexaminer.classroom.course_folder import CourseFolder
    from nbexaminer.judging.session.trial import Tried


@click.command("try")
@click.argument("exercise")
@click.option("--write", is_flag=True, help="Note in the source which cells run in one way alone.")
@unsafe_option
@in_course_folder
def try_(course: CourseFolder, exercise: str, write: bool) -> Status:
    """Try the tests of EXERCISE on its source's own solution, and on the notebook as handed out.

    Test cells run apart from the answers, out of their reach, and then once more beside them, as
    in a kernel; the lower of both verdicts counts. This says which can't run apart, and why; they
    run beside the answers alone, in the learner's process, where a learner's code could forge
    these verdicts. With --write their cells in the source say so.

    Ends with status 1 where a cell is to be changed, or has points for nothing.
    """
    from nbexaminer.classroom.pipeline.folder import ClassFolder
    from nbexaminer.classroom.pipeline.workers import ways_tried
    from nbexaminer.judging.session.trial import is_unsolved, waived_by

    folder = ClassFolder(course, exercise)
    status = Status.FINE
    with folder.locked():
        for handed, tried in ways_tried(folder.trial()):
            changed = {found.cell: found.way for found in tried if found.is_to_change}
            _show(handed.name, tried)
            if write and changed:
                folder.write_ways(handed.name, changed)
                noted = ", ".join(f"{name!r} {way}" for name, way in changed.items())
                console().print(
                    escape(
                        f"{handed.name}.ipynb in the source says now: {noted}. You needn't "
                        "generate the release again."
                    )
                )
            left = changed and not write
            if left:
                call = cli(f"try {exercise} --write")
                console().print(escape(f"`{call}` notes that in the source."))
            if left or any(found.free or not found.passes for found in tried):
                status = Status.LOOK
            if folder.is_untried:
                text = f"c.MarkingRules.untried has {exercise!r}, so it is graded all the same."
                console().print(escape(text))
            elif is_unsolved(handed.source) and not all(found.passes for found in tried):
                console().print(escape(waived_by(exercise)))
    return status


def _show(notebook: str, tried: Sequence[Tried]) -> None:
    if not tried:
        console().print(escape(f"{notebook}: no test cells"))
        return
    table = Table("test cell", "runs", "why", title=notebook)
    for found in tried:
        why = escape(found.why.replace("\n", " ") or found.remark)
        if not found.passes:
            why = f"[bold red]its own solution does not pass it:[/] {why}"
        elif found.free:
            why = "the notebook as it is handed out gets its points"
        table.add_row(escape(found.cell), str(found.way), why)
    console().print(table)
