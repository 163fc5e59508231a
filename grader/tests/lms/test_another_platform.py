"""A platform that nobody has: its module is put beside the others, and everything knows it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from nbexaminer.sandbox.view import PACKAGE
from support.course import EXERCISE
from support.platforms import give_scores, zipped

MODULE = '''
"""Open edX, as somebody may add it one day: its forms are made up."""

import datetime
import re

from nbexaminer.classroom.intake.times import to_utc
from nbexaminer.lms.platform import GradebookFile, Named, Platform
from nbexaminer.lms.sheet import Sheet


class OpenEdXFile(GradebookFile):
    kind = "grade report"
    needs = frozenset({"Student Key"})
    identifiers = ("Student Key",)
    names = ("Username",)
    heading = re.compile(r"(?P<title>.+) of (?P<most>[0-9]+)")
    upload = "Instructor, Bulk Grades"


class OpenEdX(Platform):
    title = "Open edX"
    export = OpenEdXFile
    form = "KEY~OWNNAME"
    worksheet = "submission log"
    takes_back = "Instructor, Feedback"
    about_pages = "Learners find it under Progress."
    class_list = frozenset({"studentkey"})
    columns = {"studentkey": "number"}
    times = {}

    def read(self, place):
        key, tilde, own = place.partition("~")
        time = self.times.get(key)
        return Named(key, (key,), "", own, f"{key}~", time) if tilde and "/" not in own else None

    def read_worksheet(self, data):
        for key, time in Sheet(data).rows[1:]:
            self.times[key] = to_utc(datetime.datetime.fromisoformat(time), self.zone)
'''
SESSION = """
import json, sys
from click.testing import CliRunner
from nbexaminer.__main__ import main
print(json.dumps([CliRunner().invoke(main, command).output for command in json.load(sys.stdin)]))
"""
Run = Callable[..., str]


@pytest.fixture
def python(here: Path, tmp_path: Path) -> Run:
    """Runs Python in the class's folder, with a copy of the package that has the module."""
    to = tmp_path / "site" / PACKAGE.name
    shutil.copytree(PACKAGE, to, ignore=shutil.ignore_patterns("__pycache__"))
    (to / "lms" / "known" / "open_edx.py").write_text(MODULE)
    (here / "class.csv").write_text(
        "Student Key,Username,Email\n77,lovelace,ada@uni.edu\n78,conor,conor@uni.edu\n"
    )
    (here / "log.csv").write_text("Key,Time\n77,2026-11-20 11:30:00\n78,2026-11-20 13:00:00\n")
    (here / "got.zip").write_bytes(
        zipped({f"77~{EXERCISE}.ipynb": b"ada's", "78~mine.ipynb": b"oneil's"})
    )
    (here / "report.csv").write_text(f"Student Key,Username,{EXERCISE} of 6\n77,a,\n78,b,\n")

    def run(*arguments: str, text: str = "") -> str:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(to.parent), *sys.path])}
        command = [sys.executable, *arguments]
        ran = subprocess.run(command, input=text, capture_output=True, text=True, env=environment)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    return run


def submitted(here: Path) -> dict[str, str]:
    found = sorted(here.glob(f"submitted/*/{EXERCISE}/*"))
    return {f"{path.parts[-3]}/{path.name}": path.read_text() for path in found}


COLLECTED = {
    f"ada/{EXERCISE}.ipynb": "ada's",
    "ada/timestamp.txt": "2026-11-20 11:30:00",
    "oneil/mine.ipynb": "oneil's",
    "oneil/timestamp.txt": "2026-11-20 13:00:00",
}


def test_a_platform_is_one_module(here: Path, python: Run) -> None:
    """Who adds one would have to find what else in the package knows the others by name."""
    give_scores(here)
    for learner in ("ada", "oneil"):
        page = here / "feedback" / learner / EXERCISE / f"{EXERCISE}.html"
        page.parent.mkdir(parents=True)
        page.write_text(f"page of {learner}")
    commands = [
        ["roster", "class.csv"],
        ["collect", EXERCISE, "got.zip"],
        ["collect", EXERCISE, "got.zip", "--worksheet", "log.csv", "--platform", "open_edx"],
        ["fill", EXERCISE, "report.csv"],
        ["give-back", EXERCISE],
        *([name, "--help"] for name in ("roster", "collect", "fill", "give-back")),
    ]
    session = json.loads(python("-c", SESSION, text=json.dumps(commands)))
    roster, collect, again, fill, give_back, *helps = (" ".join(said.split()) for said in session)
    assert "class.csv by Open edX: 2 learners, 0 of them new" in roster
    assert "2 collected from Open edX" in collect
    assert "--worksheet with Open edX's submission log tells them" in collect
    assert "2 were there already, the same" in again
    assert submitted(here) == COLLECTED
    assert "Scores: 2 in the column" in fill and "in Open edX: Instructor, Bulk Grades" in fill
    report = (here / "report-filled.csv").read_text()
    assert report.splitlines()[1:] == ["77,a,5.5", "78,b,4.75"]
    assert "in Open edX: Instructor, Feedback. Learners find it under Progress." in give_back
    with zipfile.ZipFile(here / f"feedback-{EXERCISE}.zip") as archive:
        assert archive.namelist() == [f"77~{EXERCISE}.html", f"78~{EXERCISE}.html"]
    assert "Canvas, Moodle, Open edX, Blackboard, Brightspace or Gradescope exports" in helps[0]
    assert "[canvas|moodle|open_edx|blackboard|brightspace|gradescope]" in helps[1]
    assert "Moodle's grading worksheet, or Open edX's submission log" in helps[1]
    assert "Moodle's grading worksheet, or Open edX's grade report" in helps[2]
    assert "that Canvas, Moodle or Open edX takes back" in helps[3]


@pytest.mark.long
def test_nbgrader_collects_from_it_too(here: Path, python: Run) -> None:
    """Who stays with nbgrader's own command would have to write an expression."""
    config = here / "nbgrader_config.py"
    config.write_text(
        f"{config.read_text()}\nc.Collector.platform = 'open_edx'\n"
        "c.Collector.worksheet = 'log.csv'\n"
    )
    archive = here / "downloaded" / EXERCISE / "archive"
    archive.mkdir(parents=True)
    shutil.copy(here / "got.zip", archive)
    python("-m", "nbexaminer", "roster", "class.csv")
    python("-m", "nbgrader", "zip_collect", EXERCISE)
    assert submitted(here) == COLLECTED
