"""The platforms that are known, and which of them made a download or a file."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from nbexaminer.errors import Malformed
from nbexaminer.platforms.blackboard import Blackboard, BlackboardFile
from nbexaminer.platforms.brightspace import Brightspace, BrightspaceFile
from nbexaminer.platforms.canvas import Canvas, CanvasFile
from nbexaminer.platforms.moodle import Moodle, MoodleFile
from nbexaminer.platforms.platform import GradebookFile, Platform
from nbexaminer.platforms.table import Table

PLATFORMS: dict[str, type[Platform]] = {
    kind.title.casefold(): kind for kind in (Canvas, Moodle, Blackboard, Brightspace)
}
FILES: tuple[type[GradebookFile], ...] = (CanvasFile, MoodleFile, BlackboardFile, BrightspaceFile)


def recognise(places: Sequence[str], exercise: str, zone: datetime.tzinfo) -> Platform | None:
    """The platform whose form most of a download's paths have, or None where none has it.

    Raises Malformed where two platforms could have named them. Learners choose the end of a name,
    but not all learners' of a class.
    """
    counted = []
    for kind in PLATFORMS.values():
        platform = kind(exercise, zone)
        counted.append((sum(_is_named(platform, place) for place in places), platform))
    counted.sort(key=lambda pair: -pair[0])
    (most, first), (next_most, second) = counted[:2]
    if most == 0:
        return None
    if most == next_most:
        raise Malformed(
            f"the names could be {first.title}'s or {second.title}'s: say which, with --platform, "
            "or in nbgrader_config.py with c.Collector.platform"
        )
    return first


def _is_named(platform: Platform, place: str) -> bool:
    try:
        return platform.read(place) is not None
    except Malformed:
        return True


def recognise_file(table: Table) -> GradebookFile:
    """A gradebook file by its header. Raises Malformed where no platform's begins so."""
    for kind in FILES:
        if kind.is_header(table.rows[0]):
            return kind(table)
    raise Malformed(
        "its first line is not that of a gradebook file of Canvas, Blackboard or Brightspace, or "
        "of a grading worksheet of Moodle; export it once more, in English, and don't save it in a "
        "spreadsheet"
    )
