"""A class in which some folders can't be taken: by each command, all the others are graded."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from nbexaminer.judging.session.engine import Engine
from support.commands import run_forked
from support.course import EXERCISE, Course, good

NAMELESS = "no learner can be called"
REFUSED = {
    r"odd-\xff": NAMELESS,
    r"two\nlines": NAMELESS,
    r"\x1b[2Jcleared": NAMELESS,
    "<img src=x onerror=alert(1)>": NAMELESS,
    "--force": NAMELESS,
    "Ada Lovelace": NAMELESS,
    "a" * 101: NAMELESS,
    "linked": "it is a link to another folder",
    "evil": "evil, in which it lies, is a link to another folder",
    "file": "it is not a folder",
    "soon": "timestamp.txt: 'yesterday evening' is no date and time; fix or remove the file",
    "ancient": "timestamp.txt: the year 1 is not between 2000 and 2099; fix or remove the file",
}
"""What is said of each folder that nothing is taken from, by the name that is shown."""
TOO_MUCH = (
    "nothing beside the notebooks is copied, since the folder holds more than 500 files and "
    "folders or 105 MB, or paths more than 20 folders deep or 500 bytes long"
)
REMARKS = {
    "zoe": {
        r"not copied, since it is no ordinary file: \xff",
        "not graded, since no notebook of that name is asked for: Untitled.ipynb",
        "not copied, since the exercise expects no such file: evil.html, jedi.py",
    },
    "renamed": {f"{EXERCISE} (1).ipynb is taken for {EXERCISE}.ipynb, which is missing"},
    "deep": {TOO_MUCH},
    "buried": {TOO_MUCH},
}
"""What is said of a folder from which something is taken."""
HONEST = ["ada", "josé.o-n@uni.edu", *REMARKS]


@dataclass(frozen=True)
class Said:
    """What a command said of each refused folder and of others', and what came of it."""

    refused: dict[str, str]
    remarks: dict[str, set[str]]
    scores: dict[str, float | None]
    kept: dict[str, set[str]]


def nested(folder: Path, name: str, length: int) -> None:
    """Folders in each other, made from within, until their path has `length` characters."""
    place, reached = os.open(folder, os.O_RDONLY), len(str(folder))
    while reached < length:
        os.mkdir(name, dir_fd=place)
        below = os.open(name, os.O_RDONLY, dir_fd=place)
        os.close(place)
        place, reached = below, reached + len(name) + 1
    os.close(os.open("f" * 250, os.O_WRONLY | os.O_CREAT, dir_fd=place))
    os.close(place)


def _hand_in(course: Course) -> None:
    names = ["odd-\udcff", "two\nlines", "\x1b[2Jcleared", *REFUSED]
    for learner in {*HONEST, *names} - {"linked", "evil", "file", "renamed"}:
        if "\\" not in learner:
            course.hand_in(learner, good())
    submitted = course.root / "submitted"
    (submitted / "soon" / EXERCISE / "timestamp.txt").write_text("yesterday evening")
    (submitted / "ancient" / EXERCISE / "timestamp.txt").write_text("0001-01-01 00:00:00 UTC")
    (submitted / "linked").mkdir()
    (submitted / "linked" / EXERCISE).symlink_to(submitted / "ada" / EXERCISE)
    (submitted / "evil").symlink_to(course.root / "source")
    (submitted / "file").mkdir()
    (submitted / "file" / EXERCISE).write_bytes(good())
    nested(submitted / "deep" / EXERCISE, "d" * 200, 4_200)
    buried = submitted / "buried" / EXERCISE
    for number in range(600):
        (buried / f"{number}").touch()
    nested(buried, "z", 4_090)
    zoe = submitted / "zoe" / EXERCISE
    (zoe / os.fsdecode(b"\xff")).symlink_to(course.root)
    for name in ("Untitled.ipynb", "evil.html", "jedi.py", "data.csv"):
        (zoe / name).write_text("{}")
    (course.hand_in("renamed", None) / f"{EXERCISE} (1).ipynb").write_bytes(good())


def _said(course: Course, lines: list[str], refused: str) -> Said:
    found = [match for line in lines if (match := re.search(refused, line))]
    scores = {learner: cells["f-hidden"][0] for learner, cells in course.scores().items()}
    remarks = {
        learner: {
            part
            for line in lines
            if re.search(rf"(^|\] ){learner}: ", line)
            for part in line.split(f"{learner}: ", 1)[1].split("; ")
        }
        for learner in REMARKS
    }
    graded = course.root / "autograded"
    kept = {
        learner: {p.relative_to(graded / learner / EXERCISE).as_posix()
                  for p in (graded / learner).rglob("*.*")}
        for learner in HONEST
    }  # fmt: skip
    return Said({match["who"]: match["why"] for match in found}, remarks, scores, kept)


@pytest.fixture(scope="module", params=["class command", "nbgrader autograde"])
def said(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, engine: Engine
) -> Said:
    """What either command makes of the class."""
    course = Course.make(tmp_path_factory.mktemp("odd"))
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write("c.SubmissionReader.expected_files = ['*.csv']\n")
    course.nbgrader("generate_assignment", EXERCISE)
    _hand_in(course)
    # Python can't remove what lies so deep.
    too_deep = ["rm", "-rf", *(course.root / "submitted" / name for name in ("deep", "buried"))]
    request.addfinalizer(lambda: subprocess.run(too_deep, check=True))
    if request.param == "nbgrader autograde":
        log = course.nbgrader("autograde", EXERCISE, status=1)
        assert "Traceback" not in log, log
        return _said(course, log.split("\n"), r"ERROR\] Not graded: (?P<who>.+?): (?P<why>.*)$")
    ran = run_forked("nbexaminer", "grade", EXERCISE, "--jobs=1", cwd=course.root)
    assert ran.returncode == 1 and "Traceback" not in ran.stderr, ran.stdout + ran.stderr
    return _said(course, ran.stdout.split("\n"), r"^(?P<who>.+?): not graded: (?P<why>.*)$")


def test_odd_folders_are_reported_and_the_others_graded(said: Said) -> None:
    """One name that is no text, or one path that is too long, ended the grading of a class."""
    assert said.scores == dict.fromkeys(HONEST, 2.0)
    assert set(said.refused) == set(REFUSED)
    for shown, reason in REFUSED.items():
        assert said.refused[shown].startswith(reason), shown


def test_what_is_left_or_taken_for_something_else_is_said(said: Said) -> None:
    """Who hands in a browser's copy gets points for it, and the instructor knows why."""
    assert said.remarks == REMARKS


def test_only_what_is_expected_is_kept(said: Said) -> None:
    """A kernel runs a jedi.py beside a notebook on Tab, and a browser opens a page's scripts."""
    notebook = {f"{EXERCISE}.ipynb"}
    assert said.kept == dict.fromkeys(HONEST, notebook) | {"zoe": notebook | {"data.csv"}}
