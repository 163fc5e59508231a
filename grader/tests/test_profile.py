"""What a course would lose that the grader doesn't know: its own modules, its name, its withheld
answers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from traitlets import TraitError

from nbexaminer.cli import cli, set_program_name
from nbexaminer.judging.profile import Profile, SandboxRole
from nbexaminer.profile import profile_of


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course with a package for everybody, one for tests, and a folder of data."""
    for package in ("tools", "answers"):
        (tmp_path / package / "deep").mkdir(parents=True)
        for folder in (tmp_path / package, tmp_path / package / "deep"):
            (folder / "__init__.py").write_text("")
    (tmp_path / "tools" / "plots.py").write_text("")
    (tmp_path / "data").mkdir()
    return tmp_path


def configure(course: Path, *lines: str) -> None:
    text = "\n".join(("c = get_config()", *lines))
    (course / "nbgrader_config.py").write_text(text)


SHOWN = (
    "c.CourseProfile.shown = ['tools', 'data']",
    "c.CourseProfile.shown_to_tests = ['answers']",
    "c.CourseProfile.withheld = ['answers']",
)


def test_a_course_says_what_it_shows(course: Path) -> None:
    """Answers could import what is right, or tests couldn't."""
    configure(course, *SHOWN, "c.CourseProfile.warm = ['numpy']")
    profile = profile_of(course)
    assert profile.root == course.resolve() and profile.parts == ("tools", "data", "answers")
    assert profile.packages(*profile.parts) == ["tools", "answers"]
    assert [*profile.modules("tools")] == ["tools", "tools.deep", "tools.plots"]
    learner, test_runner = SandboxRole.learner(profile), SandboxRole.test_runner(profile)
    assert learner.shown == ("tools", "data") and test_runner.shown == ("tools", "data", "answers")
    assert learner.withheld == ("answers",) and not test_runner.withheld
    assert "answers" in learner.unloaded and "numpy" in learner.preload


def test_a_course_without_a_word_has_nothing_beside_its_notebooks(tmp_path: Path) -> None:
    """An instructor with any nbgrader course would have to write a profile first."""
    bare = Profile(tmp_path.resolve())
    assert profile_of(tmp_path) == bare
    configure(tmp_path)
    assert profile_of(tmp_path) == bare


@pytest.mark.parametrize("name", ["tols", "../tools", "tools/plots.py"])
@pytest.mark.parametrize("setting", ["shown", "shown_to_tests"])
def test_a_part_that_is_not_there_is_named(course: Path, setting: str, name: str) -> None:
    """Every answer would fail at its import, and look wrong."""
    configure(course, f"c.CourseProfile.{setting} = [{name!r}]")
    with pytest.raises(TraitError, match=rf"c.CourseProfile.{setting} has '{name}'.*{course}"):
        profile_of(course)


def test_where_a_course_lies_elsewhere_its_packages_are_found(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cluster's workers would need the course in the same folder as the instructor."""
    configure(course, *SHOWN)
    here = profile_of(course)
    there = Profile(Path("/elsewhere/course"), shown=("data", "answers"))
    assert here.found_here() is here
    monkeypatch.syspath_prepend(str(course))
    assert there.found_here().root == course


def test_messages_name_the_command_as_the_course_does(course: Path) -> None:
    """Who reads `nbexaminer grade` would look for a command that their course calls otherwise."""
    before = cli("").strip()
    configure(course, "c.CourseProfile.command = 'my-course'")
    try:
        profile_of(course)
        assert cli("grade 1-mine") == "my-course grade 1-mine"
    finally:
        set_program_name(before)


def test_reading_a_profile_takes_no_nbgrader(course: Path) -> None:
    """A learner's own score would wait seconds for nbgrader, which it doesn't need."""
    loads = "load_subconfig('nbgrader_config.py', path=FOLDER)"
    configure(course, "from nbexaminer.configuration import FOLDER", *SHOWN, loads)
    code = (
        "import sys; from pathlib import Path; from nbexaminer.profile import profile_of\n"
        f"assert profile_of(Path({str(course)!r})).shown == ('tools', 'data')\n"
        "assert not {'nbgrader', 'torch', 'nbformat'} & {*sys.modules}, 'something heavy is loaded'"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
