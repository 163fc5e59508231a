"""Moodle: its download of submissions and its grading worksheet.

Source: moodle, mod/assign/classes/downloader.php, feedback/offline (locallib.php,
importgradeslib.php) and gradingtable.php, and feedback/file/importziplib.php.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from nbexaminer.errors import Malformed
from nbexaminer.intake.times import to_utc
from nbexaminer.platforms.platform import GradebookFile, Named, Platform
from nbexaminer.platforms.table import Table

# Ada Lovelace_123_assignsubmission_file/1-attention.ipynb: 123 is the participant in this
# assignment, not the user. The folder ended with _ until Moodle 4.0; without folders a _ stands for
# the slash.
_NAME = re.compile(
    r"(?P<name>[^_/]+)_(?P<participant>\d+)_assignsubmission_(?P<plugin>[a-z0-9]+)"
    r"(?:_?/(?P<deep>.+)|_(?P<flat>[^/]+))"
)
_BLIND = (
    "the assignment is marked blindly in Moodle: reveal student identities there, and download "
    "once more"
)
_WORKSHEET = "grading worksheet"


@dataclass(frozen=True)
class Listed:
    """What a grading worksheet says of a participant; handed_in: in Moodle's time zone."""

    identifiers: tuple[str, ...]
    handed_in: datetime.datetime | None


class MoodleFile(GradebookFile):
    """The assignment's grading worksheet, a CSV file."""

    kind = _WORKSHEET
    needs = frozenset({"Identifier", "Grade", "Last modified (grade)"})
    identifiers = ("Identifier", "ID number", "Username", "Email address")
    names = ("Full name",)
    heading = re.compile(r"(?P<title>Grade)")
    one_assignment = True
    upload = "the assignment's submissions, Upload grading worksheet"

    def points(self, column: int) -> str:
        """Most points as the file says them, or what scale it is, or an empty text."""
        return next((text for text in self._column("Maximum grade") if text), "")

    def _column(self, name: str) -> list[str]:
        names = [text.casefold() for text in self.header]
        if name.casefold() not in names:
            return [""] * len(self.table.rows[1:])
        return [row[names.index(name.casefold())] for row in self.table.rows[1:]]

    def locked(self, row: int, column: int) -> str:
        """Why Moodle would not take a score in that row, or empty."""
        said = self._column("Grade can be changed")[row - 1]
        return "Moodle says that the grade can't be changed" if said == "No" else ""


class Moodle(Platform):
    """Moodle's "Download all submissions", with folders or without.

    listed: by participant what a worksheet says, since the names have neither times nor ids.
    """

    title = "Moodle"
    export = MoodleFile
    worksheet = _WORKSHEET
    form = "FULL NAME_PARTICIPANT_assignsubmission_file, then _ or /, then OWNNAME"
    takes_back = "the assignment's submissions, Upload multiple feedback files in a zip"
    class_list = frozenset({"emailaddress"})
    columns: ClassVar[Mapping[str, str]] = {"identifier": "internal", "idnumber": "number"}

    listed: Mapping[str, Listed] = {}

    def read(self, place: str) -> Named | None:
        """What a path in the download says, or None. Raises Malformed for an impossible time."""
        match = _NAME.fullmatch(place)
        if match is None:
            return None
        own = match["deep"] or match["flat"]
        name, participant = match["name"], f"Participant {match['participant']}"
        more = self.listed.get(participant, Listed((), None))
        return Named(
            identity=participant,
            identifiers=(participant, *more.identifiers),
            name="" if name == "Participant" else name,
            own=own if match["plugin"] == "file" else "",
            prefix=place.removesuffix(own),
            handed_in=to_utc(more.handed_in, self.zone) if more.handed_in else None,
            advice=_BLIND if name == "Participant" else "",
        )

    def read_worksheet(self, table: Table) -> None:
        """Take what a grading worksheet says into account. Raises Malformed."""
        self.listed = dict(_listed(table))


def _listed(table: Table) -> Iterator[tuple[str, Listed]]:
    """What a grading worksheet says of each participant. Raises Malformed."""
    from dateutil import parser  # slow to import, and only this needs it

    if not MoodleFile.is_header(table.header):
        raise Malformed("it is no grading worksheet of Moodle's, in English")
    file = MoodleFile(table)
    for row in file.learners():
        (participant, *identifiers), _ = file.called(row)
        values = dict(zip(file.header, table.rows[row], strict=False))
        text = values.get("Last modified (submission)", "").strip(" -")
        try:
            when = parser.parse(text) if text else None
        except (ValueError, OverflowError):
            raise Malformed(f"line {row + 1}: {text!r} is no date and time in English") from None
        yield participant, Listed(tuple(identifiers), when)
