"""Moodle: its download of submissions and its grading worksheet.

Source: moodle, mod/assign/classes/downloader.php, feedback/offline (locallib.php,
importgradeslib.php) and gradingtable.php, and feedback/file/importziplib.php.
"""

import datetime
import re
from collections.abc import Mapping
from typing import ClassVar

from nbexaminer.classroom.intake.times import to_utc
from nbexaminer.errors import Malformed
from nbexaminer.lms.platform import GradebookFile, Named, Platform
from nbexaminer.lms.sheet import Sheet

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


class MoodleFile(GradebookFile):
    """The assignment's grading worksheet, a CSV file."""

    kind = "grading worksheet"
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
        text = self._column("Grade can be changed")[row - 1]
        return "Moodle says that the grade can't be changed" if text == "No" else ""


class Moodle(Platform):
    """Moodle's "Download all submissions", with folders or without.

    listed: by participant the ids that a worksheet has, and when, in Moodle's time zone, something
    was handed in, since the names have neither.
    """

    title = "Moodle"
    export = MoodleFile
    worksheet = MoodleFile.kind
    form = "FULL NAME_PARTICIPANT_assignsubmission_file, then _ or /, then OWNNAME"
    takes_back = "the assignment's submissions, Upload multiple feedback files in a zip"
    class_list = frozenset({"emailaddress"})
    columns: ClassVar[Mapping[str, str]] = {"identifier": "internal", "idnumber": "number"}

    def __init__(self, exercise: str, zone: datetime.tzinfo) -> None:
        super().__init__(exercise, zone)
        self.listed: dict[str, tuple[list[str], datetime.datetime | None]] = {}

    def read(self, place: str) -> Named | None:
        """What a path in the download says, or None. Raises Malformed for an impossible time."""
        match = _NAME.fullmatch(place)
        if match is None:
            return None
        own = match["deep"] or match["flat"]
        name, participant = match["name"], f"Participant {match['participant']}"
        identifiers, when = self.listed.get(participant, ([], None))
        return Named(
            identity=participant,
            identifiers=(participant, *identifiers),
            name="" if name == "Participant" else name,
            own=own if match["plugin"] == "file" else "",
            prefix=place.removesuffix(own),
            handed_in=to_utc(when, self.zone) if when else None,
            advice=_BLIND if name == "Participant" else "",
        )

    def read_worksheet(self, data: bytes) -> None:
        """Take what a grading worksheet says into account. Raises Malformed."""
        from dateutil import parser  # slow to import, and only this needs it

        table = Sheet(data)
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
                sentence = f"line {row + 1}: {text!r} is no date and time in English"
                raise Malformed(sentence) from None
            self.listed[participant] = identifiers, when
