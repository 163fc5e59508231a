"""Fill an exercise's scores into the gradebook file that a platform exported."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nbexaminer.course_folder import CourseFolder
from nbexaminer.errors import Malformed, Refusal
from nbexaminer.intake.names import printable
from nbexaminer.people.roster import Learner, People, read_roster
from nbexaminer.platforms.known import PLATFORMS, exports
from nbexaminer.platforms.platform import GradebookFile, Platform
from nbexaminer.platforms.refusal import check_exercise
from nbexaminer.platforms.scores import Scores
from nbexaminer.platforms.table import Table, number, written


@dataclass
class Filled:
    """What came of filling in. All lists have ids of learners unless said otherwise.

    platform, column: what was filled in; upload: where it goes there; factor: of each score.
    filled: how many scores; replaced: of how many cells that had another.
    nothing: how many learners have handed nothing in; excluded: how many rows are of excluded ones.
    unfinished: something waits to be graded by hand; ungraded: handed in, but not graded at all.
    refused: with the platform's reason.
    strangers: rows of nobody in the gradebook, by the file's name for them, with the reason.
    absent: graded, but in no row.
    computed: cells that a spreadsheet would compute.
    """

    platform: str
    column: str
    upload: str
    factor: float = 1.0
    filled: int = 0
    replaced: int = 0
    nothing: int = 0
    excluded: int = 0
    with_unfinished: bool = False
    unfinished: list[str] = field(default_factory=list)
    ungraded: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    strangers: list[tuple[str, str]] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    computed: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether nobody has to look at anything."""
        missing = [] if self.with_unfinished else self.unfinished
        return not (missing or self.ungraded or self.refused or self.strangers or self.absent)


def fill(
    course: CourseFolder,
    exercise: str,
    export: Path,
    to: Path,
    column: str = "",
    scale: bool = False,
    unfinished: bool = False,
) -> Filled:
    """Write a copy of a platform's file with the scores of an exercise in its column.

    column: the assignment's title there, or the column's whole heading; the exercise's name
        unless given. scale: to the platform's points; unfinished: also what waits to be graded.
    Raises Refusal.
    """
    check_exercise(course, exercise)
    if to.exists() and to.samefile(export):
        raise Refusal(f"--to {printable(str(to))} would overwrite the platform's file")
    try:
        platform, file = recognise(Table.read(export))
        at = _column(file, column or exercise)
        most = file.max_points(at)
    except Malformed as error:
        raise Refusal(f"{printable(export.name)}: {error}") from None
    with course.gradebook() as gradebook:
        scores = Scores.read(course, gradebook, exercise)
        learners = read_roster(gradebook)
    factor = _factor(platform, exercise, scores.most, most, scale)
    column, upload = file.header[at], file.upload
    filled = Filled(platform.title, column, upload, factor, with_unfinished=unfinished)
    rows = _rows(file, learners, filled)
    cells = _cells(file, at, rows, scores, filled)
    handed_in = course.path(course.directory.submitted_directory, "*", exercise)
    folders = course.root.glob(str(handed_in.relative_to(course.root)))
    excluded = {learner.student_id for learner in learners if learner.excluded}
    waiting = {f.relative_to(course.root).parts[1] for f in folders} - {*scores.by_learner}
    filled.ungraded = sorted(waiting - excluded)
    filled.nothing = len({*rows.values()} - {*scores.by_learner} - waiting)
    named = {who for who, _ in filled.refused}
    filled.absent = sorted({*scores.by_learner} - {*rows.values()} - excluded - named)
    to.write_bytes(file.table.changed(cells))
    return filled


def recognise(table: Table) -> tuple[type[Platform], GradebookFile]:
    """Whose file it is, by its header. Raises Malformed where no platform's begins so."""
    for platform in PLATFORMS.values():
        if platform.export and platform.export.is_header(table.header):
            return platform, platform.export(table)
    raise Malformed(
        f"its first line is not that of {exports()}; export it once more, in English, and don't "
        "save it in a spreadsheet"
    )


def _column(file: GradebookFile, wanted: str) -> int:
    """The column of an exercise. Raises Malformed."""
    columns = file.columns()
    if len(columns) == 1 and file.one_assignment:
        return next(iter(columns))
    tests = (
        lambda n: file.header[n] == wanted,
        lambda n: columns[n] == wanted,
        lambda n: _simple(columns[n]) == _simple(wanted),
    )
    for test in tests:
        found = [n for n in columns if test(n)]
        if len(found) == 1:
            return found[0]
        if found:
            several = ", ".join(repr(file.header[n]) for n in found)
            raise Malformed(f"{wanted!r} could be each of {several}: give one with --column")
    there = ", ".join(repr(title) for title in columns.values()) or "none"
    raise Malformed(
        f"no column that takes points is called {wanted!r}; there are {there}: "
        "give the right one with --column, or make the assignment there and export once more"
    )


def _simple(title: str) -> str:
    return re.sub(r"[\W_]+", " ", title.casefold()).strip()


def _factor(
    platform: type[Platform], exercise: str, here: float, there: float | None, scale: bool
) -> float:
    """By what to multiply scores. Raises Refusal where points differ and nobody said to scale."""
    if there is None or abs(there - here) < 1e-6:
        return 1.0
    if not scale:
        raise Refusal(
            f"{exercise} has {here:g} points here, and {there:g} in {platform.title}: set them to "
            f"{here:g} there and export once more, or add --scale to multiply each score by "
            f"{there:g}/{here:g}"
        )
    if here <= 0 or there <= 0:
        raise Refusal(f"{here:g} points can't be scaled to {there:g}")
    return there / here


def _rows(file: GradebookFile, learners: list[Learner], filled: Filled) -> dict[int, str]:
    """Rows and their learners, without those who are excluded or not told apart."""
    people = People(learners)
    found: dict[str, list[int]] = defaultdict(list)
    for row in file.learners():
        identifiers, name = file.called(row)
        match = people.find(identifiers, name)
        if match.learner is None:
            shown = printable(name or next(iter(identifiers), f"line {row + 1}"))
            filled.strangers.append((shown, match.reason))
        elif match.learner.excluded:
            filled.excluded += 1
        else:
            found[match.learner.student_id].append(row)
        filled.computed += file.table.computed(row)
    for who in [who for who, rows in found.items() if len(rows) > 1]:
        lines = " and ".join(str(row + 1) for row in found.pop(who))
        filled.refused.append((who, f"lines {lines} of the file both fit: fill them in yourself"))
    return {rows[0]: who for who, rows in found.items()}


def _cells(
    file: GradebookFile, at: int, rows: Mapping[int, str], scores: Scores, filled: Filled
) -> dict[tuple[int, int], str]:
    """The cells to be written."""
    comma = any(
        re.fullmatch(r"\d+,\d+", row[at].strip()) for row in file.table.rows if at < len(row)
    )
    cells: dict[tuple[int, int], str] = {}
    for row, who in rows.items():
        score = scores.by_learner.get(who)
        if score is None:
            continue
        if score.unfinished:
            filled.unfinished.append(who)
            if not filled.with_unfinished:
                continue
        if at >= len(file.table.rows[row]):
            filled.refused.append((who, f"line {row + 1} of the file ends before the column"))
            continue
        if reason := file.locked(row, at):
            filled.refused.append((who, reason))
            continue
        before = number(file.table.rows[row][at])
        text = written(score.points * filled.factor, comma)
        if before is not None and abs(before - score.points * filled.factor) < 0.005:
            filled.filled += 1  # the same number, as the platform writes it
            continue
        cells[row, at] = text
        filled.filled += 1
        filled.replaced += before is not None
    return cells
