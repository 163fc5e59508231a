"""Collecting from a drop box that every learner may write to."""

from __future__ import annotations

import datetime
import os
import shutil
from pathlib import Path

import pytest

from nbexaminer.classroom.intake.times import TIMESTAMP, read_timestamp
from support.course import EXERCISE, Course
from support.profile import COURSE_ID

SECRET = "an instructor's secret"
SWAPPED_AFTER_THE_CHECK = """
import functools, pathlib
import nbexaminer.nbgrader_plugins.exchange as exchange

def swap(take, *where):
    taken = take(*where)
    path = pathlib.Path(*where[:2])
    if taken.learner == "swapper" and not path.is_symlink():
        path.rename(path.parent.parent / "gone")
        path.symlink_to(path.parent.parent.parent.parent / "source" / "1-small")
    return taken

if not isinstance(exchange.take_dropped, functools.partial):
    exchange.take_dropped = functools.partial(swap, exchange.take_dropped)
"""
"""For a folder that becomes a link to the solutions when it has been looked at."""


class Collected:
    """A drop box with good and bad submissions, and what `nbgrader collect` makes of it."""

    def __init__(self, root: Path) -> None:
        root.joinpath("course").mkdir()
        self.course = Course.make(root / "course")
        with (self.course.root / "nbgrader_config.py").open("a") as config:
            config.write(f"c.Exchange.root = {str(root / 'exchange')!r}\n")
        (root / "exchange").mkdir(mode=0o777)
        (root / "exchange").chmod(0o777)
        self.course.nbgrader("generate_assignment", EXERCISE)
        self.course.nbgrader("release_assignment", EXERCISE)
        (self.course.root / "secret.txt").write_text(SECRET)
        for learner in ("ada", "linker", "piper", "stuffer", "zoe"):
            self.drop(f"{learner}+{EXERCISE}+2026-11-20 12:30:00 UTC+abc", learner)
        self.drop(f"mallory+{EXERCISE}+2026-13-40 12:30:00 UTC+abc", "mallory")
        self.drop(f"..+{EXERCISE}+2026-11-20 12:30:00 UTC+abc", "climber")
        self.drop(f"<img src=x onerror=1>+{EXERCISE}+2026-11-20 12:30:00 UTC+abc", "markup")
        self.drop(f"\x1b[2J+{EXERCISE}+2026-11-20 12:30:00 UTC+abc", "clears the screen")
        self.drop(f"year-1+{EXERCISE}+0001-01-01 00:00:00 UTC+abc", "early")
        self.drop(f"a\nb+{EXERCISE}+2026-11-20 12:30:00 UTC+abc", "two lines")
        self.drop(f"odd+{EXERCISE}+soon", "odd")
        self.drop(os.fsdecode(b"odd-\xff") + f"+{EXERCISE}+2026-11-20 12:30:00 UTC+abc", "no text")
        later = self.drop(f"later+{EXERCISE}+2026-11-20 12:30:00 UTC+abc", "later")
        (later / "timestamp.txt").write_text("next week")
        linker = self.box / f"linker+{EXERCISE}+2026-11-20 12:30:00 UTC+abc"
        (linker / "data.txt").symlink_to(self.course.root / "secret.txt")
        (linker / "folder").symlink_to(self.course.root / "source")
        (linker / f"{EXERCISE}.ipynb").unlink()
        (linker / f"{EXERCISE}.ipynb").symlink_to(self.course.root / "secret.txt")
        os.mkfifo(self.box / f"piper+{EXERCISE}+2026-11-20 12:30:00 UTC+abc" / "pipe")
        stuffer = self.box / f"stuffer+{EXERCISE}+2026-11-20 12:30:00 UTC+abc"
        with (stuffer / "holes").open("wb") as file:
            file.truncate(50 << 30)
        (self.box / f"whole+{EXERCISE}+2026-11-20 12:30:00 UTC+abc").symlink_to(self.course.root)
        forged = self.drop(f"ada+{EXERCISE}+2026-11-21 12:30:00 UTC+abc", "not ada's")
        theirs = self.drop(f"nobody+{EXERCISE}+2026-11-20 12:30:00 UTC+abc", "nobody's")
        if os.geteuid() == 0:
            for path in (forged, theirs):
                shutil.chown(path, "nobody")
        else:
            shutil.rmtree(forged)
        with (self.course.root / "nbgrader_config.py").open("a") as config:
            config.write(SWAPPED_AFTER_THE_CHECK)
        self.drop(f"swapper+{EXERCISE}+2026-11-20 12:30:00 UTC+abc", "swapped")
        self.log = self.course.nbgrader("collect", EXERCISE)

    @property
    def box(self) -> Path:
        return self.course.root.parent / "exchange" / COURSE_ID / "inbound"

    def drop(self, name: str, text: str) -> Path:
        (self.box / name).mkdir()
        (self.box / name / f"{EXERCISE}.ipynb").write_text(text)
        return self.box / name


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Collected:
    return Collected(tmp_path_factory.mktemp("collect"))


def test_collect_takes_no_more_than_was_handed_in(collected: Collected) -> None:
    """What a link leads to would be copied, graded and handed back: others' work, solutions."""
    submitted = collected.course.root / "submitted"
    files = (p for p in submitted.rglob("*") if not p.is_dir() and p.name != TIMESTAMP)
    found = {p.relative_to(submitted).as_posix() for p in files}
    notebook = f"{EXERCISE}/{EXERCISE}.ipynb"
    assert found == {f"{who}/{notebook}" for who in ("ada", "nobody", "piper", "zoe")}
    assert not [p for p in collected.course.root.glob(f"{EXERCISE}*")], "outside submitted/"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give folders away")
def test_collect_takes_nothing_of_anothers(collected: Collected) -> None:
    """Whoever may write to the drop box could replace a classmate's work by a newer one."""
    submitted = collected.course.root / "submitted"
    assert (submitted / "ada" / EXERCISE / f"{EXERCISE}.ipynb").read_text() == "ada"
    assert "2026-11-21 12:30:00 UTC+abc: it belongs to nobody, not to ada" in collected.log


def test_a_time_that_is_too_early_does_not_count(collected: Collected) -> None:
    """Who handed in late wrote an earlier time into the drop box, or none, and lost no points."""
    now = datetime.datetime.now(datetime.UTC)
    names = {
        who: f"{who}+{EXERCISE}+{now:%Y-%m-%d %H:%M:%S} UTC+abc" for who in ("dan", "eve", "fay")
    }
    texts = {"dan": f"{now:%Y-%m-%d %H:%M:%S} UTC", "eve": "2026-11-01 10:00:00 UTC", "fay": ""}
    for who, name in names.items():
        (collected.drop(name, who) / "timestamp.txt").write_text(texts[who])
    before = collected.drop(f"gil+{EXERCISE}+2026-11-01 10:00:00 UTC+abc", "named too early")
    log = collected.course.nbgrader("collect", EXERCISE)
    submitted = collected.course.root / "submitted"
    for who in names:
        when = read_timestamp(submitted / who / EXERCISE)
        assert when == now.replace(tzinfo=None, microsecond=0), who
    early = "says 2026-11-01 10:00:00 UTC, but"
    assert f"{names['eve']}: its timestamp.txt {early} {now:%Y-%m-%d %H:%M:%S} UTC counts" in log
    said = "it says that it was handed in at 2026-11-01 10:00:00 UTC, which counts, but was still"
    assert f"{before.name}: {said} written to at" in log
    assert f"{names['dan']}: it" not in log


def test_feedback_is_released_to_whoever_can_fetch_it(collected: Collected) -> None:
    """One learner who handed in a secret without a time kept a class from its feedback."""
    for learner, own in (
        ("zoe", ("timestamp", "submission_secret")),
        ("ada", ("submission_secret",)),
    ):
        folder = collected.course.root / "feedback" / learner / EXERCISE
        folder.mkdir(parents=True)
        for name in own:
            (folder / f"{name}.txt").write_text("2026-11-20 12:30:00 UTC")
        (folder / f"{EXERCISE}.html").write_text(f"{learner}'s feedback")
    said = collected.course.nbgrader("release_feedback", EXERCISE)
    assert said.count("Feedback released to") == 1 and "feedback): ada" in said
    released = [p.read_text() for p in (collected.box.parent / "feedback").iterdir()]
    assert released == ["zoe's feedback"]


def test_the_drop_box_is_listed_safely(collected: Collected) -> None:
    """A name that moves the terminal's cursor can hide others' submissions, one with + end it."""
    collected.drop(f"eve+ml@uni.edu+{EXERCISE}+2026-11-20 12:30:00 UTC+abc", "eve's")
    said = collected.course.nbgrader("list", "--inbound", EXERCISE) + collected.log
    assert "\x1b" not in said and "Traceback" not in said
    listed = [line for line in said.split("\n") if f"INFO] {COURSE_ID}" in line]
    for who in ("zoe", "eve+ml@uni.edu"):
        assert any(f"{COURSE_ID} {who} {EXERCISE} 2026-11-20 12:30:00 UTC" in x for x in listed)
    assert rf"Not listed: \x1b[2J+{EXERCISE}+2026-11-20 12:30:00 UTC+abc: no learner" in said


def test_collect_again_takes_what_is_newer(collected: Collected) -> None:
    """One time stamp that was edited by hand ended the collecting for all."""
    submitted = collected.course.root / "submitted"
    for learner, time in (("zoe", "yesterday evening"), ("piper", "2026-11-22 10:00:00 UTC")):
        (submitted / learner / EXERCISE / "timestamp.txt").write_text(time)
    for learner in ("zoe", "piper"):
        collected.drop(f"{learner}+{EXERCISE}+2026-11-21 12:30:00 UTC+abc", f"{learner}'s newer")
    for arguments in ([], ["--update"]):
        said = collected.course.nbgrader("collect", EXERCISE, *arguments)
        assert "Traceback" not in said
        texts = [
            (submitted / learner / EXERCISE / f"{EXERCISE}.ipynb").read_text()
            for learner in ("ada", "piper", "zoe")
        ]
        assert texts == ["ada", "piper", "zoe's newer" if arguments else "zoe"]


def test_collect_goes_on_and_says_what_it_left(collected: Collected) -> None:
    """One odd folder in the drop box would else keep a class's work from being collected."""
    assert "Traceback" not in collected.log
    told = " ".join(collected.log.split())
    for words in (
        f"UTC+abc: not copied, since it is no ordinary file: {EXERCISE}.ipynb, data.txt, folder",
        "UTC+abc: not copied, since it is no ordinary file: pipe",
        "the folder holds more than 500 files",
        "2026-13-40 12:30:00 UTC+abc: month must be",
        "'soon' is no date and time",
        "timestamp.txt: 'next week' is no date and time; fix or remove the file",
        f"whole+{EXERCISE}+2026-11-20 12:30:00 UTC+abc: it is a link to another folder",
        f"swapper+{EXERCISE}+2026-11-20 12:30:00 UTC+abc: it is a link to another folder",
        f"year-1+{EXERCISE}+0001-01-01 00:00:00 UTC+abc: the year 1 is not between 2000 and",
        f"<img src=x onerror=1>+{EXERCISE}+2026-11-20 12:30:00 UTC+abc: no learner can be called",
        rf"a\nb+{EXERCISE}+2026-11-20 12:30:00 UTC+abc: no learner can be called",
        rf"odd-\xff+{EXERCISE}+2026-11-20 12:30:00 UTC+abc: no learner can be called",
    ):
        assert words in told, words
