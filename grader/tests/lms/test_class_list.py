"""Class lists as instructors write them and as learning platforms export them."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbexaminer.classroom.roster import Learner, merge
from nbexaminer.errors import Malformed
from nbexaminer.lms.class_list import ClassList, read_class_list

ADA = Learner("ada", "Ada", "Lovelace")
OWN = "id,first name,last name,email,section\nada,Ada,Lovelace,ada@uni.edu,A\n"
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,1-small (901),Current Score
,,,,,Manual Posting,
    Points Possible,,,,,6.00,(read only)
"Lovelace, Ada",1001,S1,ada,Section A and Section C,,
"Student, Test",1009,,5f1c2ab,Section A,,
"""
CANVAS_NAMES = """\
LastName,FirstName,ID,SIS Login ID,Section,1-small (901)
    Points Possible,,,,,6.00
Lovelace,Ada,1001,ada,A,
Student,Test,1009,5f1c2ab,A,
"""
PARTICIPANTS = """\
"First name","Last name","Email address",Groups
Ada,Lovelace,ada@uni.edu,"Tuesday, early"
"""
TEILNEHMER = "Vorname;Nachname;Anmeldename;E-Mail-Adresse\nAda;Lovelace;ada;ada@uni.edu\n"
WORKSHEET = """\
Identifier,"Full name","Email address",Status,Grade,"Maximum grade","Grade can be changed"
"Participant 51","Ada Lovelace",ada@uni.edu,"No submission",-,6.00,Yes
"""
BLACKBOARD = """\
"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Last Access"\t"Availability"\t"1-small |12"
"Lovelace"\t"Ada"\t"ada"\t"S1"\t"2026-11-01 10:00:00"\t"Yes"\t""
"""
BRIGHTSPACE = """\
OrgDefinedId,Username,Last Name,First Name,Email,1-small Points Grade,End-of-Line Indicator
#S1,#ada,Lovelace,Ada,ada@uni.edu,,#
"""
GRADESCOPE = """\
First Name,Last Name,SID,Email,Sections,1-small,1-small - Max Points
Ada,Lovelace,S1,ada@uni.edu,A,6.0,6.0
"""


def read(folder: Path, text: str | bytes, id_column: str = "") -> ClassList:
    path = folder / "class.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_class_list(path, id_column)


@pytest.mark.parametrize(
    ("text", "platform", "column", "known", "more"),
    [
        (OWN, "", "id", ADA, {"email": "ada@uni.edu", "section": "A"}),
        (CANVAS, "Canvas", "SIS Login ID", ADA,
         {"section": "Section A and Section C", "aliases": ("S1", "1001")}),
        (CANVAS_NAMES, "Canvas", "SIS Login ID", ADA, {"section": "A", "aliases": ("1001",)}),
        (PARTICIPANTS, "Moodle", "Email address", ADA,
         {"student_id": "ada@uni.edu", "email": "ada@uni.edu", "section": "Tuesday, early"}),
        (TEILNEHMER, "", "Anmeldename", ADA, {"email": "ada@uni.edu"}),
        (WORKSHEET, "Moodle", "Email address", ADA,
         {"student_id": "ada@uni.edu", "email": "ada@uni.edu",
          "aliases": ("Participant 51", "51")}),
        (BLACKBOARD, "Blackboard", "Username", ADA, {"aliases": ("S1",)}),
        (GRADESCOPE, "Gradescope", "Email", ADA,
         {"student_id": "ada@uni.edu", "email": "ada@uni.edu", "section": "A", "aliases": ("S1",)}),
        (BRIGHTSPACE, "Brightspace", "Username", ADA, {"email": "ada@uni.edu", "aliases": ("S1",)}),
    ],
)  # fmt: skip
def test_files_as_they_come(
    text: str, platform: str, column: str, known: Learner, more: dict[str, str], tmp_path: Path
) -> None:
    """Who teaches with a platform has this file, and no other."""
    found = read(tmp_path, text)
    assert (found.platform, found.id_column, found.refused) == (platform, column, [])
    assert found.learners == [Learner(**vars(known) | more)]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be-bom", "cp1252"]
)
def test_encodings(encoding: str, tmp_path: Path) -> None:
    """Blackboard writes UTF-16, Excel a mark in front or the system's own."""
    text = "ID;Nachname\nada;Müller\n"
    data = b"\xfe\xff" + text.encode("utf-16-be") if "bom" in encoding else text.encode(encoding)
    assert read(tmp_path, data).learners == [Learner("ada", "", "Müller")]


def test_bad_rows_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    """One odd name must not keep a class of 200 out."""
    found = read(
        tmp_path,
        "\nName,E-mail,Student_ID\nAda Lovelace,,ada\n,,\n\"Turing, Alan\",,-x\nGrace,,\nA.,,Ada\n"
        "Dan,,=\"007\"\nEve,,../eve\n",
    )  # fmt: skip
    assert [x.student_id for x in found.learners] == ["ada", "007"]
    assert [x.name for x in found.learners] == ["Ada Lovelace", "Dan"]
    rows = [said.split(":")[0] for said in found.refused]
    assert rows == ["row 5", "row 6", "row 7", "row 9"]
    said = "\n".join(found.refused)
    assert "no learner can be called '-x'" in said
    assert "Grace has nothing in the column 'Student_ID'" in said
    assert "Ada stands in row 3 already, which counts" in said


def test_another_column_for_the_ids(tmp_path: Path) -> None:
    """The exchange knows learners by their numbers, say."""
    found = read(tmp_path, CANVAS, "sis user id")
    assert [(x.student_id, x.aliases) for x in found.learners][:1] == [("S1", ("ada", "1001"))]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no column that says whose a row is, such as id, login or email; it has: none"),
        (b"Points,Comment\n1,fine\n", "it has: Points, Comment. Choose one with --id"),
        (
            b"PK\3\4 a workbook",
            "workbook: .* and save your own as CSV",
        ),
        (b"id\n\x81\x8d\xff", "is no text"),
    ],
)
def test_what_is_no_class_list(data: bytes, said: str, tmp_path: Path) -> None:
    """The message says what would be right."""
    with pytest.raises(Malformed, match=said):
        read(tmp_path, data)


def test_no_such_column(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="--id 'login': class.csv has no such column; it has: id, "):
        read(tmp_path, OWN, "login")


def test_one_person_in_two_files_stays_one_learner() -> None:
    """Else half of the grades go to one, half to the other; and nobody's row is written over."""
    known = [
        Learner("ada", "Ada", "Lovelace", "ada@uni.edu", "A", True, ("1001",)),
        Learner("alan", "Alan", "Turing", aliases=("51",)),
        Learner("grace"),
    ]
    listed = [
        Learner("Ada@uni.edu", "Ada", "King", "Ada@uni.edu", aliases=("52",)),
        Learner("tim", "Tim", "Berners-Lee", aliases=("51",)),
        Learner("GRACE", "Grace", "Hopper"),
        Learner("grace2", email="ada@uni.edu"),
    ]
    merged = merge(known, listed)
    assert merged.learners == [
        Learner(
            "ada", "Ada", "King", "Ada@uni.edu", "A", True, ("1001", "Ada@uni.edu", "52")
        ),
        listed[1],
        Learner("grace", "Grace", "Hopper", aliases=("GRACE",)),
    ]  # fmt: skip
    assert (merged.new, merged.changed, merged.missing) == (["tim"], ["ada", "grace"], ["alan"])
    said = "\n".join(merged.remarks)
    assert "Ada@uni.edu is ada in the gradebook" in said
    assert (
        "tim (Tim Berners-Lee) is new, but an id of theirs is one of alan's (Alan Turing)" in said
    )
    assert "grace2 and another row are both ada" in said
