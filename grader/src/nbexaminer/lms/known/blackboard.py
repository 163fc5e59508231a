"""Blackboard: its download of submissions and its gradebook file.

Source: Blackboard's help for instructors (working offline with grade data), and what public
programs read: nbgrader's documentation of zip_collect, kwurst/bb-file-cleanup.
"""

import datetime
import itertools
import re
from collections.abc import Sequence

from nbexaminer.classroom.intake.times import six_numbers
from nbexaminer.lms.platform import GradebookFile, Named, Platform

# TITLE_LEARNER_attempt_2026-11-20-16-30-10_FILE. Only FILE is the learner's word, so the first date
# is the platform's. A receipt has no file's name.
_NAME = re.compile(
    r"(?P<whose>[^/]+?)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<own>[^/]+)|\.txt)"
)


class BlackboardFile(GradebookFile):
    """The file of "Work Offline, Download": tab-separated UTF-16, or CSV."""

    needs = frozenset({"Username"})
    identifiers = ("Username", "Student ID")
    names = ("First Name", "Last Name")
    heading = re.compile(
        r"(?P<title>.+?) ?\[Total Pts: (?:up to )?(?P<most>[^\]]*?)(?: Score)?\] ?\|\d+"
    )
    upload = "the gradebook, Upload (or Work Offline, Upload)"

    @classmethod
    def is_header(cls, header: Sequence[str]) -> bool:
        """Whether a file of Blackboard's begins so."""
        return super().is_header(header) and any("[Total Pts:" in text for text in header)


class Blackboard(Platform):
    """Blackboard, and its "Assignment File Download"."""

    title = "Blackboard"
    export = BlackboardFile
    form = "TITLE_LEARNER_attempt_YEAR-MONTH-DAY-HOUR-MINUTE-SECOND_FILE"
    tells_time = True
    gives_ids = True
    class_list = frozenset({"username", "availability"})

    def __init__(self, exercise: str, zone: datetime.tzinfo) -> None:
        super().__init__(exercise, zone)
        self._title = f"{exercise}_"

    def survey(self, places: Sequence[str]) -> None:
        """Find the assignment's title: what names in the download begin with."""
        named = (_NAME.fullmatch(place) for place in places)
        begins = {match["whose"] for match in named if match}
        if len(begins) < 2 or all(whose.startswith(self._title) for whose in begins):
            return
        # The last part is always the learner's.
        columns = zip(*(whose.split("_")[:-1] for whose in sorted(begins)), strict=False)
        common = itertools.takewhile(lambda parts: len(set(parts)) == 1, columns)
        self._title = "".join(f"{parts[0]}_" for parts in common)

    def read(self, place: str) -> Named | None:
        """What a path in the download says, or None. Raises Malformed where there is no such date.

        In TITLE_LEARNER either may have more underscores.
        """
        match = _NAME.fullmatch(place)
        if match is None:
            return None
        whose, own = match["whose"], match["own"] or ""
        learner = whose.rpartition("_")[2]
        if whose.startswith(self._title):
            learner = whose.removeprefix(self._title)
        prefix = place.removesuffix(own)
        handed_in = six_numbers(match["time"], self.zone)
        return Named(learner, (learner,), "", own, prefix, handed_in=handed_in)
