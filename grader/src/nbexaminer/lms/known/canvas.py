"""Canvas: its download of submissions, its list of them and its gradebook file.

Source: canvas-lms, lib/content_zipper.rb, lib/gradebook_exporter.rb, lib/gradebook_importer.rb and
AbstractAssignment#infer_comment_context_from_filename; for the list its documentation, Submissions
API, "List assignment submissions", and lib/api/v1/submission.rb.
"""

import datetime
import json
import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from nbexaminer.classroom.intake.times import parse_timestamp
from nbexaminer.errors import Malformed
from nbexaminer.lms.platform import GradebookFile, Named, Platform
from nbexaminer.lms.sheet import Sheet

# lovelaceada_LATE_12345_67890_1-attention.ipynb: sortable name without spaces and punctuation, the
# user's id, the file's id, the learner's own name of it. A text entry has neither of the last.
_NAME = re.compile(
    r"(?P<prefix>(?:(?P<name>[^\s./-]*?)_)?(?P<late>LATE_)?(?P<user>\d+|anon_[^\W_]+)_"
    r"(?:(?P<file>\d+)_(?P<own>[^/]+)|(?:text|link)\.html))"
)
_USERS = re.compile(r"(?=(?:^|_)(\d+)_\d+_)")
_LATE = re.compile(r"(?:^|_)LATE_\d+_\d+_")
"""Wherever it stands: who may choose a name could put numbers before it."""
_ANONYMOUS = (
    "the assignment is graded anonymously in Canvas: post its grades, or turn that off, and "
    "download once more"
)


class CanvasFile(GradebookFile):
    """The CSV file of the gradebook's "Export"."""

    needs = frozenset({"ID", "Section"})
    identifiers = ("ID", "SIS User ID", "SIS Login ID", "Integration ID")
    names = ("Student", "FirstName", "LastName")
    heading = re.compile(r"(?P<title>.+) \(\d+\)")
    upload = "Gradebook, Import"
    nobody = frozenset({"points possible", "student, test", "test student"})

    @classmethod
    def is_header(cls, header: Sequence[str]) -> bool:
        """Whether a file of Canvas's begins so."""
        return super().is_header(header) and header[0] in ("Student", "LastName")

    def columns(self) -> Mapping[int, str]:
        """Columns that take scores: not those that Canvas computes."""
        found = super().columns()
        return {n: title for n, title in found.items() if "read only" not in self.points(n)}

    def points(self, column: int) -> str:
        """Most points of a column as the file says them, or an empty text."""
        rows = (row for row in self.table.rows[1:4] if row[0].strip() == "Points Possible")
        return "".join(next(rows, [])[column : column + 1])

    def learners(self) -> list[int]:
        """The rows that are about learners: not Canvas's own, nor its test student."""
        end = self.header.index("Section") + 1
        return [n for n in super().learners() if any(self.table.rows[n][:end])]

    def locked(self, row: int, column: int) -> str:
        """Why Canvas would not take a score in that row, or empty."""
        there = self.table.rows[row][column].strip()
        if there == "N/A":
            return "the assignment is not assigned to them in Canvas (N/A)"
        return "they are excused in Canvas (EX)" if there.upper() == "EX" else ""


class Canvas(Platform):
    """Canvas, and its "Download Submissions".

    times: when users' last submissions came, in UTC, by a list of submissions.
    """

    title = "Canvas"
    worksheet = "list of submissions"
    export = CanvasFile
    form = "NAME_USER_FILE_OWNNAME, with LATE_ before USER where it came late"
    tells_late = True
    takes_back = "the assignment's page, Upload Submissions"
    about_pages = (
        "Canvas attaches each page to the learner's submission as a comment, under the name of the "
        "notebook that was handed in. Tell learners to save it with .html at the end of the name."
    )
    class_list = frozenset({"sisloginid"})
    columns: ClassVar[Mapping[str, str]] = {
        "id": "internal",
        "canvasid": "internal",
        "sisloginid": "login",
        "sisuserid": "number",
        "integrationid": "number",
    }

    def __init__(self, exercise: str, zone: datetime.tzinfo) -> None:
        super().__init__(exercise, zone)
        self.times: dict[str, datetime.datetime] = {}

    def read(self, place: str) -> Named | None:
        """What a path in the download says, or None."""
        match = _NAME.fullmatch(place)
        if match is None:
            return None
        user, own = match["user"], match["own"] or ""
        return Named(
            identity=user,
            identifiers=(user,),
            name=match["name"] or "",
            own=own,
            prefix=place.removesuffix(own),
            handed_in=self.times.get(user),
            late=_LATE.search(place) is not None,
            # Who may choose a name could put numbers into it.
            rivals=tuple(_USERS.findall(place)[1:]),
            advice=_ANONYMOUS if user.startswith("anon_") else "",
        )

    def read_worksheet(self, data: bytes) -> None:
        """Take what a list of submissions says into account. Raises Malformed."""
        rows = [row for row in _submissions(data) if {"user_id", "submitted_at"} <= {*row}]
        if not rows:
            raise Malformed(
                "it is no list of submissions, JSON or CSV with user_id and submitted_at, as "
                "Canvas's address .../api/v1/courses/NUMBER/assignments/NUMBER/submissions has it"
            )
        if len(several := {str(row.get("assignment_id")) for row in rows}) > 1:
            raise Malformed(f"it has submissions of {len(several)} assignments: take those of one")
        for row in rows:
            if row["submitted_at"]:
                user, when = str(row["user_id"]), parse_timestamp(str(row["submitted_at"]))
                self.times[user] = max(when, self.times.get(user, when))


def _submissions(data: bytes) -> list[dict[str, object]]:
    """The rows of a list, whatever they are."""
    try:
        # Before what a browser is shown Canvas puts a line that no script can run past.
        rows = json.loads(data.removeprefix(b"while(1);"))
    except (ValueError, RecursionError):
        header, *rest = Sheet(data).rows or [[]]
        return [dict(zip(header, row, strict=False)) for row in rest]
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
