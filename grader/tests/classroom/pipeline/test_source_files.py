"""What a source folder has beside its notebooks, and the time of a cell that nbgrader is given."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest
from traitlets import TraitError
from traitlets.config import Config

from nbexaminer.classroom.course_folder import CourseFolder
from nbexaminer.classroom.pipeline.cell_time import limits_of
from nbexaminer.classroom.pipeline.folder import ClassFolder
from nbexaminer.classroom.pipeline.source_files import read_source_files
from nbexaminer.errors import CannotGrade
from nbexaminer.judging.limits import Limits
from nbexaminer.sandbox.files import pack
from support.course import EXERCISE
from support.handed_in import HandedIn, Inline, hand_in, run_here
from support.notebooks import answer, check, given, source_of, submission
from support.profile import configured

IGNORED = [".ipynb_checkpoints", "*.pyc", "__pycache__", "drafts"]
SPOILS = """\
open("data.csv", "w").write("9\\n")
open("means.py", "w").write("def mean(x): return 9")
open("statistics.py", "w").write("raise SystemExit")
def total(): return 9"""
SLOW = "import time\ndef total():\n    time.sleep(20)"


def notebook() -> bytes:
    return source_of(
        given("given", "from means import mean\nimport os"),
        answer("total", "def total(): return sum(int(line) for line in open('data.csv'))"),
        check(
            "total-test",
            "from sub.deeper import HALF\nimport statistics\n"
            "numbers = [int(line) for line in open('data.csv')]\n"
            "assert total() == sum(numbers) == mean(numbers) / HALF, 'the sum'\n"
            "assert os.environ['NBGRADER_EXECUTION'] == 'autograde'",
        ),
    )


@pytest.fixture
def course(tmp_path: Path) -> HandedIn:
    configured(tmp_path, 'c.CourseProfile.tests = "apart"')  # beside, who spoils files loses
    folder = tmp_path / "source" / EXERCISE
    (folder / "sub").mkdir(parents=True)
    (folder / f"{EXERCISE}.ipynb").write_bytes(notebook())
    (folder / "data.csv").write_text("1\n2\n")
    (folder / "means.py").write_text("def mean(x): return sum(x) / len(x)")
    (folder / "sub" / "deeper.py").write_text("HALF = 0.5")
    hand_in(tmp_path, "ada", notebook())
    own = hand_in(tmp_path, "ben", submission(notebook(), {"total": SPOILS}))
    (own / "data.csv").write_text("9\n")
    return HandedIn(tmp_path)


def points(course: HandedIn) -> dict[str, str]:
    return {learner: score for learner, _, score, *_ in course.rows()[0]}


def test_answers_and_tests_find_them_and_nobody_elses(
    course: HandedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lost otherwise: every exercise with data or a module; points, to who writes into these."""
    assert not run_here(monkeypatch, course, Inline()).problems
    assert points(course) == {"ada": "2.0", "ben": "0.0"}
    folder = ClassFolder(CourseFolder(), EXERCISE)
    assert not folder.is_outdated()
    (course.root / "source" / EXERCISE / "data.csv").write_text("3\n6\n")
    assert folder.is_outdated(), "served by the old data"
    summary = run_here(monkeypatch, course, Inline())
    assert summary.graded == 2, "what a grade depends on has changed"
    assert points(course) == {"ada": "2.0", "ben": "2.0"}


def test_stock_finds_them_too_and_its_time_holds(course: HandedIn) -> None:
    """Lost otherwise: a course's own time for a cell, and hours on a class of endless loops."""
    hand_in(course.root, "eve", submission(notebook(), {"total": SLOW}))
    course.nbgrader("generate_assignment", EXERCISE)
    course.nbgrader("autograde", EXERCISE, "--Execute.timeout=2")
    assert points(course) == {"ada": "2.0", "ben": "0.0", "eve": "0.0"}
    assert "took longer than 2 seconds" in str(course.verdicts())


def test_which_files_are_taken(tmp_path: Path) -> None:
    """Lost otherwise: what the machine keeps elsewhere, to a link; or the data behind one; or the
    solutions, where the course lies in a folder whose name is a pattern."""
    folder, elsewhere = tmp_path / "autumn [1]" / "ps1", tmp_path / "elsewhere"
    for place in ("sub/__pycache__", ".git", "drafts", "empty"):
        (folder / place).mkdir(parents=True)
    for place in ("a.csv", "sub/b.py", "sub/__pycache__/b.txt", ".git/c", ".env", "drafts/d",
                  "e.pyc", "ps1.ipynb", "sub/other.ipynb"):  # fmt: skip
        (folder / place).write_text(place)
    elsewhere.mkdir()
    (elsewhere / "secret").write_text("secret")
    (folder / "out").symlink_to(elsewhere / "secret")
    (folder / "outside").symlink_to(elsewhere)
    (folder / "inside.csv").symlink_to("a.csv")
    (folder / "solutions.txt").symlink_to("ps1.ipynb")
    os.mkfifo(folder / "pipe")
    taken = {"a.csv": b"a.csv", "inside.csv": b"a.csv", "sub/b.py": b"sub/b.py"}
    assert read_source_files(folder, IGNORED, 1 << 20) == pack(taken)


def test_too_large_is_one_sentence(tmp_path: Path) -> None:
    """Lost otherwise: a class, graded in a folder that is full before a learner writes to it."""
    (tmp_path / "small.csv").write_bytes(b"1")
    (tmp_path / "large.csv").write_bytes(bytes(3 << 20))
    with pytest.raises(CannotGrade, match=r"3\.1 MB, large\.csv alone 3\.1: at most 2\.1 MB"):
        read_source_files(tmp_path, IGNORED, 4 << 20)


LIMITS = Limits()
NOTEBOOK = {"cell_wall_seconds": 600.0, "cell_cpu_seconds": 300}


@pytest.mark.parametrize(
    "section, timeout, own, changed",
    [
        ("Execute", 5, {}, {"cell_wall_seconds": 5.0}),
        ("ExecutePreprocessor", 90, {}, {"cell_wall_seconds": 90.0, "cell_cpu_seconds": 90.0}),
        ("Execute", None, {}, NOTEBOOK),
        ("Execute", -1, {}, NOTEBOOK),
        ("Execute", 3600, {}, NOTEBOOK),
        ("Execute", 5, {"cell_wall_seconds": 7}, {"cell_wall_seconds": 7}),
        ("Autograde", 5, {}, {}),
    ],
)
def test_the_time_of_a_cell_is_that_of_nbgrader(
    section: str, timeout: int | None, own: dict[str, float], changed: dict[str, float]
) -> None:
    """Lost otherwise: points of slow answers, in a course that has given them time."""
    config = Config({section: {"timeout": timeout}})
    assert limits_of(config, own) == dataclasses.replace(LIMITS, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize("timeout", ["soon", 2.5])
def test_a_time_that_is_none_is_one_sentence(timeout: object) -> None:
    """Lost otherwise: the instructor's way from a traceback to the line that is wrong."""
    with pytest.raises(TraitError, match=r"c\.Execute\.timeout is .*: give whole seconds"):
        limits_of(Config({"Execute": {"timeout": timeout}}), {})
