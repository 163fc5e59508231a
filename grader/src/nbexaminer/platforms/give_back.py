"""A zip file of feedback pages, in the form in which a platform takes it back."""

from __future__ import annotations

import contextlib
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException

from nbexaminer.course_folder import CourseFolder
from nbexaminer.database import TABLES
from nbexaminer.errors import Malformed, Refusal
from nbexaminer.intake.files import MAX_FILES_BYTES, read_file
from nbexaminer.intake.names import printable
from nbexaminer.people.roster import excluded_ids
from nbexaminer.platforms.known import PLATFORMS
from nbexaminer.platforms.platform import Platform
from nbexaminer.platforms.refusal import check_exercise
from nbexaminer.platforms.scores import Scores
from nbexaminer.platforms.uploads import Called, read_uploads
from nbexaminer.typed import typed


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


def give_back(course: CourseFolder, exercise: str, to: Path) -> Given:
    """Make everybody's feedback page anew, and the zip file with them. Raises Refusal."""
    check_exercise(course, exercise)
    _make_pages(course, exercise)
    with course.gradebook() as gradebook:
        TABLES.create_all(gradebook.engine)
        connection = gradebook.db.connection()
        uploads = read_uploads(connection, exercise)
        excluded = excluded_ids(connection)
        graded = {*Scores.read(course, gradebook, exercise).by_learner} - excluded
    platform = _platform(exercise, {uploads[who].platform for who in graded & {*uploads}})
    given = Given(platform)
    partial = to.with_name(f"{to.name}.partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        for who in sorted(graded):
            pages = _pages(course, exercise, who)
            if not pages:
                given.missing.append(who)
            elif who not in uploads or uploads[who].platform != platform.title:
                given.elsewhere.append(who)
            else:
                _add(archive, uploads[who], pages)
                given.given.append(who)
    if not given.given:
        partial.unlink()
        raise Refusal(
            f"there are no pages in {course.directory.feedback_directory}/: make them with "
            f"nbgrader generate_feedback {exercise}"
        )
    partial.replace(to)
    given.size = to.stat().st_size
    return given


def _platform(exercise: str, titles: set[str]) -> type[Platform]:
    """The one platform that the submissions came from and that takes feedback back."""
    if not titles:
        raise Refusal(
            f"no graded submission of {exercise} was collected from a platform's zip file, so what "
            f"it calls them is not known: use {typed('collect')}"
        )
    taking = {kind.title: kind for kind in PLATFORMS.values() if kind.takes_back}
    there = sorted(titles & taking.keys())
    if not there:
        said = (
            f"{' and '.join(sorted(titles))} has no form for a zip file of feedback that is known"
        )
        raise Refusal(f"{said}; {' and '.join(taking)} have")
    if len(there) > 1:
        raise Refusal(f"submissions came from {' and '.join(there)}, not from one platform")
    return taking[there[0]]


def _pages(course: CourseFolder, exercise: str, learner: str) -> list[Path]:
    folder = course.path(course.directory.feedback_directory, learner, exercise)
    return sorted(folder.glob("*.html"))


def _make_pages(course: CourseFolder, exercise: str) -> None:
    """What `nbgrader generate_feedback` does, so that no page is older than what was graded."""
    course.directory.assignment_id = exercise
    course.app.log.setLevel("CRITICAL")  # each page that is replaced is a warning
    with contextlib.suppress(NbGraderException):  # whose page could not be made is named below
        GenerateFeedback(coursedir=course.directory, parent=course.app).start()


def _add(archive: zipfile.ZipFile, called: Called, pages: list[Path]) -> None:
    for page in pages:
        try:
            data = read_file(page, MAX_FILES_BYTES)
        except Malformed as error:
            raise Refusal(f"{printable(str(page))}: {error}") from None
        archive.writestr(f"{called.prefix}{page.name}", data)
