"""What the four platforms have in common: names in a download, columns in a gradebook file."""

from __future__ import annotations

import datetime
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from nbexaminer.errors import Malformed
from nbexaminer.intake.times import check_year
from nbexaminer.platforms.table import Table, number


@dataclass(frozen=True)
class Named:
    """What a platform's name for a file says. All but `own` is the platform's word.

    identity: tells the platform's users apart.
    identifiers: what the roster may know the user by, surest first.
    name: first and last name in any order, maybe without spaces, or empty.
    own: the learner's own name of the file, or empty where the platform made the file.
    prefix: what stands before it, for feedback that goes the same way back.
    handed_in: in UTC, or None where the name doesn't say.
    late: the platform calls it late.
    rivals: users whom the name could mean too, if a learner had built it so.
    advice: what to do where nobody fits, or empty.
    """

    identity: str
    identifiers: tuple[str, ...]
    name: str
    own: str
    prefix: str
    handed_in: datetime.datetime | None = None
    late: bool = False
    rivals: tuple[str, ...] = ()
    advice: str = ""


class Platform(ABC):
    """How a platform names what learners handed in.

    title: the platform's name; form: what its names look like.
    tells_time: whether names say when something was handed in.
    gives_ids: whether its user names can be the learners' names here, with no roster.
    takes_back: where a zip file of feedback is uploaded, or empty where there is no such place.
    """

    title: ClassVar[str]
    form: ClassVar[str]
    tells_time: ClassVar[bool] = False
    gives_ids: ClassVar[bool] = False
    takes_back: ClassVar[str] = ""

    def __init__(self, exercise: str, zone: datetime.tzinfo) -> None:
        self.exercise = exercise
        self.zone = zone

    def survey(self, places: Sequence[str]) -> None:  # noqa: B027
        """Look at all paths in the download, for what can't be seen in one alone."""

    @abstractmethod
    def read(self, place: str) -> Named | None:
        """What a path in the download says, or None where the platform doesn't name files so.

        Raises Malformed where what it says can't be.
        """

    def utc(self, here: datetime.datetime) -> datetime.datetime:
        """A time of the platform's in UTC, without a zone. Raises Malformed."""
        zoned = check_year(here).replace(tzinfo=self.zone)
        return zoned.astimezone(datetime.UTC).replace(tzinfo=None)


class GradebookFile(ABC):
    """A file that a platform exported, to be filled in and taken back.

    identifiers: columns by which the platform knows a user, surest first; names: columns with the
    name; heading: the form of the columns that take a score, with a group `title`.
    """

    title: ClassVar[str]
    identifiers: ClassVar[tuple[str, ...]]
    names: ClassVar[tuple[str, ...]]
    heading: ClassVar[re.Pattern[str]]
    upload: ClassVar[str]

    def __init__(self, table: Table) -> None:
        self.table = table
        self.header = table.rows[0]

    @staticmethod
    @abstractmethod
    def is_header(header: Sequence[str]) -> bool:
        """Whether a file of the platform's begins so."""

    @abstractmethod
    def max_points(self, column: int) -> float | None:
        """Most points of a column, or None where the file doesn't say. Raises Malformed."""

    def columns(self) -> Mapping[int, str]:
        """Columns that take scores, with the assignments' titles."""
        found = ((n, self.heading.fullmatch(text)) for n, text in enumerate(self.header))
        return {n: match["title"].strip() for n, match in found if match}

    def learners(self) -> list[int]:
        """The rows that are about learners."""
        return [n for n, row in enumerate(self.table.rows) if n and any(cell for cell in row)]

    def locked(self, row: int, column: int) -> str:
        """Why the platform would not take a score in that row, or empty."""
        return ""

    def called(self, row: int) -> tuple[list[str], str]:
        """Identifiers and name of the learner in a row."""
        values = dict(zip(self.header, self.table.rows[row], strict=False))
        identifiers = [values[name] for name in self.identifiers if values.get(name)]
        return identifiers, " ".join(values.get(name, "") for name in self.names).strip()

    def most(self, text: str) -> float | None:
        """Points as the file says them, None for an empty text. Raises Malformed."""
        if not text.strip():
            return None
        points = number(text)
        if points is None:
            raise Malformed(f"{text!r}, the column's points, is no number")
        return points
