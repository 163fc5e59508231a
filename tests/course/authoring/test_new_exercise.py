"""What a maintainer would lose: a new exercise that is whole before a line of it is changed."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from course.__main__ import main
from course.authoring.exercises import ROOT
from course.authoring.new import new

NAME = "9-two-words"
NEEDED = ("checks", "course", "grader", "helpers", "reference")
NEEDED += ("pyproject.toml", "nbgrader_config.py", "tests/conftest.py", "tests/common")
NEEDED += ("tests/checks", "tests/course/authoring/test_sources.py")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course without its exercises: a new one must not be seen by other tests."""
    course = tmp_path_factory.mktemp("course")
    for name in NEEDED:
        (course / name).parent.mkdir(exist_ok=True, parents=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, course / name)
    return course


def _run(course, *command):
    """What a Python command prints in the copy, whose packages go before the installed ones."""
    path = os.pathsep.join((str(course), str(course / "grader" / "src")))
    env = os.environ | {"PYTHONPATH": path}
    ran = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=course, env=env, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def _code(course):
    """The text of each module of the packages."""
    return {
        str(path.relative_to(course)): path.read_text()
        for package in ("checks", "course", "helpers", "reference", "grader")
        for path in (course / package).rglob("*.py")
    }


def test_a_new_exercise_is_whole(course):
    """By the steps of docs/exercises.md: its lint, release, solution, edits and graded answers.

    All the code that it takes is one module.
    """
    before = _code(course)
    said = _run(course, "course", "new", NAME)
    assert _code(course).items() - before.items() == {
        ("checks/two_words.py", (course / "checks/two_words.py").read_text())
    }
    assert f"source/{NAME}/{NAME}.ipynb" in said and "checks/two_words.py" in said
    assert f"make release solutions EXERCISE={NAME}" in said
    assert _run(course, "course", "check-sources", NAME) == ""
    _run(course, "course", "release", NAME)
    _run(course, "course", "solutions", NAME)
    solved = json.loads((course / "solutions" / f"{NAME}.ipynb").read_text())
    printed = json.dumps([c.get("outputs") for c in solved["cells"]], ensure_ascii=False)
    assert "pass for 1 of 1 answers" in printed
    said = _run(course, "pytest", "-v", "-k", NAME, "tests")
    for tests in ("test_edits", "test_slips", "test_answers", "test_sources"):
        assert f"{tests}.py::" in said
    assert "SKIPPED" not in said


def test_what_exists_is_not_made_again(course):
    before = sorted(course.rglob("*"))
    taken = {NAME: f"source/{NAME}", "3-check": "checks/check.py", "10-decoder": "checks/decoder"}
    for name, there in taken.items():
        with pytest.raises(FileExistsError, match=f"{there} exists: choose another name"):
            new(name, course)
    assert sorted(course.rglob("*")) == before


@pytest.mark.parametrize(
    "name", ["mine", "9-Mine", "9_mine", "9-", "../9-mine", "9-mine/x", "9-for"]
)
def test_a_name_that_cant_be_one_is_refused(name, tmp_path):
    with pytest.raises(ValueError, match="can't be an exercise's name: that is a number and"):
        new(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_exercise_that_is_not_there_is_said_so():
    ran = CliRunner().invoke(main, ["release", ".."])
    assert ran.exit_code == 2
    assert "'..'" in ran.output and "1-attention" in ran.output, "it says which there are"
    assert "Traceback" not in ran.output
