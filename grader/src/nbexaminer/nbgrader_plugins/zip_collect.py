"""What `nbgrader zip_collect` is told of a learning platform's download: thin, over `platforms`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nbgrader.plugins import ExtractorPlugin, FileNameCollectorPlugin
from traitlets import Enum, TraitError, Unicode

from nbexaminer.errors import Malformed
from nbexaminer.platforms.download import Download
from nbexaminer.platforms.known import PLATFORMS, worksheets
from nbexaminer.platforms.whose import Upload, Whose
from nbexaminer.settings import Settings


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
        "", help=f"{worksheets()}, a CSV file, which says when each submission came."
    ).tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        app = self.parent
        exercise = app.coursedir.assignment_id
        self.download = Download(
            app.coursedir,
            Path(app._format_collect_path(app.archive_directory)),
            Path(app._format_collect_path(app.extracted_directory)),
            Whose(exercise, self._zone(), self.named_regexp, self.platform),
            self.valid_ext,
            self.worksheet,
            app.force,
            self.log,
        )

    def _zone(self) -> ZoneInfo:
        if not self.timezone:
            return Settings(parent=self.parent).zone
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            said = f"c.Collector.timezone is {self.timezone!r}"
            raise TraitError(f"{said}: give a name such as 'Europe/Berlin'") from None

    def survey(self) -> Mapping[Path, Upload]:
        """Of all files in the download those that are collected."""
        try:
            return self.download.survey()
        except Malformed as error:
            self.parent.fail(f"{error}")
            raise

    def collect(self, submitted_file: str) -> dict[str, Any] | None:
        """Whose a file is, as nbgrader wants it told, or None where it stays behind."""
        upload = self.survey().get(Path(submitted_file))
        if upload is None:
            return None
        return {
            "student_id": upload.learner,
            "file_id": upload.name,
            "timestamp": upload.handed_in,
        }


class Extractor(ExtractorPlugin):
    """Unpacks the platform's archives, none in them; `c.ZipCollectApp.extractor_plugin`.

    What can't be unpacked stays behind, with a message, and so does what no collector takes.
    """

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Unpack or copy what lies in the folder of archives."""
        collector: Collector = self.parent.collector_plugin_inst
        collector.download.unpack()
