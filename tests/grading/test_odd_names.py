"""A class in which some folders can't be taken: by each command, all the others are graded."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

import pytest

from support.commands import run_forked
from support.course import EXERCISE, Course, good

HONEST = ["ada", "zoe"]
REFUSED = {
    r"odd-\xff": "its name is no learner's",
    r"two\nlines": "its name is no learner's",
    r"\x1b[2Jcleared": "its name is no learner's",
    "linked": "it is a link to another folder",
    "file": "it is not a folder",
    "soon": "timestamp.txt: 'soon' is no date and time; fix or remove the file",
    "deep": "the folder can't be looked into: File name too long",
}
"""What is said of each folder that nothing is taken from, by the name that is shown."""
LEFT_OUT = {
    "not copied, since it is no ordinary file: \\xff",
    "not graded, since no notebook of that name is asked for: Untitled.ipynb",
}
"""What is said of the rest of zoe's folder."""


@dataclass(frozen=True)
class Said:
    """What a command said of each refused folder and of zoe's, and who has points."""

    refused: dict[str, str]
    left_out: set[str]
    scores: dict[str, float | None]


def _hand_in(course: Course) -> None:
    for learner in (
        *HONEST,
        os.fsdecode(b"odd-\xff"),
        "two\nlines",
        "\x1b[2Jcleared",
        "soon",
        "deep",
    ):
        course.hand_in(learner, good())
    submitted = course.root / "submitted"
    (submitted / "soon" / EXERCISE / "timestamp.txt").write_text("soon")
    (submitted / "linked").mkdir()
    (submitted / "linked" / EXERCISE).symlink_to(submitted / "ada" / EXERCISE)
    (submitted / "file").mkdir()
    (submitted / "file" / EXERCISE).write_bytes(good())
    place = os.open(submitted / "deep" / EXERCISE, os.O_RDONLY)
    length = len(str(submitted / "deep" / EXERCISE))
    while length < 3_850:
        os.mkdir("d" * 200, dir_fd=place)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=place)
        os.close(place)
        place, length = below, length + 201
    os.close(os.open("f" * 250, os.O_WRONLY | os.O_CREAT, dir_fd=place))
    os.close(place)
    (submitted / "zoe" / EXERCISE / os.fsdecode(b"\xff")).symlink_to(course.root)
    (submitted / "zoe" / EXERCISE / "Untitled.ipynb").write_bytes(good())


def _said(course: Course, lines: list[str], refused: str) -> Said:
    found = [match for line in lines if (match := re.search(refused, line))]
    scores = {learner: cells["f-hidden"][0] for learner, cells in course.scores().items()}
    return Said(
        {match["who"]: match["why"] for match in found},
        {
            part
            for line in lines
            for part in line.split("zoe: ")[-1].split("; ")
            if part in LEFT_OUT
        },
        scores,
    )


@pytest.fixture(scope="module", params=["class command", "nbgrader autograde"])
def said(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Said:
    """What either command makes of the class."""
    course = Course.make(tmp_path_factory.mktemp("odd"))
    course.nbgrader("generate_assignment", EXERCISE)
    _hand_in(course)
    if request.param == "nbgrader autograde":
        log = course.nbgrader("autograde", EXERCISE)
        assert "Traceback" not in log, log
        return _said(course, log.split("\n"), r"ERROR\] Not graded: (?P<who>.+?): (?P<why>.*)$")
    ran = run_forked("grading", "grade", EXERCISE, "--jobs=1", cwd=course.root)
    assert ran.returncode == 1 and "Traceback" not in ran.stderr, ran.stdout + ran.stderr
    return _said(course, ran.stdout.split("\n"), r"^(?P<who>.+?): not graded: (?P<why>.*)$")


def test_odd_folders_are_reported_and_the_others_graded(said: Said) -> None:
    """One name that is no text ended the grading of a whole class."""
    assert said.scores == dict.fromkeys(HONEST, 2.0)
    assert set(said.refused) == set(REFUSED)
    for shown, reason in REFUSED.items():
        assert said.refused[shown].startswith(reason), shown
    assert said.left_out == LEFT_OUT
