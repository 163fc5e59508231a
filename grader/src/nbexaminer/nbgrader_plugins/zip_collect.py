"""What `nbgrader zip_collect` takes from a learning platform's download, and for whose it takes it.

The platform made the archive and the beginning of each name in it. Learners made the rest: a file's
own name, and what is in the file, which may be an archive again.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import stat
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nbgrader.api import Gradebook
from nbgrader.plugins import ExtractorPlugin, FileNameCollectorPlugin
from traitlets import Enum, TraitError, Unicode

from nbexaminer.database import TABLES
from nbexaminer.errors import Malformed
from nbexaminer.intake.files import MAX_BYTES, MAX_PLACE, copy_file, too_big
from nbexaminer.intake.names import printable
from nbexaminer.intake.times import TIMESTAMP
from nbexaminer.platforms.known import PLATFORMS
from nbexaminer.platforms.moodle import Moodle, read_worksheet
from nbexaminer.platforms.people import Class, People
from nbexaminer.platforms.platform import Named, Platform
from nbexaminer.platforms.report import Report
from nbexaminer.platforms.table import Table
from nbexaminer.platforms.uploads import Called, write_uploads
from nbexaminer.platforms.whose import BY_HAND, Upload, Whose
from nbexaminer.settings import Settings

MAX_MEMBERS = 20_000
MAX_ARCHIVE_BYTES = 2 << 30
"""Of all that is unpacked from one."""
MAX_RATIO = 100
"""Of a file's size to what it takes in the archive, from `RATIO_COUNTS_FROM` bytes on."""
RATIO_COUNTS_FROM = 1 << 20
ARCHIVES = (".zip", ".gz", ".tgz", ".bz2", ".xz", ".tar", ".7z", ".rar")
_CHUNK = 1 << 16
Found = Mapping[str, tuple[Upload, Named | None]]


class Collector(FileNameCollectorPlugin):
    """Says whose a file of the download is; `c.ZipCollectApp.collector_plugin`.

    By `c.FileNameCollectorPlugin.named_regexp` where that is set, which has to match the file's
    path in the download from its beginning, and else by the form of the platform that named most of
    them. Of several attempts of a learner's the newest is collected.
    """

    timezone = Unicode(
        "",
        help="Zone of the times in file names, for instance 'Europe/Berlin', if it is not the "
        "course's, c.MarkingRules.timezone.",
    ).tag(config=True)
    platform = Enum(
        ["", *PLATFORMS], "", help="The platform that named the files, if they don't show it."
    ).tag(config=True)

    worksheet = Unicode(
        "", help="Moodle's grading worksheet, a CSV file, which says when each submission came."
    ).tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.report = Report()
        self.passed_over: list[str] = []
        self._collected: dict[str, Upload] | None = None
        self._whose = self._reader(Class(People([])))

    def _reader(self, known: Class) -> Whose:
        exercise = self.parent.coursedir.assignment_id
        return Whose(exercise, self._zone(), known, self.named_regexp)

    def _zone(self) -> ZoneInfo:
        if not self.timezone:
            return Settings(parent=self.parent).zone
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            said = f"c.Collector.timezone is {self.timezone!r}"
            raise TraitError(f"{said}: give a name such as 'Europe/Berlin'") from None

    def whose(self, place: str) -> Upload | None:
        """Whose a file of the download is, where nobody is on a roster; None if its path is mute.

        Raises Malformed where what it says can't be.
        """
        reader = self._reader(Class(People([])))
        reader.recognise([place], self.platform)
        found = reader.read(place)
        return found and found[0]

    def is_named(self, place: str) -> bool:
        """Whether a path in the download is of a form that tells whose it is. Raises Malformed."""
        if self.named_regexp:
            return self.whose(place) is not None
        reader = self._reader(Class(People([])))
        reader.recognise([place], self.platform)
        return reader.named(place) is not None

    def collect(self, submitted_file: str) -> dict[str, Any] | None:
        """Whose a file is, as nbgrader wants it told, or None where it stays behind."""
        upload = self.survey().get(submitted_file)
        if upload is None:
            return None
        return {
            "student_id": upload.learner,
            "file_id": upload.name,
            "timestamp": upload.handed_in,
        }

    def refuse(self, place: str, reason: object) -> None:
        """Say that a file of the download stays behind."""
        self.log.error("Not collected: %s: %s", printable(place), reason)
        self.report.refused.append((printable(place), f"{reason}"))

    def survey(self) -> Mapping[str, Upload]:
        """Of all files in the download those that are collected. `report` says the rest."""
        if self._collected is None:
            course = self.parent.coursedir
            known = Class.read(course.db_url, course.course_id, course.assignment_id)
            self._whose = self._reader(known)
            found = self._without_doubles(self._read_all())
            self._name_the_others(found)
            newest = self._newest(found)
            self._collected = self._new(newest)
            kept = {
                path for path, upload in newest.items() if upload.learner in self.report.unchanged
            }
            self._keep_names({path: found[path] for path in kept.union(self._collected)})
            for upload in self._collected.values():
                self.report.collected[upload.learner] = upload.handed_in
        return self._collected

    def _read_all(self) -> Found:
        """Every file that names a learner."""
        files = self._files()
        if not self.named_regexp:
            try:
                places = [*files.values(), *self.passed_over]
                self._whose.recognise(places, self.platform, unwrap=True)
            except Malformed as error:
                for place in files.values():
                    self.refuse(place, error)
                return {}
        if self._whose.platform is not None:
            self.report.platform = self._whose.platform.title
            self._read_worksheet(self._whose.platform)
        found = {}
        for path, place in files.items():
            try:
                read = self._whose.read(place)
            except Malformed as error:
                self.refuse(place, error)
                continue
            if read is None:
                self.refuse(place, self._whose.unread())
            else:
                found[path] = read
        return found

    def _read_worksheet(self, platform: Platform) -> None:
        if not self.worksheet:
            return
        try:
            if not isinstance(platform, Moodle):
                raise Malformed(f"only Moodle has a grading worksheet, not {platform.title}")
            platform.listed = read_worksheet(Table.read(Path(self.worksheet)))
        except Malformed as error:
            self.parent.fail(f"{self.worksheet}: {error}")

    def _files(self) -> dict[str, str]:
        """The files that were unpacked, with their places in the download."""
        extracted = Path(self.parent._format_collect_path(self.parent.extracted_directory))
        return {
            str(p): self._place(p)
            for p in sorted(extracted.rglob("*"))
            if p.suffix in self.valid_ext and p.is_file()
        }

    def _place(self, path: Path) -> str:
        """Its path in the download, without the folder that `Extractor` made for the archive."""
        app = self.parent
        place = path.relative_to(app._format_collect_path(app.extracted_directory))
        archives = Path(app._format_collect_path(app.archive_directory))
        if len(place.parts) > 1 and (archives / f"{place.parts[0]}.zip").is_file():
            place = Path(*place.parts[1:])
        return place.as_posix()

    def _without_doubles(self, found: Found) -> Found:
        """Without the files of several users of the platform's who seem to be one learner."""
        users: dict[str, set[str]] = defaultdict(set)
        for upload, named in found.values():
            if named is not None:
                users[upload.learner].add(named.identity)
        kept = {}
        for path, (upload, named) in found.items():
            if len(users[upload.learner]) > 1:
                several = " and ".join(sorted(users[upload.learner]))
                reason = f"{several} are different users there, but each fits {upload.learner}"
                self.refuse(self._place(Path(path)), f"{reason}; {BY_HAND}")
            else:
                kept[path] = upload, named
        return kept

    def _name_the_others(self, found: Found) -> None:
        """Name those of whom the download has files, but none that could be collected."""
        seen = {named.identity for _, named in found.values() if named is not None}
        refused = {place for place, _ in self.report.refused}
        for place in self.passed_over:
            named = None
            with contextlib.suppress(Malformed):
                named = self._whose.named(place)
            if named is None or named.identity in seen:
                continue
            seen.add(named.identity)
            if not any(other.startswith(named.prefix) for other in refused):
                self.refuse(place, "no notebook was handed in with it")

    def _newest(self, found: Found) -> dict[str, Upload]:
        """Each learner's newest attempt."""
        newest: dict[str, datetime.datetime] = {}
        for upload, _ in found.values():
            newest[upload.learner] = max(newest.get(upload.learner, _when(upload)), _when(upload))
        collected: dict[str, Upload] = {}
        seen: set[Upload] = set()
        for path, (upload, named) in found.items():
            place = self._place(Path(path))
            if _when(upload) < newest[upload.learner]:
                self.log.info("Not collected: %s: there is a newer attempt", printable(place))
                self.report.older += 1
            elif upload in seen:
                self.refuse(place, "there are two of that name and time")
            else:
                collected[path] = upload
                seen.add(upload)
                if named is not None and named.late and upload.learner not in self.report.late:
                    self.report.late.append(upload.learner)
        return collected

    def _new(self, uploads: dict[str, Upload]) -> dict[str, Upload]:
        """Those that take no other work's place, unless nbgrader is told to replace it.

        What is there already, the same, stays: an instructor may have corrected its time.
        """
        course = self.parent.coursedir
        mine: dict[str, dict[str, Upload]] = defaultdict(dict)
        for path, upload in uploads.items():
            mine[upload.learner][path] = upload
        new: dict[str, Upload] = {}
        for learner, files in mine.items():
            folder = course.format_path(course.submitted_directory, learner, course.assignment_id)
            if not os.path.isdir(folder) or not os.listdir(folder):
                new.update(files)
            elif all(_same(path, Path(folder, upload.name)) for path, upload in files.items()):
                self.report.unchanged.append(learner)
                _tell_time(Path(folder), files.values())
            elif self.parent.force:
                new.update(files)
            else:
                place = self._place(Path(next(iter(files))))
                self.refuse(place, f"submitted/ has other work of {learner}'s: --force replaces it")
        return new

    def _keep_names(self, found: Found) -> None:
        """Keep what the platform calls what is collected."""
        called: dict[str, Called] = {}
        for upload, named in found.values():
            if named is not None:
                called.setdefault(upload.learner, Called(self.report.platform, named.prefix))
        if called:
            course = self.parent.coursedir
            with Gradebook(course.db_url, course.course_id) as gradebook:
                TABLES.create_all(gradebook.engine)
                write_uploads(gradebook.db.connection(), course.assignment_id, called)
                gradebook.db.commit()


def _when(upload: Upload) -> datetime.datetime:
    return upload.handed_in or datetime.datetime.min


def _tell_time(folder: Path, uploads: Iterable[Upload]) -> None:
    """Write down when work that is there was handed in, where only this download tells it."""
    told = [upload.handed_in for upload in uploads if upload.handed_in is not None]
    if told and not (folder / TIMESTAMP).exists():
        (folder / TIMESTAMP).write_text(f"{max(told)}")


def _same(path: str, other: Path) -> bool:
    return other.is_file() and Path(path).read_bytes() == other.read_bytes()


class Extractor(ExtractorPlugin):
    """Unpacks the platform's archives, none in them; `c.ZipCollectApp.extractor_plugin`.

    What can't be unpacked stays behind, with a message, and so does what no collector takes.
    """

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Unpack or copy what lies in the folder `archive_path`."""
        top = Path(archive_path)
        for path in sorted(p for p in top.rglob("*") if p.is_file()):
            place = path.relative_to(top)
            if _is_litter(place.as_posix()):
                continue
            try:
                if path.suffix == ".zip" and len(place.parts) == 1 and not self._is_upload(path):
                    self._unpack(path, Path(extracted_path) / path.stem)
                elif self._is_taken(place.as_posix()):
                    to = Path(extracted_path) / place
                    to.parent.mkdir(parents=True, exist_ok=True)
                    _check_place(place.as_posix())
                    copy_file(path, to, MAX_BYTES)
            except Exception as error:  # zipfile has many
                self._collector.refuse(str(place), error)

    @property
    def _collector(self) -> Collector:
        collector: Collector = self.parent.collector_plugin_inst
        return collector

    def _is_upload(self, path: Path) -> bool:
        """Whether a learner handed the archive in, so that all in it is the learner's word."""
        try:
            return self._collector.is_named(path.name)
        except Malformed:
            return True

    def _is_taken(self, place: str) -> bool:
        """Whether the collector would look at a file. Raises Malformed for an archive."""
        suffix = os.path.splitext(place)[1]
        if suffix.lower() in ARCHIVES:
            raise Malformed("archives that learners hand in are not opened, nor any but zip ones")
        taken = suffix in self._collector.valid_ext
        if not taken:
            self._collector.passed_over.append(place)
        return taken

    def _unpack(self, path: Path, to: Path) -> None:
        self.log.info("Unpacking %s", path.name)
        room = MAX_ARCHIVE_BYTES
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise Malformed(f"it holds {len(members)} files, more than {MAX_MEMBERS}")
            for member in members:
                if member.is_dir() or _is_litter(member.filename):
                    continue
                try:
                    if self._is_taken(member.filename):
                        room -= _unpack_member(archive, member, to, room)
                except Malformed as error:
                    self._collector.refuse(member.filename, error)


def _is_litter(place: str) -> bool:
    """Whether macOS put a file into an archive that was made there."""
    return place.startswith("__MACOSX/") or place.rpartition("/")[2].startswith("._")


def _unpack_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, to: Path, room: int) -> int:
    """Unpack one file of an archive; gives its size in bytes. Raises Malformed."""
    _check_place(member.filename)
    if stat.S_ISLNK(member.external_attr >> 16):
        raise Malformed("it is a link to another file")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Malformed("it is compressed in a way that learning platforms don't use")
    path = to / member.filename
    if path.exists():
        raise Malformed("there are two of that name")
    most = max(RATIO_COUNTS_FROM, MAX_RATIO * member.compress_size)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _copy_member(archive, member, path, most, room)
    except Malformed:
        path.unlink(missing_ok=True)
        raise
    except Exception as error:  # zipfile has many
        path.unlink(missing_ok=True)
        raise Malformed(f"it can't be unpacked: {printable(str(error))}") from None


def _copy_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, most: int, room: int
) -> int:
    """Copy until a limit is passed, whatever the archive says. Raises Malformed, and others."""
    size = 0
    with archive.open(member) as packed, path.open("xb") as file:
        while chunk := packed.read(_CHUNK):
            size += len(chunk)
            if size > MAX_BYTES:
                raise Malformed(too_big(max(size, member.file_size), MAX_BYTES))
            if size > most:
                raise Malformed(f"it is more than {MAX_RATIO} times as large as in the archive")
            if size > room:
                raise Malformed(f"the archive holds more than {MAX_ARCHIVE_BYTES / 1e6:.0f} MB")
            file.write(chunk)
    return size


def _check_place(place: str) -> None:
    """Raises Malformed for a path that leads elsewhere, can't be shown, or is too long."""
    parts = place.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in place or not place.isprintable():
        raise Malformed("its name leads to another folder, or can't be printed")
    if len(os.fsencode(place)) > MAX_PLACE or any(len(os.fsencode(p)) > 255 for p in parts):
        raise Malformed(f"its name is longer than 255 bytes, or its path than {MAX_PLACE}")
