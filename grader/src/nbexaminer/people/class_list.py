"""A class list from a file: your own table, or what a learning platform exports.

Canvas gives its gradebook, Moodle its participants or an assignment's grading worksheet, Blackboard
and Brightspace their gradebooks. Columns are known by their headings, in any order.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbexaminer.errors import Malformed
from nbexaminer.intake.names import check_learner, printable
from nbexaminer.people.roster import Learner

MAX_BYTES = 20_000_000
MAX_NAME = 128
"""Characters that nbgrader's gradebook has room for."""
DELIMITERS = ",;\t"
HEADINGS = {
    "id": "id learner learnerid",
    "login": "sisloginid login loginid username user userid benutzername anmeldename "
    "nomdutilisateur nombredeusuario",
    "student_id": "studentid studentnumber",
    "email": "email emailaddress mail emailadresse adressedecourriel direccionemail "
    "direcciondecorreo correoelectronico",
    "number": "sisuserid orgdefinedid idnumber integrationid matrikelnummer idnummer "
    "numerodidentification numerodeid",
    "internal": "identifier canvasid",
    "first": "firstname givenname first vorname prenom nombre",
    "last": "lastname surname familyname last nachname nom apellidos",
    "full": "name fullname student vollstandigername nomcomplet nombrecompleto",
    "section": "section sections sectionmembership group groups class course gruppe gruppen "
    "groupe groupes grupo grupos",
}
"""What a column is, by headings in small letters, without accents, spaces and signs."""
_KINDS = {heading: kind for kind, headings in HEADINGS.items() for heading in headings.split()}
WHO = ("id", "login", "student_id", "email", "number", "internal")
"""What says whose a row is: the first of these that the file has becomes the learner's id."""
PLATFORMS = {
    "Canvas": {"sisloginid"},
    "Brightspace": {"endoflineindicator"},
    "Blackboard": {"username", "availability"},
    "Moodle": {"emailaddress"},
}
"""By the headings that only this platform's file has."""
_QUOTED = re.compile(r'="(.*)"')


@dataclass
class ClassList:
    """What a file says of a class.

    platform: whose file it is, or empty.
    id_column: heading of the column that the learners' ids are from.
    learners: with the platform's other ids as aliases.
    refused: a sentence on each row that is not taken.
    """

    platform: str
    id_column: str
    learners: list[Learner] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def read_class_list(path: Path, id_column: str = "") -> ClassList:
    """Read a class list.

    id_column: heading of the column for the learners' ids, where it isn't to be the usual one.
    Raises Malformed where the file is no such list, and OSError.
    """
    rows = _rows(path)
    headings = next(rows, (0, []))[1]
    kinds = _kinds(headings)
    chosen = _chosen(headings, kinds, id_column, path.name)
    plain = {_plain(heading) for heading in headings}
    named = (name for name, only in PLATFORMS.items() if only <= plain and "id" not in kinds)
    platform = next(named, "")
    found = ClassList(platform, headings[chosen])
    seen: dict[str, int] = {}
    for number, row in rows:
        cells = [_cell(text, platform) for text in row] + [""] * (len(headings) - len(row))
        about = _about(kinds, cells)
        if _is_nobody(about, platform):
            continue
        try:
            learner = _learner(about, cells[chosen], headings[chosen])
            first = seen.setdefault(learner.student_id.casefold(), number)
            if first != number:
                raise Malformed(f"{learner.student_id} stands in row {first} already, which counts")
        except Malformed as error:
            found.refused.append(f"row {number}: {error}")
        else:
            found.learners.append(learner)
    return found


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Numbered as a spreadsheet numbers them, without empty ones."""
    text = _text(path)
    line = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=line.count)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [(number, row) for number, row in enumerate(table, 1) if any(map(str.strip, row))]
    except csv.Error as error:
        raise Malformed(f"{path.name} is no table: {error}") from None
    return iter(rows)


def _text(path: Path) -> str:
    """The file's text, in the encodings that platforms and spreadsheets write."""
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Malformed(
            f"{path.name} has more than {MAX_BYTES / 1e6:g} MB, which no class list has"
        )
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        raise Malformed(f"{path.name} is a workbook: save it as CSV, then give that file")
    for encoding in _encodings(data):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Malformed(f"{path.name} is no text: save it as CSV, in UTF-8")


def _encodings(data: bytes) -> Sequence[str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["utf-16"]
    if data[1:200:2].count(0) > len(data[:200]) // 4:
        return ["utf-16-le"]
    return ["utf-8-sig", "cp1252"]


def _plain(heading: str) -> str:
    letters = unicodedata.normalize("NFKD", heading).casefold()
    return "".join(c for c in letters if c.isalnum())


def _kinds(headings: Sequence[str]) -> list[str]:
    """What each column is, or an empty text."""
    plain = [_plain(heading) for heading in headings]
    kinds = [_KINDS.get(heading, "") for heading in plain]
    if "sisloginid" in plain and "id" in plain:  # the number that Canvas itself gives
        kinds[plain.index("id")] = "internal"
    return kinds


def _chosen(headings: Sequence[str], kinds: Sequence[str], asked: str, name: str) -> int:
    """The column for the learners' ids. Raises Malformed."""
    shown = ", ".join(printable(h.strip()) for h in headings if h.strip()) or "none"
    if asked:
        for column, heading in enumerate(headings):
            if _plain(heading) == _plain(asked):
                return column
        raise Malformed(f"--id {asked!r}: {name} has no such column; it has: {shown}")
    for kind in WHO:
        if kind in kinds:
            return kinds.index(kind)
    raise Malformed(
        f"{name} has no column that says whose a row is, such as id, login or email; it has: "
        f"{shown}. Choose one with --id, or put the headings into the first row"
    )


def _cell(text: str, platform: str) -> str:
    text = text.strip()
    if quoted := _QUOTED.fullmatch(text):  # so that a spreadsheet takes it for text
        text = quoted[1].strip()
    return text.removeprefix("#") if platform == "Brightspace" else text


def _about(kinds: Sequence[str], cells: Sequence[str]) -> dict[str, list[str]]:
    """What a row says of a learner, by the kinds of its columns."""
    about: dict[str, list[str]] = {}
    for kind, text in zip(kinds, cells, strict=False):
        if kind and text:
            about.setdefault(kind, []).append(text)
    return about


def _is_nobody(about: dict[str, list[str]], platform: str) -> bool:
    """Whether a row is about no learner: in Canvas's file the points, and the test student."""
    if not about.keys() - {"section"}:
        return True
    said = [text.casefold() for kind in ("full", "last", "first") for text in about.get(kind, [])]
    return platform == "Canvas" and said in (
        ["points possible"], ["student, test"], ["student", "test"]
    )  # fmt: skip


def _learner(about: dict[str, list[str]], student_id: str, heading: str) -> Learner:
    """Raises Malformed where the row has no id, or one that no learner can have."""
    first, last = _names(about)
    if not student_id:
        who = printable(f"{first} {last}".strip()) or "this row"
        raise Malformed(f"{who} has nothing in the column {heading!r}")
    check_learner(student_id)
    email = "".join(about.get("email", [])[:1])
    others = [text for kind in WHO for text in about.get(kind, [])]
    # Moodle's worksheet has 'Participant 123', the names of its files only 123.
    others += [re.sub(r"\D", "", text) for text in about.get("internal", [])]
    aliases = dict.fromkeys(text for text in others if text and text not in (student_id, email))
    return Learner(
        student_id,
        first[:MAX_NAME],
        last[:MAX_NAME],
        email[:MAX_NAME],
        ", ".join(about.get("section", [])),
        aliases=tuple(aliases),
    )


def _names(about: dict[str, list[str]]) -> tuple[str, str]:
    """First and last name."""
    first, last = (" ".join(about.get(kind, [])) for kind in ("first", "last"))
    full = " ".join(about.get("full", [])[:1])
    if first or last or not full:
        return first, last
    if "," in full:
        last, _, first = full.partition(",")
    else:
        first, _, last = full.rpartition(" ")
    return first.strip(), last.strip()
