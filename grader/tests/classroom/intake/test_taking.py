"""What may be taken from a folder that a learner filled, and what is said about the rest."""

from __future__ import annotations

import contextlib
import datetime
import functools
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from nbgrader.coursedir import CourseDirectory

from nbexaminer.classroom.intake import files
from nbexaminer.classroom.intake.files import read_file, walk
from nbexaminer.classroom.intake.names import is_learner, printable
from nbexaminer.classroom.intake.taking import (
    Expected,
    Intake,
    expected_of,
    read_dropped,
    split_dropped,
    submitted_folders,
    take,
    take_dropped,
    top_of,
)
from nbexaminer.classroom.intake.times import read_timestamp
from nbexaminer.errors import Malformed

pwd = pytest.importorskip("pwd", reason="what is handed in is taken on Linux and macOS")
EXPECTED = Expected({"1-small": ("f", "g", "w")}, ("notes/mine.txt",))


def taken(folder: Path, expected: Expected = EXPECTED) -> Intake:
    """What is taken from a folder of ada's."""
    return take("ada", folder, expected, folder.parent.parent)


def test_only_ordinary_files_are_read(tmp_path: Path) -> None:
    """A link could point to the gradebook, and a pipe would keep the grader waiting."""
    plain, link, pipe = tmp_path / "a.ipynb", tmp_path / "link.ipynb", tmp_path / "pipe.ipynb"
    plain.write_bytes(b"{}")
    link.symlink_to(plain)
    os.mkfifo(pipe)
    assert read_file(plain) == b"{}"
    for path, reason in [
        (link, "link"), (pipe, "not an ordinary"), (tmp_path, "not an ordinary|directory"),
        (tmp_path / "none", "missing"), (plain / "below", "can't be opened"),
    ]:  # fmt: skip
        with pytest.raises(Malformed, match=reason):
            read_file(path)
    with pytest.raises(Malformed, match="more than"):
        read_file(plain, most=1)


def test_a_timestamp_is_a_date_and_nothing_else(tmp_path: Path) -> None:
    """dateutil opens the file that a time zone names; some zones would end a class's grading."""
    assert read_timestamp(tmp_path) is None
    stamp = tmp_path / "timestamp.txt"
    for text in (
        "2026-11-20 12:30:00.5 UTC",
        "2026-11-20T12:30:00Z",
        "2026-11-20 13:30:00 +0100",
        "2026-11-20T13:30:00+01:00",
        "2026-11-20 09:30:00 -03",
    ):
        stamp.write_text(text + "\n")
        when = read_timestamp(tmp_path)
        assert when is not None and (when.day, when.hour, when.minute) == (20, 12, 30), text
    stamp.write_text("")
    assert read_timestamp(tmp_path) is None
    for text in (
        "2026-11-20 12:30:00 ../../../etc/passwd",
        "2026-11-20 12:30:00 /etc/passwd",
        "2026-13-40 12:30:00 UTC",
        "soon",
        "yesterday evening",
        "9" * 10_000,
        "2026-11-20 99:99:99 UTC",
        "0001-01-01 00:00:00 UTC",
        "0001-01-01 00:00:00 +14:00",
        "9999-12-31 23:59:59 UTC",
        "1999-12-31",
    ):
        stamp.write_text(text)
        with pytest.raises(Malformed, match="timestamp|file has"):
            read_timestamp(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An honest submission."""
    folder = tmp_path / "submitted" / "ada" / "1-small"
    folder.mkdir(parents=True)
    (folder / "1-small.ipynb").write_text("{}")
    (folder / "timestamp.txt").write_text("2026-11-20 12:30:00 UTC")
    (folder / "notes").mkdir()
    (folder / "notes" / "mine.txt").write_text("mine")
    return folder


def _touched(path: Path) -> Path:
    path.touch()
    return path


def test_an_honest_folder_is_taken_whole(folder: Path) -> None:
    """Who, when and which files is all that grading knows of a folder."""
    found = taken(folder)
    assert found.handed_in == datetime.datetime(2026, 11, 20, 12, 30)
    assert found.notebooks == {"1-small": b"{}"}
    assert found.files == ["timestamp.txt", "notes/mine.txt"]
    assert not found.remarks


def test_what_is_left_out_is_named(folder: Path) -> None:
    """Links lead elsewhere; a notebook under another name would go ungraded without a word."""
    (folder / "link").symlink_to("/etc/passwd")
    (folder / "notes" / "all").symlink_to("/etc")
    os.mkfifo(folder / "pipe")
    (folder / os.fsdecode(b"\xff\n")).symlink_to("/etc/passwd")
    (folder / "Untitled.ipynb").write_text("{}")
    (folder / "notes" / "draft.ipynb").write_text("{}")
    (folder / "notes" / "jedi.py").touch()
    (folder / "evil.html").touch()
    found = taken(folder)
    assert found.remarks == [
        "not copied, since it is no ordinary file: link, notes/all, pipe, \\xff\\n",
        "not graded, since no notebook of that name is asked for: Untitled.ipynb",
        "not copied, since the exercise expects no such file: evil.html, notes/jedi.py",
    ]
    assert set(found.files) == {"timestamp.txt", "notes/mine.txt"}


def test_what_the_source_has_beside_its_notebook_is_expected(folder: Path) -> None:
    """An instructor may have learners edit a file, and lists others by a pattern."""
    root = folder.parent.parent.parent
    (root / "source" / "1-small" / "data").mkdir(parents=True)
    for name in ("1-small.ipynb", "data/[1].csv", "module.pyc"):
        (root / "source" / "1-small" / name).touch()
    course = CourseDirectory(root=str(root), assignment_id="1-small")
    expected = expected_of(course, {"1-small": ("f",)}, ["*.txt"])
    (folder / "data").mkdir()
    for name in ("data/[1].csv", "data/1.csv", "module.pyc"):
        (folder / name).touch()
    found = take("ada", folder, expected, top_of(course))
    assert set(found.files) == {"timestamp.txt", "notes/mine.txt", "data/[1].csv"}


@pytest.mark.parametrize("secret", [b"0" * 128, b"\xff", b"0" * 2_000])
def test_a_secret_is_one_that_can_be_read(folder: Path, secret: bytes) -> None:
    """nbgrader reads it when feedback is released: what is no text would end that for a class."""
    (folder / "submission_secret.txt").write_bytes(secret)
    assert ("submission_secret.txt" in taken(folder).files) == (secret == b"0" * 128)


def notebook(*grade_ids: str) -> str:
    """The text of a notebook with answers of these ids."""
    cells = [{"metadata": {"nbgrader": {"grade_id": grade_id}}} for grade_id in grade_ids]
    return json.dumps({"cells": cells}, indent=1)


def test_a_notebook_under_another_name_is_known_by_its_answers(folder: Path) -> None:
    """Browsers call a second download `1-small (1).ipynb`; its learner would get no point."""
    (folder / "1-small.ipynb").unlink()
    (folder / "Untitled.ipynb").write_text(notebook("f", "other"))
    (folder / "1-small (1).ipynb").write_text(notebook("f", "g"))
    found = taken(folder)
    assert found.notebooks == {"1-small": notebook("f", "g").encode()}
    assert found.remarks == [
        "1-small (1).ipynb is taken for 1-small.ipynb, which is missing",
        "not graded, since no notebook of that name is asked for: Untitled.ipynb",
    ]
    (folder / "1-small.ipynb").write_text("{}")
    found = taken(folder)
    assert found.notebooks == {"1-small": b"{}"}, "the one of the right name counts"
    assert found.beside == {"1-small": "1-small (1).ipynb"}, "but all work may be in the other"


def test_the_only_notebook_is_taken_whatever_became_of_its_ids(folder: Path) -> None:
    """Damaged and called otherwise, it was set aside, and nobody was told that a name is all."""
    (folder / "1-small.ipynb").rename(folder / "ex1_final.ipynb")
    assert taken(folder).notebooks == {"1-small": b"{}"}
    assert taken(folder).beside == {}


@pytest.mark.parametrize("names", [(), ("a\n.ipynb", "b.ipynb"), ("f-g.ipynb", "g-f.ipynb")])
def test_of_a_missing_notebook_it_is_said_what_there_is(folder: Path, names: list[str]) -> None:
    """Of two that fit nobody knows which is meant, and the instructor has to find it."""
    (folder / "1-small.ipynb").unlink()
    for name in names:
        (folder / name).write_text(notebook(*name.removesuffix(".ipynb").split("-")))
    there = ", ".join([*map(printable, names), "notes/mine.txt"])
    said = f"1-small.ipynb is missing; the folder holds {there}"
    assert taken(folder).notebooks == {"1-small": said}
    (folder / "notes" / "mine.txt").unlink()
    for name in names:
        (folder / name).unlink()
    assert taken(folder).notebooks == {"1-small": "1-small.ipynb is missing; the folder is empty"}


def test_a_long_list_is_cut_short(folder: Path) -> None:
    """Hundreds of names would push what else needs the instructor off the screen."""
    for number in range(400):
        (folder / f"{number:03}.txt").touch()
    (remark,) = taken(folder).remarks
    assert remark.endswith("018.txt, 019.txt and 380 more")


@pytest.mark.parametrize(
    "fill",
    [
        lambda folder: os.truncate(_touched(folder / "x"), 50 << 30),
        lambda folder: [_touched(folder / str(i)) for i in range(499)],
        lambda folder: [(folder / str(i)).mkdir() for i in range(499)],
        lambda folder: _nested(folder, "d" * 200, 3),
        lambda folder: _nested(folder, "d", 21),
        lambda folder: _nested(folder, "d" * 200, 25),
    ],
    ids=["large", "many", "folders", "long", "deep", "longer than the system takes"],
)
def test_of_too_much_only_the_notebooks_are_taken(
    folder: Path, fill: Callable[[Path], object]
) -> None:
    """A file of holes of 50 GB fills the disk, and a long path ended the class's grading."""
    fill(folder)
    found = taken(folder)
    assert found.notebooks == {"1-small": b"{}"} and found.handed_in is not None
    assert set(found.files) == {"timestamp.txt"}, "who is late stays late"
    assert found.remarks == [f"nothing beside the notebooks is copied, since {files.TOO_MUCH}"]


def _nested(folder: Path, name: str, depth: int) -> None:
    """Folders in each other, and a file in the last, made from within: too long for a path."""
    place = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=place)
        below = os.open(name, os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = below
    os.close(os.open("f" * 250, os.O_WRONLY | os.O_CREAT, dir_fd=place))
    os.close(place)


def _linked(folder: Path) -> Path:
    link = folder.parent / "link"
    link.symlink_to(folder)
    return link


@pytest.mark.parametrize(
    ("learner", "where", "reason"),
    [
        (os.fsdecode(b"odd-\xff"), lambda folder: folder, "no learner can be called"),
        ("two\nlines", lambda folder: folder, "no learner can be called"),
        ("..", lambda folder: folder, "no learner can be called"),
        ("", lambda folder: folder, "no learner can be called"),
        ("ada", _linked, "it is a link to another folder"),
        ("ada", lambda folder: folder / "1-small.ipynb", "it is not a folder"),
        ("ada", lambda folder: folder / "none", "it is not a folder"),
    ],
)
def test_a_folder_that_is_nobodys_is_refused(
    folder: Path, learner: str, where: Callable[[Path], Path], reason: str
) -> None:
    """The same rule for a submitted folder and for an entry of the drop box."""
    place = where(folder)
    with pytest.raises(Malformed, match=reason) as refused:
        take(learner, place, EXPECTED, place.parent)
    assert str(refused.value).isprintable()
    dropped = place.parent / f"{learner}+1-small+2026-11-20 12:30:00 UTC+abc"
    if os.path.lexists(place):
        place.rename(dropped)
    with pytest.raises(Malformed) as again:
        take_dropped(dropped.parent, dropped.name)
    assert str(again.value) == str(refused.value)


def test_no_link_is_followed_above_a_folder_either(folder: Path) -> None:
    """`submitted/evil -> ../source` got full marks for the instructor's own solutions."""
    submitted = folder.parent.parent
    (submitted / "evil").symlink_to(folder.parent)
    with pytest.raises(Malformed, match="evil, in which it lies, is a link to another folder"):
        take("evil", submitted / "evil" / "1-small", EXPECTED, submitted)
    (submitted.parent / "elsewhere").symlink_to(submitted)
    elsewhere = submitted.parent / "elsewhere"
    assert take("ada", elsewhere / "ada" / "1-small", EXPECTED, elsewhere).notebooks


NAMES = {
    "ada": True, "ada.lovelace": True, "a-l_2@uni.edu": True, "josé": True, "李": True,
    "a" * 100: True, "a" * 101: False, "": False, ".": False, "..": False, ".ada": False,
    "-ada": False, "a b": False, "ada+ml@uni.edu": True, "+ada": False, "a/b": False,
    "a*": False, "[x]": False,
    "<img src=x onerror=alert(1)>": False, "\x1b[2J": False, "two\nlines": False, "ada\n": False,
    "turned\u202e": False, os.fsdecode(b"odd-\xff"): False, "a\0": False,
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_learners_name_is_safe_everywhere(name: str) -> None:
    """A name of markup ran in the formgrader, and others moved the terminal's cursor."""
    assert is_learner(name) == NAMES[name]


def test_an_entry_of_the_drop_box_names_learner_and_time(folder: Path) -> None:
    """nbgrader would end the collecting at the first name that it did not give."""
    box = folder.parent
    good = folder.rename(box / "ada+1-small+2026-11-20 12:30:00 UTC+abc")
    found = take_dropped(box, good.name)
    assert (found.learner, found.handed_in) == ("ada", datetime.datetime(2026, 11, 20, 12, 30))
    assert read_dropped(f"ada+ml@uni.edu{good.name[3:]}").learner == "ada+ml@uni.edu"
    for name, reason in [
        ("ada+1-small", "not of nbgrader's form"),
        ("ada+1-small+2026-11-20 12:30:00 UTC+\x1b[2J", "characters that can't be printed"),
        ("ada+1-small+soon", "'soon' is no date"),
        ("ada+1-small+2026-13-40 12:30:00 UTC+abc", "2026-13-40"),
        ("ada+1-small+0001-01-01 00:00:00 UTC+abc", "the year 1 is not between 2000 and 2099"),
    ]:
        with pytest.raises(Malformed, match=reason):
            take_dropped(box, name)
    (good / "timestamp.txt").write_text("soon")
    with pytest.raises(Malformed, match="timestamp.txt: 'soon' is no date and time; fix or remove"):
        take_dropped(box, good.name)
    (good / "timestamp.txt").unlink()
    os.truncate(_touched(good / "holes"), 50 << 30)
    with pytest.raises(Malformed, match="more than 500 files"):
        take_dropped(box, good.name)


@pytest.mark.parametrize("stamp", ["", " \n", "2026-11-01 10:00:00 UTC", None])
def test_the_name_in_the_drop_box_is_the_earliest_time(
    folder: Path, tmp_path: Path, stamp: str | None
) -> None:
    """Who handed in late emptied their time stamp in the drop box, and was never late."""
    late = datetime.datetime(2026, 11, 20, 12, 30)
    box, to = folder.parent, tmp_path / "copied"
    to.mkdir()
    dropped = folder.rename(box / "ada+1-small+2026-11-20 12:30:00 UTC+abc")
    if stamp is None:
        (dropped / "timestamp.txt").unlink()
    else:
        (dropped / "timestamp.txt").write_text(stamp)
    found = take_dropped(box, dropped.name, to=to)
    assert found.handed_in == read_timestamp(to) == late
    said = "timestamp.txt says 2026-11-01 10:00:00 UTC, but 2026-11-20 12:30:00 UTC counts"
    assert any(said in remark for remark in found.remarks) == (stamp == "2026-11-01 10:00:00 UTC")
    (dropped / "timestamp.txt").write_text("2026-11-20 12:30:00.25 UTC")
    found = take_dropped(box, dropped.name, to=_emptied(to))
    assert found.handed_in == read_timestamp(to) == late.replace(microsecond=250_000)
    assert (to / "timestamp.txt").read_text() == "2026-11-20 12:30:00.25 UTC", "untouched"


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder)
    folder.mkdir()
    return folder


def test_an_empty_time_stamp_is_said(folder: Path) -> None:
    """Nobody else would ever see why a learner is never late."""
    assert not taken(folder).remarks
    (folder / "timestamp.txt").write_text("")
    found = taken(folder)
    assert found.handed_in is None
    assert found.remarks == ["timestamp.txt is empty, so nobody knows when it was handed in"]


def test_a_folder_of_anothers_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may write to the drop box can hand in under any name."""
    account = pwd.getpwuid(os.geteuid()).pw_name
    other = f"not-{account}"
    box = folder.parent
    name = folder.rename(box / f"{other}+1-small+2026-11-20 12:30:00 UTC+abc").name
    theirs = (box / name).rename(box / f"{account}+1-small+2026-11-20 12:30:00 UTC+abc").name
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert take_dropped(box, theirs).learner == account
    (box / theirs).rename(box / name)
    for step in (take_dropped, functools.partial(take_dropped, to=folder)):
        why = f"it belongs to {account}, not to {other}; where accounts"
        with pytest.raises(Malformed, match=why):
            step(box, name)
    assert take_dropped(box, name, check_owner=False).learner == other
    monkeypatch.undo()
    assert take_dropped(box, name).learner == other, "nobody else can make one of our own account"


@pytest.mark.parametrize("what", ["folder", "file", "whole", "size"])
def test_what_was_checked_is_what_is_copied(
    folder: Path, tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that becomes a link to source/ after it was looked at gave away the solutions."""
    box = folder.parent
    dropped = folder.rename(box / "ada+1-small+2026-11-20 12:30:00 UTC+abc")
    secret = tmp_path / "source"
    secret.mkdir()
    for name in ("mine.txt", "1-small.ipynb"):
        (secret / name).write_text("the solution")
    at, swap = {
        "folder": ("notes", lambda: _swap(dropped / "notes", secret)),
        "file": ("1-small.ipynb", lambda: _swap(dropped / "1-small.ipynb", secret / "mine.txt")),
        "whole": ("notes", lambda: _swap(dropped, secret)),
        "size": ("1-small.ipynb", lambda: os.truncate(dropped / "1-small.ipynb", 50 << 30)),
    }[what]

    def looked_at(folder: int) -> Iterator[files.Entry]:
        for entry in walk(folder):
            if entry.name == at:
                swap()
            yield entry

    to = tmp_path / "copied"
    to.mkdir()
    monkeypatch.setattr(files, "walk", looked_at)
    with contextlib.suppress(Malformed):
        take_dropped(box, dropped.name, to=to)
    copied = [p for p in to.rglob("*") if p.is_file()]
    assert not [p for p in copied if p.is_symlink() or p.stat().st_size > 1_000]
    assert "the solution" not in [p.read_text() for p in copied]


def _swap(path: Path, elsewhere: Path) -> None:
    path.rename(path.parent / "gone")
    path.symlink_to(elsewhere)


def test_every_folder_is_found_but_those_excluded(folder: Path) -> None:
    """A folder that is passed over without a word is a learner without a grade."""
    root = folder.parent.parent.parent
    names = ["ada", "a b", "é", "two\nlines", os.fsdecode(b"odd-\xff"), "[x]", "out"]
    for name in names:
        (root / "submitted" / name / "1-small").mkdir(parents=True, exist_ok=True)
    (root / "submitted" / "ada" / "2-other").mkdir()
    (root / "submitted" / "linked").mkdir()
    (root / "submitted" / "linked" / "1-small").symlink_to(root)
    course = CourseDirectory(root=str(root), assignment_id="1-small", student_id_exclude="out,no")
    found = dict(submitted_folders(course))
    assert set(found) == {*names, "linked"} - {"out"}
    assert found["ada"] == folder and found["linked"].is_symlink()
    course.student_id = "a*"
    assert [learner for learner, _ in submitted_folders(course)] == ["a b", "ada"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"ada", "ada"),
        ("José 李".encode(), "José 李"),
        (b"odd-\xff", r"odd-\xff"),
        (b"two\nlines", r"two\nlines"),
        (b"\x1b[2J", r"\x1b[2J"),
        ("turned\u202e".encode(), r"turned\u202e"),
    ],
)
def test_names_are_shown_safely(name: bytes, shown: str) -> None:
    """A name can move a terminal's cursor, or have no text at all."""
    assert printable(os.fsdecode(name)) == shown


@pytest.mark.parametrize("secret", ["", "+2b3c"])
def test_a_learners_name_may_have_a_plus(secret: str) -> None:
    """`ada+ml@uni.edu` could not hand in: the exercise was taken for the time."""
    name = f"ada+ml@uni.edu+1-small+2026-11-20 10:30:00 UTC{secret}"
    assert split_dropped(name) == ["ada+ml@uni.edu", "1-small", "2026-11-20 10:30:00 UTC"]
    assert read_dropped(name).learner == "ada+ml@uni.edu"


def test_blanks_make_no_line_of_a_name() -> None:
    """A name with many would wrap, and its end look like another line of the log."""
    assert printable("eve" + " " * 60 + "12:00 ada") == "eve (60 blanks) 12:00 ada"
