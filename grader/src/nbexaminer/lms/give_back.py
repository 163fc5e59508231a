"""What goes back to a platform: scores, in a gradebook file that it exported, and feedback."""

import contextlib
import re
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from nbgrader.api import Grade, Gradebook, MissingEntry, SubmittedAssignment, SubmittedNotebook
from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import or_, select

from nbexaminer.classroom.database import TABLES
from nbexaminer.classroom.intake.files import MAX_FILES_BYTES, read_file
from nbexaminer.classroom.intake.names import printable
from nbexaminer.classroom.intake.taking import submitted_folders
from nbexaminer.classroom.roster import Learner, People, excluded_ids, read_roster
from nbexaminer.classroom.uploads import UPLOADS
from nbexaminer.cli import cli
from nbexaminer.errors import Malformed, Refusal
from nbexaminer.files import replacing
from nbexaminer.lms.known import EXPORTS, PLATFORMS
from nbexaminer.lms.platform import GradebookFile, Platform
from nbexaminer.lms.sheet import Sheet, number


class Score(NamedTuple):
    """points: after the late penalty; unfinished: something waits for a human to grade it."""

    points: float
    unfinished: bool


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
    computed: how many cells a spreadsheet would compute.
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
    computed: int = 0

    @property
    def complete(self) -> bool:
        """Whether nobody has to look at anything."""
        missing = [] if self.with_unfinished else self.unfinished
        return not (missing or self.ungraded or self.refused or self.strangers or self.absent)


def fill(
    course: CourseDirectory,
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
    if to.exists() and to.samefile(export):
        raise Refusal(f"--to {printable(str(to))} would overwrite the platform's file")
    try:
        platform, file = recognise(Sheet(read_file(export)))
        at = _column(file, column or exercise)
        there = file.max_points(at)
    except Malformed as error:
        raise Refusal(f"{printable(export.name)}: {error}") from None
    with Gradebook(course.db_url, course.course_id) as gradebook:
        scores = read_scores(course, gradebook, exercise)
        here = float(gradebook.find_assignment(exercise).max_score)
        learners = read_roster(gradebook)
    factor = _factor(platform, exercise, here, there, scale)
    filled = Filled(
        platform.title, file.header[at], file.upload, factor, with_unfinished=unfinished
    )
    rows = _rows(file, learners, filled)
    cells = _cells(file, at, rows, scores, filled)
    course.assignment_id = exercise
    excluded = {learner.student_id for learner in learners if learner.excluded}
    waiting = {who for who, _ in submitted_folders(course)} - {*scores}
    filled.ungraded = sorted(waiting - excluded)
    filled.nothing = len({*rows.values()} - {*scores} - waiting)
    named = {who for who, _ in filled.refused}
    filled.absent = sorted({*scores} - {*rows.values()} - excluded - named)
    to.write_bytes(file.table.changed(cells))
    return filled


def read_scores(course: CourseDirectory, gradebook: Gradebook, exercise: str) -> dict[str, Score]:
    """Of those whose work has been graded. Raises Refusal for an exercise that is not known."""
    try:
        assignment = gradebook.find_assignment(exercise)
    except MissingEntry:
        raise Refusal(
            f"the gradebook has no {exercise}: run nbgrader generate_assignment {exercise}"
        ) from None
    scored = or_(Grade.auto_score.is_not(None), Grade.manual_score.is_not(None))
    has_a_score = SubmittedAssignment.notebooks.any(SubmittedNotebook.grades.any(scored))
    scores = {}
    for row, is_scored in gradebook.db.query(SubmittedAssignment, has_a_score).filter_by(
        assignment_id=assignment.id
    ):
        # An extension makes a submission too, before anything is handed in.
        graded = Path(course.format_path(course.autograded_directory, row.student_id, exercise))
        if is_scored or graded.is_dir():
            points = max(0.0, float(row.score or 0) - float(row.late_submission_penalty))
            scores[row.student_id] = Score(points, bool(row.needs_manual_grade))
    return scores


def recognise(table: Sheet) -> tuple[type[Platform], GradebookFile]:
    """Whose file it is, by its header. Raises Malformed where no platform's begins so."""
    for platform in PLATFORMS.values():
        if platform.export and platform.export.is_header(table.header):
            return platform, platform.export(table)
    raise Malformed(
        f"its first line is not that of {EXPORTS}; export it once more, in English, and don't "
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
        learner, reason = people.find(identifiers, name)
        if learner is None:
            shown = printable(name or next(iter(identifiers), f"line {row + 1}"))
            filled.strangers.append((shown, reason))
        elif learner.excluded:
            filled.excluded += 1
        else:
            found[learner.student_id].append(row)
        filled.computed += file.table.computed(row)
    for who in [who for who, rows in found.items() if len(rows) > 1]:
        lines = " and ".join(str(row + 1) for row in found.pop(who))
        filled.refused.append((who, f"lines {lines} of the file both fit: fill them in yourself"))
    return {rows[0]: who for who, rows in found.items()}


def _cells(
    file: GradebookFile, at: int, rows: dict[int, str], scores: dict[str, Score], filled: Filled
) -> dict[tuple[int, int], str]:
    """The cells to be written."""
    comma = any(
        re.fullmatch(r"\d+,\d+", row[at].strip()) for row in file.table.rows if at < len(row)
    )
    cells = {}
    for row, who in rows.items():
        score = scores.get(who)
        if score is None:
            continue
        if score.unfinished:
            filled.unfinished.append(who)
            if not filled.with_unfinished:
                continue
        is_short = at >= len(file.table.rows[row])
        short = f"line {row + 1} of the file ends before the column"
        if reason := short if is_short else file.locked(row, at):
            filled.refused.append((who, reason))
            continue
        filled.filled += 1
        before, now = number(file.table.rows[row][at]), score.points * filled.factor
        if before is not None and abs(before - now) < 0.005:
            continue  # the same number, as the platform writes it
        text = f"{now:.2f}".rstrip("0").rstrip(".")
        cells[row, at] = text.replace(".", ",") if comma else text
        filled.replaced += before is not None
    return cells


@dataclass
class Given:
    """What came of it; lists have ids of learners.

    platform: which takes the file; size: of the file in bytes.
    given: whose pages are in it; missing: graded, but without a page; elsewhere: with a page, but
    not from this platform.
    """

    platform: type[Platform]
    size: int = 0
    given: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)


def give_back(course: CourseDirectory, exercise: str, to: Path) -> Given:
    """Make everybody's feedback page anew, and the zip file with them. Raises Refusal."""
    # What `nbgrader generate_feedback` does, so that no page is older than what was graded.
    course.assignment_id = exercise
    course.parent.log.setLevel("CRITICAL")  # each page that is replaced is a warning
    with contextlib.suppress(NbGraderException):  # whose page could not be made is named below
        GenerateFeedback(coursedir=course, parent=course.parent).start()
    with Gradebook(course.db_url, course.course_id) as gradebook:
        TABLES.create_all(gradebook.engine)
        connection = gradebook.db.connection()
        found = connection.execute(select(UPLOADS).where(UPLOADS.c.exercise == exercise))
        uploads = {row.student_id: row for row in found}
        excluded = excluded_ids(connection)
        graded = {*read_scores(course, gradebook, exercise)} - excluded
    platform = _platform(exercise, {uploads[who].platform for who in graded & {*uploads}})
    given = Given(platform)
    with replacing(to) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for who in sorted(graded):
            folder = Path(course.format_path(course.feedback_directory, who, exercise))
            pages = sorted(folder.glob("*.html"))
            if not pages:
                given.missing.append(who)
            elif who not in uploads or uploads[who].platform != platform.title:
                given.elsewhere.append(who)
            else:
                for page in pages:
                    archive.writestr(f"{uploads[who].prefix}{page.name}", _data(page))
                given.given.append(who)
        if not given.given:
            raise Refusal(
                f"there are no pages in {course.feedback_directory}/: make them with "
                f"nbgrader generate_feedback {exercise}"
            )
    given.size = to.stat().st_size
    return given


def _platform(exercise: str, titles: set[str]) -> type[Platform]:
    """The one platform that the submissions came from and that takes feedback back."""
    if not titles:
        raise Refusal(
            f"no graded submission of {exercise} was collected from a platform's zip file, so what "
            f"it calls them is not known: use {cli('collect')}"
        )
    taking = {kind.title: kind for kind in PLATFORMS.values() if kind.takes_back}
    there = sorted(titles & taking.keys())
    if not there:
        raise Refusal(
            f"{' and '.join(sorted(titles))} has no form for a zip file of feedback that is known; "
            f"{' and '.join(taking)} have"
        )
    if len(there) > 1:
        raise Refusal(f"submissions came from {' and '.join(there)}, not from one platform")
    return taking[there[0]]


def _data(page: Path) -> bytes:
    try:
        return read_file(page, MAX_FILES_BYTES)
    except Malformed as error:
        raise Refusal(f"{printable(str(page))}: {error}") from None
