"""What a learning platform says of itself: names in a download, files that go there and back."""

import datetime
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from nbexaminer.errors import Malformed
from nbexaminer.lms.sheet import Sheet, number


@dataclass(frozen=True)
class Named:
    """What a platform's name for a file says. All but `own` is the platform's word.

    identity: tells the platform's users apart.
    identifiers: what the roster may know the user by, surest first.
    name: first and last name in any order, maybe without spaces, or empty.
    own: the learner's own name of the file, or empty where the platform made the file.
    prefix: what stands before it, for feedback that goes the same way back.
    handed_in: in UTC, or None where the name doesn't say.
    late: the platform calls it late, which counts where it doesn't say when it came.
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


class GradebookFile:
    """A file that a platform exported, to be filled in and taken back.

    kind: what it is called there, after the platform's name; upload: where it is taken back.
    needs: columns by which it is recognised.
    identifiers: columns by which the platform knows a user, surest first; names: columns with the
    name; heading: the form of the columns that take a score, with a group `title`, and `most` for
    the points where it says them.
    one_assignment: it has no column but one assignment's.
    mark: what stands before each id; nobody: names, in small letters, of rows about no learner.
    """

    kind: ClassVar[str] = "gradebook"
    upload: ClassVar[str]
    needs: ClassVar[frozenset[str]]
    identifiers: ClassVar[tuple[str, ...]]
    names: ClassVar[tuple[str, ...]]
    heading: ClassVar[re.Pattern[str]]
    one_assignment: ClassVar[bool] = False
    mark: ClassVar[str] = ""
    nobody: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, table: Sheet) -> None:
        self.table = table
        self.header = table.header

    @classmethod
    def is_header(cls, header: Sequence[str]) -> bool:
        """Whether a file of the platform's begins so."""
        return cls.needs <= {*header}

    def points(self, column: int) -> str:
        """Most points of a column as the file says them, or an empty text."""
        match = self.heading.fullmatch(self.header[column])
        return (match.groupdict().get("most") if match else "") or ""

    def max_points(self, column: int) -> float | None:
        """Most points of a column, or None where the file doesn't say. Raises Malformed."""
        text = self.points(column)
        points = number(text)
        if points is None and text.strip():
            raise Malformed(f"{text!r}, the column's points, is no number")
        return points

    def columns(self) -> Mapping[int, str]:
        """Columns that take scores, with the assignments' titles."""
        found = ((n, self.heading.fullmatch(text)) for n, text in enumerate(self.header))
        return {n: match["title"].strip() for n, match in found if match}

    def learners(self) -> list[int]:
        """The rows that are about learners."""
        rows = (n for n, row in enumerate(self.table.rows) if n and any(cell for cell in row))
        return [n for n in rows if self.called(n)[1].casefold() not in self.nobody]

    def locked(self, row: int, column: int) -> str:
        """Why the platform would not take a score in that row, or empty."""
        return ""

    def called(self, row: int) -> tuple[list[str], str]:
        """Identifiers and name of the learner in a row."""
        values = dict(zip(self.header, self.table.rows[row], strict=False))
        identifiers = [values[name] for name in self.identifiers if values.get(name)]
        name = " ".join(values.get(name, "") for name in self.names).strip()
        return [text.removeprefix(self.mark) for text in identifiers], name


class Platform(ABC):
    """A learning platform, and as an object what a download of it says.

    title: the platform's name; form: what names in its download look like.
    export: the file that takes scores back, or None where no form of it is known.
    tells_time: whether names say when something was handed in; tells_late: only if it came late.
    gives_ids: whether its user names can be the learners' names here, with no roster.
    worksheet: what a file is called that tells more of a download, or empty; listing: the name of
        one that is in the download, beside the learners' files.
    takes_back: where a zip file of feedback is uploaded, or empty where there is no such place.
    about_pages: what the instructor is told about feedback that goes there.
    class_list: headings that its list of a class has and no other, in small letters and digits.
    columns: kinds of columns in it, of those in `class_list.WHO`, by such headings.
    """

    title: ClassVar[str]
    form: ClassVar[str]
    export: ClassVar[type[GradebookFile] | None] = None
    tells_time: ClassVar[bool] = False
    tells_late: ClassVar[bool] = False
    gives_ids: ClassVar[bool] = False
    worksheet: ClassVar[str] = ""
    listing: ClassVar[str] = ""
    takes_back: ClassVar[str] = ""
    about_pages: ClassVar[str] = ""
    class_list: ClassVar[frozenset[str]] = frozenset()
    columns: ClassVar[Mapping[str, str]] = {}

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

    def has_form(self, place: str) -> bool:
        """Whether the platform names files so, be what it says possible or not."""
        try:
            return self.read(place) is not None
        except Malformed:
            return True

    def read_worksheet(self, data: bytes) -> None:  # noqa: B027
        """Take what its `worksheet` or `listing` says into account; there may be several.

        Raises Malformed.
        """
