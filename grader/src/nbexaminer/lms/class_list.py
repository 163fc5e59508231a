"""A class list from a file: your own table, or what a learning platform exports.

Columns are known by their headings, in any order; a platform's module knows those that only it has.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbexaminer.classroom.intake.names import check_learner, printable
from nbexaminer.classroom.roster import Learner, words
from nbexaminer.errors import Malformed
from nbexaminer.files import MAX_BYTES, too_big
from nbexaminer.lms.known import PLATFORMS
from nbexaminer.lms.platform import Platform
from nbexaminer.lms.sheet import Sheet

MAX_NAME = 128
"""Characters that nbgrader's gradebook has room for."""
HEADINGS = {
    "id": "id learner learnerid",
    "login": "login loginid username user userid benutzername anmeldename nomdutilisateur "
    "nombredeusuario",
    "student_id": "studentid studentnumber",
    "email": "email emailaddress mail emailadresse adressedecourriel direccionemail "
    "direcciondecorreo correoelectronico",
    "number": "matrikelnummer idnummer numerodidentification numerodeid",
    "first": "firstname givenname first vorname prenom nombre",
    "last": "lastname surname familyname last nachname nom apellidos",
    "full": "name fullname student vollstandigername nomcomplet nombrecompleto",
    "section": "section sections sectionmembership group groups class course gruppe gruppen "
    "groupe groupes grupo grupos",
}
"""What a column is, by headings in small letters, without accents, spaces and signs. What is
internal to a platform, such as its own number for somebody, only its module knows."""
_KINDS = {
    **{heading: kind for known in PLATFORMS.values() for heading, kind in known.columns.items()},
    **{heading: kind for kind, headings in HEADINGS.items() for heading in headings.split()},
}
WHO = ("id", "login", "student_id", "email", "number", "internal")
"""What says whose a row is: the first of these that the file has becomes the learner's id."""
_QUOTED = re.compile(r'\A="(.*)"\Z')
"""Written so that a spreadsheet takes it for text."""


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
    platform, kinds = _recognise(["".join(words(heading)) for heading in headings])
    export = platform.export if platform else None
    mark, nobody = (export.mark, export.nobody) if export else ("", frozenset())
    chosen = _chosen(headings, kinds, id_column, path.name)
    found = ClassList(platform.title if platform else "", headings[chosen])
    seen: dict[str, int] = {}
    for number, row in rows:
        cells = [_QUOTED.sub(r"\1", text.strip()).strip().removeprefix(mark) for text in row]
        cells += [""] * (len(headings) - len(row))
        about: dict[str, list[str]] = {}
        for kind, text in zip(kinds, cells, strict=False):
            if kind and text:
                about.setdefault(kind, []).append(text)
        name = " ".join(text for kind in ("full", "first", "last") for text in about.get(kind, []))
        if not about.keys() - {"section"} or name.casefold() in nobody:
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
    """Numbered as a spreadsheet numbers them, without empty ones. Raises Malformed."""
    data = path.read_bytes()
    try:
        if len(data) > MAX_BYTES:
            raise Malformed(too_big(len(data), MAX_BYTES))
        table = Sheet(data)
    except Malformed as error:
        raise Malformed(f"{path.name}: {error}") from None
    if table.encoding == "latin-1":  # of which any bytes are text
        raise Malformed(f"{path.name} is no text: save it as CSV, in UTF-8")
    return ((n, row) for n, row in enumerate(table.rows, 1) if any(map(str.strip, row)))


def _recognise(headings: Sequence[str]) -> tuple[type[Platform] | None, list[str]]:
    """Whose file has these headings, if a platform's, and what each column is, or an empty text."""
    for platform in PLATFORMS.values():
        kinds = [platform.columns.get(heading, _KINDS.get(heading, "")) for heading in headings]
        if platform.class_list and platform.class_list <= {*headings} and "id" not in kinds:
            return platform, kinds
    return None, [_KINDS.get(heading, "") for heading in headings]


def _chosen(headings: Sequence[str], kinds: Sequence[str], asked: str, name: str) -> int:
    """The column for the learners' ids. Raises Malformed."""
    shown = ", ".join(printable(h.strip()) for h in headings if h.strip()) or "none"
    if asked:
        for column, heading in enumerate(headings):
            if "".join(words(heading)) == "".join(words(asked)):
                return column
        raise Malformed(f"--id {asked!r}: {name} has no such column; it has: {shown}")
    for kind in WHO:
        if kind in kinds:
            return kinds.index(kind)
    raise Malformed(
        f"{name} has no column that says whose a row is, such as id, login or email; it has: "
        f"{shown}. Choose one with --id, or put the headings into the first row"
    )


def _learner(about: dict[str, list[str]], student_id: str, heading: str) -> Learner:
    """Raises Malformed where the row has no id, or one that no learner can have."""
    first, last = _names(about)
    if not student_id:
        who = printable(f"{first} {last}".strip()) or "this row"
        raise Malformed(f"{who} has nothing in the column {heading!r}")
    check_learner(student_id)
    email = "".join(about.get("email", [])[:1])
    others = [text for kind in WHO for text in about.get(kind, [])]
    # A list may have 'Participant 123' where the names of the platform's files have only 123.
    others += [re.sub(r"\D", "", text) for text in about.get("internal", [])]
    aliases = dict.fromkeys(text for text in others if text and text not in (student_id, email))
    first, last, email = (text[:MAX_NAME] for text in (first, last, email))
    section = ", ".join(about.get("section", []))
    return Learner(student_id, first, last, email, section, aliases=tuple(aliases))


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
