"""Scores go into the files that platforms exported, and nothing else in them changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbexaminer.errors import Malformed
from nbexaminer.lms.sheet import Sheet
from support.course import EXERCISE
from support.platforms import command, give_scores

# Each in the form that the platform documents or its source code writes; # is where a score goes.
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Warm-up (101),1-small (98765),Final Score\n"
    ",,,,,,Manual Posting,\n"
    "    Points Possible,,,,,5.00,6.00,(read only)\n"
    '"Lovelace, Ada",12345,S1,ada,Sec A,4.00,#,88.00\n'
    '"O\'Neil-Smith, Conor",12346,S2,on,Sec A,,#,\n'
    '"=""=Müller, Zoë""",12347,S3,zoe,"Sec ""A""\nand B",,,\n'
    '"Idle, Ben",12348,S4,ben,Sec A,,N/A,\n'
    '"Away, Gone",12349,S5,gone,Sec A,,2.00,\n'
    '"Stranger, Some",4445,S6,some,Sec A,,,\n'
    '"Student, Test",4446,,f0f0,Sec A,,,\n'
)
MOODLE = (
    '\ufeffIdentifier,"Full name","Email address",Status,Grade,"Maximum Grade",'
    '"Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"\r\n'
    '"Participant 501","Ada Lovelace",ada@uni.edu,"Submitted for grading - ",#,6.00,Yes,'
    '"Friday, 20 November 2026, 4:30 PM",-,"a ""quoted"", comment"\r\n'
    '"Participant 502","Conor ONeil-Smith",conor@uni.edu,Submitted,#,6.00,Yes,-,-,\r\n'
    '"Participant 503","Zoë Müller",zoe@uni.edu,"Submitted for grading - ",,6.00,Yes,-,-,\r\n'
    '"Participant 504","Ben Idle",ben@uni.edu,"No submission - ",,6.00,Yes,-,-,\r\n'
    '"Participant 505","Gone Away",gone@uni.edu,"Submitted for grading - ",2.00,6.00,Yes,-,-,\r\n'
    '"Participant 506","Some Stranger",some@uni.edu,"No submission - ",,6.00,Yes,-,-,\r\n'
)  # fmt: skip
BLACKBOARD = (
    '\ufeff"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Last Access"\t"Availability"\t'
    '"Weighted Total [Total Pts: up to 11 Score] |111"\t"1-small [Total Pts: 6 Score] |12345"\n'
    '"Lovelace"\t"Ada"\t"ada"\t"1"\t"2026-11-21 10:00:00"\t"Yes"\t""\t"#"\n'
    '"O\'Neil-Smith"\t"Conor"\t"oneil"\t"2"\t""\t"Yes"\t""\t"#"\n'
    '"Müller"\t"Zoë"\t"zoe"\t"3"\t""\t"Yes"\t""\t""\n'
    '"Idle"\t"Ben"\t"ben"\t"4"\t""\t"Yes"\t""\t""\n'
    '"Away"\t"Gone"\t"gone"\t"5"\t""\t"Yes"\t""\t"2.00"\n'
    '"Stranger"\t"Some"\t"some"\t"6"\t""\t"Yes"\t""\t""\n'
)
BRIGHTSPACE = (
    "OrgDefinedId,Username,Last Name,First Name,Email,"
    "1-small Points Grade <Numeric MaxPoints:6 Weight:10 Category:Work CategoryWeight:100>,"
    "Calculated Final Grade Numerator,End-of-Line Indicator\r\n"
    "#ada,#ada,Lovelace,Ada,ada@uni.edu,#,,#\r\n"
    "#900,#oneil,O'Neil-Smith,Conor,conor@uni.edu,#,,#\r\n"
    "#901,#zoe,Müller,Zoë,zoe@uni.edu,,,#\r\n"
    "#902,#ben,Idle,Ben,ben@uni.edu,,,#\r\n"
    "#903,#gone,Away,Gone,gone@uni.edu,2,,#\r\n"
    "#904,#some,Stranger,Some,some@uni.edu,,,#\r\n"
)
FILES = {
    "Canvas": (CANVAS, "utf-8", ",#,"),
    "Moodle": (MOODLE, "utf-8", ",#,"),
    "Blackboard": (BLACKBOARD, "utf-16-le", '"#"'),
    "Brightspace": (BRIGHTSPACE, "latin-1", ",#,,"),
}


def export(here: Path, platform: str, *scores: str) -> bytes:
    """The platform's file, with the scores of two learners in the places."""
    text, encoding, place = FILES[platform]
    for score in scores:
        text = text.replace(place, place.replace("#", score, 1), 1)
    return text.encode(encoding)


@pytest.mark.parametrize("platform", FILES)
def test_only_scores_change_in_a_platforms_file(here: Path, platform: str) -> None:
    """A platform would refuse the file, or take scores for others, or lose what it had."""
    give_scores(here)
    (here / "export.csv").write_bytes(export(here, platform, "", ""))
    said = command("fill", EXERCISE, "export.csv", status=1)
    filled = (here / "export-filled.csv").read_bytes()
    assert filled == export(here, platform, "5.5", "4.75")
    assert (here / "export.csv").read_bytes() == export(here, platform, "", "")
    assert "Scores: 2 in the column" in said and f"Upload it in {platform}" in said
    assert "answers wait to be graded by hand (--unfinished takes them too): zoe" in said
    assert "In the file only:" in said and "Stranger" in said
    assert "Excluded, so that the cell stays as it is: 1" in said
    assert "Handed nothing in, so that the cell stays as it is: 1" in said
    assert ("looks like a formula" in said) == (platform == "Canvas")
    command("fill", EXERCISE, "export.csv", "--to", "again.csv", "--unfinished", status=1)
    with_zoe = (here / "again.csv").read_bytes()
    lines = zip(filled.splitlines(), with_zoe.splitlines(), strict=True)
    assert [one != other for one, other in lines].count(True) == 1


def test_canvas_may_give_first_and_last_names(here: Path) -> None:
    """Canvas's test student would be named as a stranger, or nobody be found."""
    give_scores(here)
    (here / "export.csv").write_text(
        "LastName;FirstName;ID;SIS Login ID;Section;1-small (98765)\n"
        "    Points Possible;;;;;6,00\n"
        "Lovelace;Ada;1;;A;\nO'Neil-Smith;Conor;2;;A;\nMüller;Zoë;zoe;;A;\nStudent;Test;3;;A;\n"
    )
    said = command("fill", EXERCISE, "export.csv", "--unfinished")
    filled = (here / "export-filled.csv").read_text()
    assert "Ada;1;;A;5,5\n" in filled and "Zoë;zoe;;A;1\n" in filled
    assert "With what they have so far, since answers wait: zoe" in said


def test_what_was_filled_in_is_filled_in_again(here: Path) -> None:
    """After regrading, the platform would keep the old score; the same score would look changed."""
    give_scores(here)
    (here / "export.csv").write_bytes(export(here, "Canvas", "5.50", "6.00"))
    said = command("fill", EXERCISE, "export.csv", status=1)
    assert "Other scores in the file that are replaced: 1" in said
    filled = (here / "export-filled.csv").read_bytes()
    assert filled == export(here, "Canvas", "5.50", "4.75")


def test_other_points_there_are_refused_or_scaled(here: Path) -> None:
    """Everybody would get a sixteenth of the points, or more than there are."""
    give_scores(here)
    text = export(here, "Canvas", "", "").replace(b"5.00,6.00", b"5.00,100.00")
    (here / "export.csv").write_bytes(text)
    said = command("fill", EXERCISE, "export.csv", status=2)
    assert "1-small has 6 points here, and 100 in Canvas" in said and "--scale" in said
    assert not (here / "export-filled.csv").exists()
    said = command("fill", EXERCISE, "export.csv", "--scale", status=1)
    assert b"4.00,91.67,88.00" in (here / "export-filled.csv").read_bytes()
    assert "Each score was multiplied by 16.6667" in said


def test_decimal_commas_stay_commas(here: Path) -> None:
    """A platform in German or French would read 475 points, or none."""
    give_scores(here)
    text = BLACKBOARD.replace("2.00", "2,00").replace("\t", ";").replace("#", "")
    (here / "export.csv").write_text(text)
    command("fill", EXERCISE, "export.csv", status=1)
    assert '"5,5"\n' in (here / "export-filled.csv").read_text()


def test_a_decimal_comma_is_no_separator(here: Path) -> None:
    """Half a point would stand in the next assignment's column, in a teacher's own language."""
    give_scores(here)
    text = export(here, "Canvas", "", "").replace(b"5.00,6.00", b'"5,00","6,00"')
    (here / "export.csv").write_bytes(text)
    command("fill", EXERCISE, "export.csv", status=1)
    filled = (here / "export-filled.csv").read_text()
    assert '"5,5"' in filled and '"4,75"' in filled
    assert filled.replace('"5,5"', "").replace('"4,75"', "") == text.decode()


@pytest.mark.parametrize(
    ("arguments", "change", "said"),
    [
        (("2-none", "export.csv"), (), "no exercise '2-none' in source/; there are: 1-small"),
        ((EXERCISE, "export.csv", "--to", "export.csv"), (), "would overwrite"),
        ((EXERCISE, "export.csv"), ("1-small (98765)", "Task (1)"), "give the right one with"),
        ((EXERCISE, "export.csv"), ("Warm-up (101)", "1 Small! (7)"), ""),
        ((EXERCISE, "export.csv"), ("Warm-up (101)", "1-small (7)"), "could be each of"),
        ((EXERCISE, "export.csv"), ("5.00,6.00", "5.00,(read only)"), "give the right one with"),
        ((EXERCISE, "export.csv"), ("5.00,6.00", "5.00,six"), "'six', the column's points"),
        (
            (EXERCISE, "export.csv"),
            ("Student,ID", "Pupil,Number"),
            "export it once more, in English",
        ),
        ((EXERCISE, "export.csv", "--column", "Warm-up"), (), "5 in Canvas"),
    ],
)
def test_a_wrong_column_is_never_filled_in(
    here: Path, arguments: tuple[str, ...], change: tuple[str, str] | tuple[()], said: str
) -> None:
    """Scores of one exercise would stand in another's column."""
    give_scores(here)
    text = CANVAS.replace(",#,", ",,").replace(*change) if change else CANVAS.replace(",#,", ",,")
    (here / "export.csv").write_text(text)
    output = command("fill", *arguments, status=2 if said else 1)
    assert said in output
    assert (here / "export-filled.csv").exists() == (not said)


def test_who_cannot_be_filled_in_is_named(here: Path) -> None:
    """A score would be missing on the platform, and nobody would know."""
    give_scores(here)
    text = CANVAS.replace(",#,", ",EX,", 1).replace("12346,S2,on", "zoe,S2,on")
    text = text.replace('"O\'Neil-Smith, Conor"', "Nobody").replace(",#,", ",,")
    (here / "export.csv").write_text(text)
    (here / "submitted" / "ben" / EXERCISE).mkdir(parents=True)
    said = command("fill", EXERCISE, "export.csv", status=1)
    assert "Scores: 0" in said and "Upload" not in said
    assert "Left out: ada: they are excused in Canvas (EX)" in said
    assert "Left out: zoe: lines 5 and 6 of the file both fit" in said
    assert "not graded (nbexaminer grade 1-small): ben" in said
    assert "in no line of Canvas's file: oneil" in said


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04", "spreadsheet's workbook"),
        (b"", "no table"),
        (b"one,line\n", "no table"),
        (b"\xff\xfea", "is damaged"),
        (b'"never closed,\n1,2', "no table"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(Malformed, match=said):
        assert Sheet(data).header


def test_any_line_end_and_quote_comes_back() -> None:
    """A file would not be what the platform gave out."""
    text = 'a;"b;""c"";\r\n";d"e\r"1";;x\n\n;2;3'
    table = Sheet(text.encode())
    assert table.rows == [["a", 'b;"c";\r\n', 'd"e'], ["1", "", "x"], [""], ["", "2", "3"]]
    assert table.changed({}) == text.encode()
    changed = table.changed({(1, 0): "7", (1, 1): "8", (3, 2): "9"})
    assert changed == b'a;"b;""c"";\r\n";d"e\r"7";8;x\n\n;2;9'
