"""What `nbgrader zip_collect` takes from a learning platform's download, and for whose it takes it.

The platform made the archive and the beginning of each name in it. Learners made the rest: a file's
own name, and what is in the file, which may be an archive again.
"""

from __future__ import annotations

import datetime
import itertools
import os
import re
import stat
import zipfile
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from nbgrader.plugins import ExtractorPlugin, FileNameCollectorPlugin
from traitlets import Unicode

from grading.submission.files import MAX_BYTES, MAX_PLACE, copy_file, too_big
from grading.submission.names import Malformed, check_learner, printable
from grading.submission.times import check_year, parse_timestamp

MAX_MEMBERS = 20_000
MAX_ARCHIVE_BYTES = 2 << 30
"""Of all that is unpacked from one."""
MAX_RATIO = 100
"""Of a file's size to what it takes in the archive, from `RATIO_COUNTS_FROM` bytes on."""
RATIO_COUNTS_FROM = 1 << 20
ARCHIVES = (".zip", ".gz", ".tgz", ".bz2", ".xz", ".tar", ".7z", ".rar")
_CHUNK = 1 << 16
# Blackboard's form: TITLE_LEARNER_attempt_2026-11-20-16-30-10_FILE. Only FILE is the learner's
# word, so the first date is the platform's.
_BLACKBOARD = re.compile(
    r"(?P<whose>[^/]+?)_attempt_(?P<timestamp>\d{4}(?:-\d\d){5})_(?P<file_id>[^/]+)"
)
_SIX_NUMBERS = "%Y-%m-%d-%H-%M-%S"
_EXPRESSION = "c.FileNameCollectorPlugin.named_regexp"


class Upload(NamedTuple):
    """Whose a file is, when in UTC it was handed in if the platform says so, and its own name."""

    learner: str
    handed_in: datetime.datetime | None
    name: str


class Collector(FileNameCollectorPlugin):
    """Says whose a file of the download is; `c.ZipCollectApp.collector_plugin`.

    By `c.FileNameCollectorPlugin.named_regexp` where that is set, which has to match the file's
    path in the download from its beginning, and else by Blackboard's form. Of several attempts of a
    learner's the newest is collected.
    """

    timezone = Unicode(
        "UTC", help="Zone of the six numbers in file names, for instance 'Europe/Berlin'."
    ).tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._collected: dict[str, Upload] | None = None
        self._title = f"{self.parent.coursedir.assignment_id}_"

    def collect(self, submitted_file: str) -> dict[str, Any] | None:
        """Whose a file is, as nbgrader wants it told, or None where it stays behind."""
        if self._collected is None:
            self._collected = self._survey()
        upload = self._collected.get(submitted_file)
        if upload is None:
            return None
        return {
            "student_id": upload.learner,
            "file_id": upload.name,
            "timestamp": upload.handed_in,
        }

    def _survey(self) -> dict[str, Upload]:
        """Of all files in the download those that are collected."""
        uploads: dict[str, Upload] = {}
        files = self._files()
        self._title = self._common_title(files)
        for found in files:
            try:
                named = self.whose(self._place(found))
            except Malformed as error:
                self.log.error("Not collected: %s: %s", found.name, error)
                continue
            if named is None:
                self.log.error("Not collected: %s: %s", found.name, self._unmatched())
            else:
                uploads[str(found)] = named
        newest: dict[str, datetime.datetime] = {}
        for upload in uploads.values():
            newest[upload.learner] = max(newest.get(upload.learner, _when(upload)), _when(upload))
        collected: dict[str, Upload] = {}
        seen: set[Upload] = set()
        for path, upload in uploads.items():
            name = os.path.basename(path)
            if _when(upload) < newest[upload.learner]:
                self.log.info("Not collected: %s: there is a newer attempt", name)
            elif upload in seen:
                self.log.error("Not collected: %s: there are two of that name and time", name)
            else:
                collected[path] = upload
                seen.add(upload)
        return collected

    def _common_title(self, files: list[Path]) -> str:
        """What Blackboard's names in the download begin with, before each learner's."""
        named = (_BLACKBOARD.fullmatch(self._place(path)) for path in files)
        begins = {match["whose"] for match in named if match}
        if len(begins) < 2 or all(whose.startswith(self._title) for whose in begins):
            return self._title
        # The last part is always the learner's.
        columns = zip(*(whose.split("_")[:-1] for whose in sorted(begins)), strict=False)
        common = itertools.takewhile(lambda parts: len(set(parts)) == 1, columns)
        return "".join(f"{parts[0]}_" for parts in common)

    def _files(self) -> list[Path]:
        extracted = Path(self.parent._format_collect_path(self.parent.extracted_directory))
        return sorted(p for p in extracted.rglob("*") if p.suffix in self.valid_ext and p.is_file())

    def _place(self, path: Path) -> str:
        """Its path in the download, without the folder that `Extractor` made for the archive."""
        app = self.parent
        place = path.relative_to(app._format_collect_path(app.extracted_directory))
        archives = Path(app._format_collect_path(app.archive_directory))
        if len(place.parts) > 1 and (archives / f"{place.parts[0]}.zip").is_file():
            place = Path(*place.parts[1:])
        return place.as_posix()

    def whose(self, place: str) -> Upload | None:
        """Whose a file of the download is, or None where its path says nothing.

        Raises Malformed where what it says can't be.
        """
        pattern = self.named_regexp
        match = re.match(pattern, place) if pattern else _BLACKBOARD.fullmatch(place)
        if match is None:
            return None
        groups = match.groupdict()
        learner = groups.get("student_id") if pattern else self._learner(groups["whose"])
        name, text = groups.get("file_id"), groups.get("timestamp")
        if learner is None or name is None:
            raise Malformed(f"{_EXPRESSION} finds no group student_id or no file_id in its path")
        check_learner(learner)
        if any(part in ("", ".", "..") for part in name.split("/")):
            raise Malformed("its own name would put it elsewhere")
        return Upload(learner, self._time(text) if text else None, name)

    def _unmatched(self) -> str:
        if self.named_regexp:
            return f"{_EXPRESSION} doesn't match its path"
        form = "TITLE_LEARNER_attempt_YEAR-MONTH-DAY-HOUR-MINUTE-SECOND_FILE"
        return (
            f"its name is not of Blackboard's form, {form}; for another platform set {_EXPRESSION}"
        )

    def _learner(self, whose: str) -> str:
        """The learner in Blackboard's TITLE_LEARNER: either may have more underscores."""
        if whose.startswith(self._title):
            return whose.removeprefix(self._title)
        return whose.rpartition("_")[2]

    def _time(self, text: str) -> datetime.datetime:
        """A time in a file name, in UTC. Raises Malformed."""
        if not re.fullmatch(r"\d{4}(-\d\d){5}", text):
            return parse_timestamp(text)
        try:
            when = datetime.datetime.strptime(text, _SIX_NUMBERS)
        except ValueError:
            raise Malformed(f"{text} is no date and time") from None
        here = check_year(when).replace(tzinfo=ZoneInfo(self.timezone))
        return here.astimezone(datetime.UTC).replace(tzinfo=None)


def _when(upload: Upload) -> datetime.datetime:
    return upload.handed_in or datetime.datetime.min


class Extractor(ExtractorPlugin):
    """Unpacks the platform's archives, none in them; `c.ZipCollectApp.extractor_plugin`.

    What can't be unpacked stays behind, with a message, and so does what no collector takes.
    """

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Unpack or copy what lies in the folder `archive_path`."""
        top = Path(archive_path)
        for path in sorted(p for p in top.rglob("*") if p.is_file()):
            place = path.relative_to(top)
            try:
                if path.suffix == ".zip" and len(place.parts) == 1 and not self._is_upload(path):
                    self._unpack(path, Path(extracted_path) / path.stem)
                elif self._is_taken(path.name):
                    to = Path(extracted_path) / place
                    to.parent.mkdir(parents=True, exist_ok=True)
                    _check_place(place.as_posix())
                    copy_file(path, to, MAX_BYTES)
            except Exception as error:  # zipfile has many
                self.log.error("Not collected: %s: %s", printable(str(place)), error)

    def _is_upload(self, path: Path) -> bool:
        """Whether a learner handed the archive in, so that all in it is the learner's word."""
        try:
            upload = self.parent.collector_plugin_inst.whose(path.name)
        except Malformed:
            return True
        return upload is not None

    def _is_taken(self, name: str) -> bool:
        """Whether the collector would look at a file. Raises Malformed for an archive."""
        suffix = os.path.splitext(name)[1]
        if suffix.lower() in ARCHIVES:
            raise Malformed("archives that learners hand in are not opened, nor any but zip ones")
        return suffix in self.parent.collector_plugin_inst.valid_ext

    def _unpack(self, path: Path, to: Path) -> None:
        self.log.info("Unpacking %s", path.name)
        room = MAX_ARCHIVE_BYTES
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise Malformed(f"it holds {len(members)} files, more than {MAX_MEMBERS}")
            for member in members:
                if member.is_dir():
                    continue
                try:
                    if self._is_taken(member.filename):
                        room -= _unpack_member(archive, member, to, room)
                except Malformed as error:
                    self.log.error("Not collected: %s: %s", printable(member.filename), error)


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
