"""What learners handed in of a learning platform's download, and what stays behind.

The platform made the archive and the beginning of each name in it. Learners made the rest: a file's
own name, and what is in the file, which may be an archive again.
"""

from __future__ import annotations

import contextlib
import datetime
import logging
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from nbexaminer.database import TABLES
from nbexaminer.errors import Malformed
from nbexaminer.intake.files import MAX_BYTES, copy_file
from nbexaminer.intake.names import printable
from nbexaminer.intake.times import TIMESTAMP
from nbexaminer.platforms.archive import check_place, is_litter, unpack
from nbexaminer.platforms.known import worksheets
from nbexaminer.platforms.platform import Platform
from nbexaminer.platforms.report import Report
from nbexaminer.platforms.table import Table
from nbexaminer.platforms.uploads import Called, write_uploads
from nbexaminer.platforms.whose import BY_HAND, Class, Upload, Whose

ARCHIVES = (".zip", ".gz", ".tgz", ".bz2", ".xz", ".tar", ".7z", ".rar")
Files = dict[Path, Upload]


@dataclass
class Download:
    """A download that is unpacked, then surveyed.

    archives: the folder with what the platform gave out; extracted: the one for what is in it.
    suffixes: of the files that are taken; worksheet: a file of the platform's that tells more.
    force: take the place of what these learners handed in before.
    report: what came of it so far.
    """

    course: CourseDirectory
    archives: Path
    extracted: Path
    whose: Whose
    suffixes: Collection[str]
    worksheet: str
    force: bool
    log: logging.Logger
    report: Report = field(default_factory=Report)
    _places: dict[Path, str] = field(default_factory=dict)
    _passed_over: list[str] = field(default_factory=list)
    _collected: Files | None = None
    _called: dict[str, Called] = field(default_factory=dict)

    def unpack(self) -> None:
        """Unpack the platform's archives, none in them, and copy what lies beside them."""
        for path in sorted(p for p in self.archives.rglob("*") if p.is_file()):
            place = path.relative_to(self.archives).as_posix()
            if is_litter(place):
                continue
            try:
                if path.suffix == ".zip" and "/" not in place and not self.whose.is_form(place):
                    self.log.info("Unpacking %s", path.name)
                    unpack(path, self.extracted / path.stem, self._is_taken, self._refuse)
                elif self._is_taken(place):
                    check_place(place)
                    to = self.extracted / place
                    to.parent.mkdir(parents=True, exist_ok=True)
                    copy_file(path, to, MAX_BYTES)
            except Exception as error:  # zipfile has many
                self._refuse(place, error)

    def _is_taken(self, place: str) -> bool:
        """Whether a file is looked at. Raises Malformed for an archive."""
        suffix = Path(place).suffix
        if suffix.lower() in ARCHIVES:
            raise Malformed("archives that learners hand in are not opened, nor any but zip ones")
        if suffix not in self.suffixes:
            self._passed_over.append(place)
        return suffix in self.suffixes

    def _refuse(self, place: str, reason: object) -> None:
        self.log.error("Not collected: %s: %s", printable(place), reason)
        self.report.refused.append((printable(place), f"{reason}"))

    def survey(self) -> Files:
        """Of all files in the download those that are collected. `report` says the rest.

        Raises Malformed for a worksheet that can't be read.
        """
        if self._collected is None:
            course = self.course
            self.whose.known = Class.read(course.db_url, course.course_id, course.assignment_id)
            found = self._read()
            self._name_the_others(found)
            by_learner: dict[str, Files] = defaultdict(dict)
            for path, upload in found.items():
                by_learner[upload.learner][path] = upload
            self._collected = {}
            for learner, files in by_learner.items():
                if self._is_one_user(learner, files):
                    self._collected |= self._new(learner, self._newest(learner, files))
            self._keep_names()
        return self._collected

    def _read(self) -> Files:
        """Every file that names a learner."""
        paths = sorted(p for p in self.extracted.rglob("*") if p.suffix in self.suffixes)
        self._places = {path: self._place(path) for path in paths if path.is_file()}
        try:
            self.whose.recognise([*self._places.values(), *self._passed_over])
        except Malformed as error:
            for place in self._places.values():
                self._refuse(place, error)
            return {}
        if self.whose.platform is not None:
            self.report.platform = type(self.whose.platform)
            if self.worksheet:
                self._read_worksheet(self.whose.platform)
        found = {}
        for path, place in self._places.items():
            try:
                found[path] = self.whose.read(place)
            except Malformed as error:
                self._refuse(place, error)
        return found

    def _place(self, path: Path) -> str:
        """Its path in the download, without the folder that an archive was unpacked into."""
        place = path.relative_to(self.extracted)
        if len(place.parts) > 1 and (self.archives / f"{place.parts[0]}.zip").is_file():
            place = Path(*place.parts[1:])
        return place.as_posix()

    def _read_worksheet(self, platform: Platform) -> None:
        try:
            if not platform.worksheet:
                raise Malformed(f"there is only {worksheets()}, not {platform.title}'s")
            platform.read_worksheet(Table.read(Path(self.worksheet)))
        except Malformed as error:
            raise Malformed(f"{self.worksheet}: {error}") from None

    def _name_the_others(self, found: Files) -> None:
        """Name those of whom the download has files, but none that could be collected."""
        seen = {upload.named.identity for upload in found.values() if upload.named is not None}
        refused = {place for place, _ in self.report.refused}
        for place in self._passed_over:
            named = None
            with contextlib.suppress(Malformed):
                named = self.whose.named(place)
            if named is None or named.identity in seen:
                continue
            seen.add(named.identity)
            if not any(other.startswith(named.prefix) for other in refused):
                self._refuse(place, "no notebook was handed in with it")

    def _is_one_user(self, learner: str, files: Files) -> bool:
        """Whether it isn't several users of the platform's who seem to be one learner."""
        users = {upload.named.identity for upload in files.values() if upload.named is not None}
        if len(users) > 1:
            several = " and ".join(sorted(users))
            for path in files:
                said = f"{several} are different users there, but each fits {learner}; {BY_HAND}"
                self._refuse(self._places[path], said)
        return len(users) <= 1

    def _newest(self, learner: str, files: Files) -> Files:
        """A learner's newest attempt."""
        newest = max(map(_when, files.values()))
        kept: Files = {}
        for path, upload in files.items():
            place = self._places[path]
            if _when(upload) < newest:
                self.log.info("Not collected: %s: there is a newer attempt", printable(place))
                self.report.older += 1
            elif upload.name in {other.name for other in kept.values()}:
                self._refuse(place, "there are two of that name and time")
            else:
                kept[path] = upload
        if any(upload.named is not None and upload.named.late for upload in kept.values()):
            self.report.late.append(learner)
        return kept

    def _new(self, learner: str, files: Files) -> Files:
        """A learner's files, if they take no other work's place, or that is forced.

        What is there already, the same, stays: an instructor may have corrected its time.
        """
        course = self.course
        step = course.submitted_directory
        folder = Path(course.format_path(step, learner, course.assignment_id))
        is_there = folder.is_dir() and any(folder.iterdir())
        same = is_there and all(_same(path, folder / file.name) for path, file in files.items())
        if is_there and not same and not self.force:
            said = f"submitted/ has other work of {learner}'s: --force replaces it"
            self._refuse(self._places[next(iter(files))], said)
            return {}
        upload = next(iter(files.values()))
        if upload.named is not None and self.report.platform is not None:
            self._called[learner] = Called(self.report.platform.title, upload.named.prefix)
        if same:
            self.report.unchanged.append(learner)
            _tell_time(folder, files.values())
            return {}
        self.report.collected[learner] = upload.handed_in
        return files

    def _keep_names(self) -> None:
        """Keep what the platform calls what is in submitted/ now."""
        if self._called:
            with Gradebook(self.course.db_url, self.course.course_id) as gradebook:
                TABLES.create_all(gradebook.engine)
                exercise = self.course.assignment_id
                write_uploads(gradebook.db.connection(), exercise, self._called)
                gradebook.db.commit()


def _when(upload: Upload) -> datetime.datetime:
    return upload.handed_in or datetime.datetime.min


def _tell_time(folder: Path, uploads: Iterable[Upload]) -> None:
    """Write down when work that is there was handed in, where only this download tells it."""
    told = [upload.handed_in for upload in uploads if upload.handed_in is not None]
    if told and not (folder / TIMESTAMP).exists():
        (folder / TIMESTAMP).write_text(f"{max(told)}")


def _same(path: Path, other: Path) -> bool:
    return other.is_file() and path.read_bytes() == other.read_bytes()
