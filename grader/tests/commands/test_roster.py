"""`nbexaminer roster`: the class, who is left out of it, and where that holds."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from nbexaminer.classroom.roster import Learner, read_roster, write_roster
from nbexaminer.commands.grade import grade
from nbexaminer.commands.roster import roster as roster_command
from nbexaminer.errors import Status
from support.commands import invoked
from support.course import EXERCISE
from support.handed_in import HandedIn, Inline, run_here

Roster = Callable[..., tuple[int, str]]


@pytest.fixture
def roster(course: HandedIn, monkeypatch: pytest.MonkeyPatch) -> Roster:
    """The command in the class's folder: its status and what it prints."""
    monkeypatch.chdir(course.root)

    def run(text: str = "", *options: str) -> tuple[int, str]:
        if text:
            (course.root / "class.csv").write_text(text)
            options = (str(course.root / "class.csv"), *options)
        return invoked(roster_command, *options)

    return run


def test_reading_and_listing_a_class(roster: Roster, course: HandedIn) -> None:
    """Who has not handed in is known only from a list."""
    assert "Nobody is in the class yet" in roster()[1]
    status, said = roster("ID,Name,Group\nada,Ada Lovelace,A\nalan,Alan Turing,B\n[i],X,\n")
    assert status == Status.LOOK
    assert "class.csv: 2 learners, 2 of them new, 0 changed." in said
    assert "Their ids are from the column 'ID'" in said
    assert "Not taken: row 4: no learner can be called '[i]'" in said
    status, said = roster("id,email\nalan,alan@uni.edu\n")
    assert status == Status.FINE and "1 learner, 0 of them new, 1 changed." in said
    assert "In the gradebook, but not in this file: ada. They stay" in said
    status, said = roster()
    assert status == Status.FINE
    assert "│ ada  │ Ada Lovelace │ A       │          │ 1-small       │" in said
    assert "1-small: 1 of 2 have handed in; not yet: alan" in said
    assert "Handed in, but not in the class: bad-json, bad-missing, bad-time, ben" in said
    with Gradebook(course.url) as gradebook:
        assert read_roster(gradebook)[1] == Learner("alan", "Alan", "Turing", "alan@uni.edu", "B")
    assert roster("A,B\n1,2\n")[0] == Status.CANNOT


def test_who_is_excluded_is_out_of_grades(
    roster: Roster, course: HandedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the class command, nbgrader's own, and the table of scores, until taken back."""
    roster("id,last name,section\nada,Lovelace,A\nalan,Turing,=B\n")
    status, said = roster("", "--exclude=ben", "--exclude=adda")
    assert status == Status.LOOK
    assert "there is no learner 'adda': did you mean ada" in said
    assert "ben: excluded, so neither graded, reported nor exported" in said
    assert "│ ben  │          │         │ yes      │ 1-small       │" in roster()[1]
    summary = run_here(monkeypatch, course, pool := Inline())
    assert (summary.excluded, summary.graded) == (["ben"], 9) and len(pool.graded) == 9
    course.nbgrader("autograde", EXERCISE, "--student=ben")
    assert "ben" not in {row[0] for row in course.rows()[0]}
    course.nbgrader("export", "--to", "g.csv")
    with (course.root / "g.csv").open(newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert "ben" not in rows and {"ada", "alan", "late"} <= set(rows)
    assert (rows["ada"]["score"], rows["ada"]["section"]) == ("3.0", "A")
    nothing = ("timestamp", "raw_score", "late_submission_penalty", "score")
    assert [rows["alan"][column] for column in nothing] == [""] * 4, "that is not the same as 0"
    assert rows["alan"]["section"] == "'=B" and rows["alan"]["max_score"] == "6.0"
    assert "ben: part of the class" in roster("", "--include=ben")[1]
    assert run_here(monkeypatch, course, Inline()).graded == 1


def test_who_is_not_on_the_roster_is_said_and_graded(roster: Roster, course: HandedIn) -> None:
    """A folder under a misspelt id got a grade that nobody looks for."""
    said = "On no roster, and graded all the same:"
    for learner in ("bad-json", "bad-missing", "bad-time", "blank", "cleo", "dan", "eve"):
        shutil.rmtree(course.root / "submitted" / learner)
    roster("", "--exclude=fay")
    assert said not in invoked(grade, EXERCISE)[1], "there is no roster"
    roster("id\nada\nfay\nlate\n")
    assert f"{said} ben\n" in invoked(grade, EXERCISE)[1]
    assert said not in invoked(grade, EXERCISE, "--student=ada")[1]
    roster("id\nben\n")
    assert said not in invoked(grade, EXERCISE)[1]


def test_outside_the_course_folder(
    roster: Roster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gradebook of its own would take the class, and grading know nobody."""
    monkeypatch.chdir(tmp_path)
    status, said = roster("id\nada\n")
    assert status == Status.CANNOT and "run the command in the course folder" in said
    assert not (tmp_path / "gradebook.db").exists()


def test_a_roster_is_written_whole_or_not_at_all(course: HandedIn) -> None:
    """Half a class in the gradebook would look like a whole one."""
    with Gradebook(course.url) as gradebook:
        with pytest.raises(AttributeError):
            write_roster(gradebook, [Learner("ada"), None])  # type: ignore[list-item]
        gradebook.db.rollback()
        assert read_roster(gradebook) == []
