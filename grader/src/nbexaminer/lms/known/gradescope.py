"""Gradescope: its export of submissions, and its file of grades as a class list.

Source: what public programs read (of the export: submission_metadata.yml with :submitters,
:created_at and :history), since Gradescope's help doesn't give the form.
"""

import datetime
import re
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from nbexaminer.classroom.intake.names import printable
from nbexaminer.classroom.intake.times import parse_timestamp
from nbexaminer.errors import Malformed
from nbexaminer.lms.platform import Named, Platform

# submission_12345/1-attention.ipynb, in a folder assignment_678_export.
_NAME = re.compile(r"(?P<submission>submission_\d+)/(?P<own>.+)")

_FRACTION = re.compile(r"(?<=:\d\d)\.\d+")


class _Listed(NamedTuple):
    """What the export says of a submission: ids and name of each submitter, and when it came."""

    submitters: list[tuple[tuple[str, ...], str]]
    handed_in: datetime.datetime | None


class Gradescope(Platform):
    """Gradescope's "Export Submissions"; listed: by the submission's folder."""

    title = "Gradescope"
    form = "submission_NUMBER/OWNNAME"
    listing = "submission_metadata.yml"
    tells_time = True
    class_list = frozenset({"sid"})
    columns: ClassVar[Mapping[str, str]] = {"sid": "number"}

    def __init__(self, exercise: str, zone: datetime.tzinfo) -> None:
        super().__init__(exercise, zone)
        self.listed: dict[str, _Listed] = {}

    def read(self, place: str) -> Named | None:
        """What a path in the download says, or None. Raises Malformed where nobody is listed."""
        match = _NAME.fullmatch(place)
        if match is None:
            return None
        listed = self.listed.get(match["submission"])
        if listed is None:
            raise Malformed(f"{self.listing} doesn't say whose it is: take the export as it came")
        if len(listed.submitters) > 1:
            names = " and ".join(name or ids[0] for ids, name in listed.submitters)
            raise Malformed(f"{printable(names)} handed it in together: copy it to each yourself")
        ((identifiers, name),) = listed.submitters
        return Named(
            identity=" or ".join((*identifiers, name)),
            identifiers=identifiers,
            name=name,
            own=match["own"],
            prefix=f"{match['submission']}/",
            handed_in=listed.handed_in,
        )

    def read_worksheet(self, data: bytes) -> None:
        """Take what an export's list says into account. Raises Malformed."""
        import yaml  # slow to import, and only this needs it

        # The loader in C, where there is one: the list has what an autograder printed, too. To the
        # base loader all is text: others end at a learner's name such as `=` or 2026-13-45.
        try:
            found = yaml.load(data, getattr(yaml, "CBaseLoader", yaml.BaseLoader))
        except (yaml.YAMLError, ValueError, RecursionError):
            found = None
        for submission, about in found.items() if isinstance(found, dict) else ():
            if isinstance(about, dict) and (submitters := _submitters(about.get(":submitters"))):
                time = _FRACTION.sub("", _text(about.get(":created_at")))
                self.listed[_text(submission)] = _Listed(
                    submitters, parse_timestamp(time) if time else None
                )
        if not self.listed:
            raise Malformed("it names no submitters, as Gradescope's list does")


def _submitters(rows: Any) -> list[tuple[tuple[str, ...], str]]:
    """Ids and name of each that has any."""
    people = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    called = [[_text(row.get(key)) for key in (":sid", ":email", ":name")] for row in people]
    return [(tuple(filter(None, ids)), name) for *ids, name in called if any((*ids, name))]


def _text(value: Any) -> str:
    """It, where it is text and not YAML's word for nothing."""
    return value if isinstance(value, str) and value not in ("~", "null") else ""
