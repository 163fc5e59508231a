"""Collects what learners handed in from a learning platform's download, and says what stays behind.

The platform made the archive and the beginning of each name in it. Learners made the rest: a file's
own name, and what is in the file, which may be an archive again.
"""

import datetime
import filecmp
import shutil
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from nbgrader.api import Gradebook
from nbgrader.apps import ZipCollectApp
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExtractorPlugin, FileNameCollectorPlugin
from traitlets import Enum, List, Unicode, Union

from nbexaminer.classroom.database import TABLES, put
from nbexaminer.classroom.intake.files import copy_file, read_file
from nbexaminer.classroom.intake.names import printable
from nbexaminer.classroom.intake.times import TIMESTAMP, read_timestamp
from nbexaminer.classroom.uploads import UPLOADS, is_told
from nbexaminer.configuration import zone_of
from nbexaminer.errors import Malformed, Refusal
from nbexaminer.files import MAX_BYTES, replacing
from nbexaminer.lms.archive import check_place, is_litter, unpack
from nbexaminer.lms.known import LISTINGS, PLATFORMS, WORKSHEETS
from nbexaminer.lms.platform import Platform
from nbexaminer.lms.whose import BY_HAND, Upload, Whose

ARCHIVES = (".zip", ".gz", ".tgz", ".bz2", ".xz", ".tar", ".7z", ".rar")
Files = dict[Path, Upload]


@dataclass
class Report:
    """What came of collecting.

    platform: whose download it was, or None for an expression of the instructor's.
    collected: learners, with when they handed in, in UTC, or None where the platform doesn't say.
    unchanged: learners whose work was there already, the same.
    refused: files that stay behind, with the reason.
    older: how many files of earlier attempts stay behind.
    late: learners whose work the platform calls late without saying when it came.
    timed: those whose work was there already, and who have a time only now.
    untimed: those whose work replaces some that had a time, and has none.
    """

    platform: type[Platform] | None = None
    collected: dict[str, datetime.datetime | None] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    older: int = 0
    late: list[str] = field(default_factory=list)
    timed: list[str] = field(default_factory=list)
    untimed: list[str] = field(default_factory=list)


class Collector(FileNameCollectorPlugin):
    """Says whose a file of the download is; `c.ZipCollectApp.collector_plugin`.

    By the form of the platform that is named; or by `c.FileNameCollectorPlugin.named_regexp` where
    that is set, which has to match the file's path in the download from its beginning; or else by
    the form of the platform that named most of them. Of several attempts of a learner's the newest
    is collected.
    """

    timezone = Unicode(
        "",
        help="Zone of the times in file names, for instance 'Europe/Berlin', if it is not the "
        "course's, c.MarkingRules.timezone.",
    ).tag(config=True)
    platform = Enum(
        ["", *PLATFORMS], "", help="The platform that named the files, if they don't show it."
    ).tag(config=True)
    worksheet = Union(
        [Unicode(""), List(Unicode())],
        help=f"{WORKSHEETS}, one file or several, which say when each submission came.",
    ).tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        app = self.parent
        self.course = app.coursedir
        self.archives = Path(app._format_collect_path(app.archive_directory))
        self.extracted = Path(app._format_collect_path(app.extracted_directory))
        exercise = self.course.assignment_id
        zone = zone_of(self.timezone, "c.Collector.timezone") if self.timezone else self.zone()
        expression = "" if self.platform else self.named_regexp
        self.whose = Whose(exercise, zone, expression, self.platform)
        self.report = Report()
        self._places: dict[Path, str] = {}
        self._passed_over: list[str] = []
        self._prefixes: dict[str, str] = {}
        self._collected: Files | None = None

    def zone(self) -> datetime.tzinfo:
        """The course's time zone."""
        return datetime.UTC

    def ahead(self, gradebook: Gradebook) -> dict[str, datetime.timedelta]:
        """How much later than the due date some learners may hand in."""
        submissions = gradebook.assignment_submissions(self.course.assignment_id)
        return {row.student_id: row.extension for row in submissions if row.extension}

    def collect(self, submitted_file: str) -> dict[str, Any] | None:
        """Whose a file is, as nbgrader wants it told, or None where it stays behind."""
        upload = self.survey().get(Path(submitted_file))
        if upload is None:
            return None
        learner, handed_in, name, _ = upload
        return {"student_id": learner, "file_id": name, "timestamp": handed_in}

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
        if Path(place).name in LISTINGS:
            return True
        if suffix.lower() in ARCHIVES:
            raise Malformed("archives that learners hand in are not opened, nor any but zip ones")
        if suffix not in self.valid_ext:
            self._passed_over.append(place)
        return suffix in self.valid_ext

    def _refuse(self, place: str, reason: object) -> None:
        self.log.error("Not collected: %s: %s", printable(place), reason)
        self.report.refused.append((printable(place), f"{reason}"))

    def survey(self) -> Files:
        """Of all files in the download those that are collected. `report` says the rest.

        Ends the command for a worksheet that can't be read.
        """
        if self._collected is None:
            self.whose.read_gradebook(self.course, self.ahead)
            found = self._read()
            self._name_the_others(found)
            by_learner: dict[str, Files] = defaultdict(dict)
            for path, upload in found.items():
                by_learner[upload.learner][path] = upload
            self._collected = {}
            for learner, files in by_learner.items():
                if newest := self._newest(learner, files):
                    self._collected |= self._new(learner, newest)
            self._keep_prefixes()
        return self._collected

    def _read(self) -> Files:
        """Every file that names a learner."""
        paths = sorted(p for p in self.extracted.rglob("*") if p.suffix in self.valid_ext)
        self._places = {path: self._place(path) for path in paths if path.is_file()}
        try:
            self.whose.recognise([*self._places.values(), *self._passed_over])
        except Malformed as error:
            for place in self._places.values():
                self._refuse(place, error)
            return {}
        if (platform := self.whose.platform) is not None:
            self.report.platform = type(platform)
            self._read_worksheets(platform)
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

    def _read_worksheets(self, platform: Platform) -> None:
        """Those that somebody named, and the platform's own, in the download."""
        named = [self.worksheet] if isinstance(self.worksheet, str) else self.worksheet
        files = [Path(file) for file in named if file]
        if files and not platform.worksheet:
            self.parent.fail(f"{files[0]}: there is only {WORKSHEETS}, not {platform.title}'s")
        listing = f"{self.whose.wrapper}{platform.listing}"
        files += [path for path in self.extracted.rglob("*") if self._place(path) == listing]
        for file in files:
            try:
                platform.read_worksheet(read_file(file))
            except Malformed as error:
                self.parent.fail(f"{file}: {error}")

    def _name_the_others(self, found: Files) -> None:
        """Name those of whom the download has files, but none that could be collected."""
        seen = {upload.named.identity for upload in found.values()}
        refused = {place for place, _ in self.report.refused}
        for place in self._passed_over:
            try:
                named = self.whose.named(place)
            except Malformed as error:
                if self.whose.expression:
                    self._refuse(place, error)
                continue
            if named is None or named.identity in seen:
                continue
            seen.add(named.identity)
            if not (named.prefix and any(other.startswith(named.prefix) for other in refused)):
                self._refuse(place, "no notebook was handed in with it")

    def _newest(self, learner: str, files: Files) -> Files:
        """A learner's newest attempt; none of several users' who seem to be one learner."""
        users = {upload.named.identity for upload in files.values()}
        if len(users) > 1:
            several = " and ".join(sorted(users))
            for path in files:
                text = f"{several} are different users there, but each fits {learner}; {BY_HAND}"
                self._refuse(self._places[path], text)
            return {}
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
        if any(upload.named.late and not is_told(upload.handed_in) for upload in kept.values()):
            self.report.late.append(learner)
        return kept

    def _new(self, learner: str, files: Files) -> Files:
        """A learner's files, if they take no other work's place, or that is forced.

        What is there already, the same, stays: an instructor may have corrected its time.
        """
        course, step = self.course, self.course.submitted_directory
        folder = Path(course.format_path(step, learner, course.assignment_id))
        is_there = folder.is_dir() and any(folder.iterdir())
        same = is_there and all(_same(path, folder / file.name) for path, file in files.items())
        if is_there and not same and not self.parent.force:
            text = f"submitted/ has other work of {learner}'s: --force replaces it"
            self._refuse(self._places[next(iter(files))], text)
            return {}
        upload = next(iter(files.values()))
        self._prefixes[learner] = upload.named.prefix
        if not same:
            self.report.collected[learner] = upload.handed_in
            if is_there and upload.handed_in is None and _is_told(folder):
                self.report.untimed.append(learner)
            return files
        self.report.unchanged.append(learner)
        told = [file.handed_in for file in files.values() if file.handed_in is not None]
        if told and not _is_told(folder):  # only this download tells it
            (folder / TIMESTAMP).write_text(f"{max(told)}")
            self.report.timed.append(learner)
        return {}

    def _keep_prefixes(self) -> None:
        """Keep what the platform calls what is in submitted/ now."""
        if not self._prefixes or self.report.platform is None:
            return
        row = {"exercise": self.course.assignment_id, "platform": self.report.platform.title}
        with Gradebook(self.course.db_url, self.course.course_id) as gradebook:
            TABLES.create_all(gradebook.engine)
            for who, prefix in self._prefixes.items():
                named = row | {"student_id": who, "prefix": prefix}
                put(gradebook.db.connection(), UPLOADS, named)
            gradebook.db.commit()


def _when(upload: Upload) -> datetime.datetime:
    return upload.handed_in or datetime.datetime.min


def _is_told(folder: Path) -> bool:
    """Whether a submitted folder says when it came: what can't be read, somebody wrote."""
    try:
        return is_told(read_timestamp(folder))
    except Malformed:
        return True


def _same(path: Path, other: Path) -> bool:
    return other.is_file() and path.read_bytes() == other.read_bytes()


class Extractor(ExtractorPlugin):
    """Unpacks the platform's archives, none in them; `c.ZipCollectApp.extractor_plugin`.

    What can't be unpacked stays behind, with a message, and so does what no collector takes.
    """

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Unpack or copy what lies in the folder of archives."""
        self.parent.collector_plugin_inst.unpack()


class _App(ZipCollectApp):
    """nbgrader's own, that tells its caller why it ends."""

    def fail(self, msg: str, *_: object) -> NoReturn:
        raise Refusal(msg)


def collect(
    course: CourseDirectory,
    exercise: str,
    archives: Sequence[Path],
    platform: str = "",
    worksheets: Sequence[Path] = (),
    force: bool = False,
) -> Report:
    """Put zip files into downloaded/EXERCISE/archive, and take from them what learners handed in.

    It is `nbgrader zip_collect`, with the files put where it looks.

    platform: its module, if names don't show it; worksheets: files of its that tell more.
    What lay there before is moved to downloaded/EXERCISE/earlier. Raises Refusal.
    """
    for archive in archives:
        if not zipfile.is_zipfile(archive):
            raise Refusal(f"{printable(str(archive))} is no zip file, or not a whole one")
    # Names that no platform gives to a learner's file: a course's title may look like one.
    named = {f"{archive.stem.replace('_', '-')}.zip": archive for archive in archives}
    if len(named) < len(archives):
        raise Refusal("two of the zip files have the same name: rename one")
    app = _App()
    app.initialize([exercise])
    app.force = force
    app.log_level = "CRITICAL"  # the report has what needs somebody
    app.coursedir.db_url = course.db_url
    if platform:
        app.config.Collector.platform = platform
    if worksheets:
        app.config.Collector.worksheet = [str(file) for file in worksheets]
    _replace(Path(app._format_collect_path(app.archive_directory)), named)
    shutil.rmtree(app._format_collect_path(app.extracted_directory), ignore_errors=True)
    app.start()
    collector = app.collector_plugin_inst
    if not isinstance(collector, Collector):
        raise Refusal("c.ZipCollectApp.collector_plugin is not the course's: use zip_collect")
    collector.survey()  # where there was no file that nbgrader asks about
    return collector.report


def _replace(into: Path, named: Mapping[str, Path]) -> None:
    """Have files under these names, and no others, in a folder; what was there is kept beside."""
    with replacing(into) as part:
        part.mkdir()
        for name, archive in named.items():
            shutil.copyfile(archive, part / name)
        if into.is_dir() and any(into.iterdir()) and not _same_files(into, part):
            now = datetime.datetime.now().astimezone()
            earlier = into.with_name("earlier") / f"{now:%Y-%m-%d-%H-%M-%S-%f}"
            earlier.parent.mkdir(exist_ok=True)
            into.rename(earlier)


def _same_files(one: Path, other: Path) -> bool:
    names = {path.name for path in one.iterdir()}
    _, *others = filecmp.cmpfiles(one, other, names, shallow=False)
    return names == {path.name for path in other.iterdir()} and not any(others)
