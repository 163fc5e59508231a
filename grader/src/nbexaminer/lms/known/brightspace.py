"""Brightspace (D2L): its download of submissions and its gradebook file.

Source: what public programs read, since D2L's documentation doesn't give the form: for names those
that parse "13394-80551 - First Last - Mar 29, 2018 1205 PM - file.zip", for the gradebook
byuitechops/d2l-gradebook-csv-to-canvas-gradebook-csv and others.
"""

import datetime
import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from nbexaminer.classroom.intake.times import to_utc
from nbexaminer.errors import Malformed
from nbexaminer.lms.platform import GradebookFile, Named, Platform

# 12345-678 - Ada Lovelace - Nov 20, 2026 430 PM/1-attention.ipynb, or with " - " in the place of /.
# File systems take no colon, so that most downloads have none in the time.
_NAME = re.compile(
    r"(?P<user>\d+)-\d+ - (?P<name>[^/]+?) - (?P<date>[A-Z][a-z]+ \d{1,2}, \d{4}) "
    r"(?P<hour>\d{1,2})[:._]?(?P<minute>\d\d)(?: ?(?P<half>[AaPp][Mm]))?"
    r"(?:/(?P<deep>.+)| - (?P<flat>[^/]+))"
)


class BrightspaceFile(GradebookFile):
    """The CSV file of "Grades, Export"."""

    needs = frozenset({"End-of-Line Indicator"})
    identifiers = ("OrgDefinedId", "Username", "Email")
    names = ("First Name", "Last Name")
    heading = re.compile(
        r"(?P<title>.+) Points Grade(?: <(?:[^>]*?MaxPoints:(?P<most>[\d.,]+))?[^>]*>)?"
    )
    upload = "Grades, Import"
    mark = "#"

    @classmethod
    def is_header(cls, header: Sequence[str]) -> bool:
        """Whether a file of Brightspace's begins so."""
        return super().is_header([text.strip() for text in header])


class Brightspace(Platform):
    """Brightspace, and its "Download" of an assignment's submissions."""

    title = "Brightspace"
    export = BrightspaceFile
    form = "USER-FOLDER - FULL NAME - Nov 20, 2026 430 PM, then / or ' - ', then OWNNAME"
    tells_time = True
    class_list = frozenset({"endoflineindicator"})
    columns: ClassVar[Mapping[str, str]] = {"orgdefinedid": "number"}

    def read(self, place: str) -> Named | None:
        """What a path in the download says, or None. Raises Malformed where there is no such date.

        The user's number is in no file that D2L exports, so that the name alone counts.
        """
        match = _NAME.fullmatch(place)
        if match is None:
            return None
        own = match["deep"] or match["flat"]
        prefix = place.removesuffix(own)
        return Named(match["user"], (), match["name"], own, prefix, handed_in=self._time(match))

    def _time(self, match: re.Match[str]) -> datetime.datetime:
        half = (match["half"] or "").upper()
        text = f"{match['date']} {match['hour']}:{match['minute']} {half}".strip()
        clock = "%I:%M %p" if half else "%H:%M"
        for month in ("%b", "%B"):
            try:
                here = datetime.datetime.strptime(text, f"{month} %d, %Y {clock}")
            except ValueError:
                continue
            return to_utc(here, self.zone)
        raise Malformed(f"{text} is no date and time in English")
