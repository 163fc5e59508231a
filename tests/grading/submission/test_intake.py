"""What may be taken from a folder that a learner filled, and what is said about the rest."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.coursedir import CourseDirectory

from grading.submission.intake import (
    LeftOut,
    Malformed,
    Why,
    printable,
    read_file,
    read_timestamp,
    submitted_folders,
    take,
    take_dropped,
)


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
    for text in ("2026-11-20 12:30:00.5 UTC", "2026-11-20T12:30:00Z"):
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
        "9" * 10_000,
        "2026-11-20 99:99:99 UTC",
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
    taken = take("ada", folder, ["1-small"])
    assert (taken.learner, taken.handed_in) == ("ada", datetime.datetime(2026, 11, 20, 12, 30))
    assert taken.notebooks == {"1-small": folder / "1-small.ipynb"}
    assert set(taken.files) == {"timestamp.txt", "notes/mine.txt"}
    assert taken.files["notes/mine.txt"] == folder / "notes" / "mine.txt"
    assert not taken.left_out and not taken.not_copied()


def test_what_is_left_out_is_named(folder: Path) -> None:
    """Links lead elsewhere; a notebook under another name would go ungraded without a word."""
    (folder / "link").symlink_to("/etc/passwd")
    (folder / "notes" / "all").symlink_to("/etc")
    os.mkfifo(folder / "pipe")
    (folder / os.fsdecode(b"\xff\n")).symlink_to("/etc/passwd")
    (folder / "Untitled.ipynb").write_text("{}")
    (folder / "notes" / "draft.ipynb").write_text("{}")
    taken = take("ada", folder, ["1-small"])
    assert [str(left) for left in taken.left_out] == [
        "not copied, since it is no ordinary file: link, notes/all, pipe, \\xff\\n",
        "not graded, since no notebook of that name is asked for: Untitled.ipynb",
    ]
    names = {str(path.relative_to(folder)) for path in taken.not_copied()}
    assert names == {"link", "pipe", os.fsdecode(b"\xff\n"), "notes/all"}
    assert set(taken.files) == {"timestamp.txt", "notes/mine.txt"}


def test_a_long_list_is_cut_short() -> None:
    """Hundreds of names would push what else needs the instructor off the screen."""
    assert str(LeftOut(Why.STRANGE, [f"{i}" for i in range(400)])).endswith("19 and 380 more")


@pytest.mark.parametrize(
    ("fill", "reason"),
    [
        (lambda folder: os.truncate(_touched(folder / "x"), 50 << 30), "500 files and folders or"),
        (
            lambda folder: [_touched(folder / str(i)) for i in range(499)],
            "500 files and folders or",
        ),
        (
            lambda folder: [(folder / str(i)).mkdir() for i in range(499)],
            "500 files and folders or",
        ),
        (lambda folder: [(folder / str(i)).symlink_to("x") for i in range(21)], "20 links"),
    ],
    ids=["large", "many", "folders", "links"],
)
def test_of_too_much_only_the_notebooks_are_taken(
    folder: Path, fill: Callable[[Path], object], reason: str
) -> None:
    """A file of holes of 50 GB fills the instructor's disk."""
    fill(folder)
    taken = take("ada", folder, ["1-small"])
    assert taken.notebooks and not taken.files and taken.not_copied() == [folder]
    (left,) = taken.left_out
    said = "nothing beside the notebooks is copied, since the folder holds more than"
    assert str(left).startswith(f"{said} {reason}")


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


def test_paths_too_long_for_the_system_end_in_words(folder: Path) -> None:
    """An error of the system's in one learner's folder would end the class's grading."""
    deep = folder / "deep"
    deep.mkdir()
    _nested(deep, "d" * 200, (3_950 - len(str(deep))) // 201)
    with pytest.raises(Malformed, match="can't be looked into: File name too long"):
        take("ada", folder, ["1-small"])
    many = folder.parent / "many"
    many.mkdir()
    _nested(many, "d", 520)
    assert take("ada", many, ["1-small"]).left_out == [LeftOut(Why.TOO_LARGE)]


def _linked(folder: Path) -> Path:
    link = folder.parent / "link"
    link.symlink_to(folder)
    return link


@pytest.mark.parametrize(
    ("learner", "where", "reason"),
    [
        (os.fsdecode(b"odd-\xff"), lambda folder: folder, "its name is no learner's"),
        ("two\nlines", lambda folder: folder, "its name is no learner's"),
        ("turned\u202e", lambda folder: folder, "its name is no learner's"),
        ("..", lambda folder: folder, "its name is no learner's"),
        ("", lambda folder: folder, "its name is no learner's"),
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
        take(learner, place, ["1-small"])
    assert str(refused.value).isprintable()
    dropped = place.parent / f"{learner}+1-small+2026-11-20 12:30:00 UTC+abc"
    if os.path.lexists(place):
        place.rename(dropped)
    with pytest.raises(Malformed) as again:
        take_dropped(dropped)
    assert str(again.value) == str(refused.value)


def test_an_entry_of_the_drop_box_names_learner_and_time(folder: Path) -> None:
    """nbgrader would end the collecting at the first name that it did not give."""
    when = datetime.datetime(2026, 11, 20, 12, 30)
    good = folder.rename(folder.parent / "a+b+1-small+2026-11-20 12:30:00 UTC+abc")
    assert (take_dropped(good).learner, take_dropped(good).handed_in) == ("a+b", when)
    for name, reason in [
        ("ada+1-small", "not one that nbgrader gives"),
        ("ada+1-small+soon", "'soon' is no date"),
        ("ada+1-small+2026-13-40 12:30:00 UTC+abc", "2026-13-40"),
    ]:
        with pytest.raises(Malformed, match=reason):
            take_dropped(good.parent / name)
    (good / "timestamp.txt").write_text("soon")
    with pytest.raises(Malformed, match="timestamp.txt: 'soon' is no date and time; fix or remove"):
        take_dropped(good)
    (good / "timestamp.txt").unlink()
    os.truncate(_touched(good / "holes"), 50 << 30)
    with pytest.raises(Malformed, match="more than 500 files"):
        take_dropped(good)


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
