"""What `check` and `grade` say of a configuration that leaves nbexaminer, or a setting, out."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbexaminer.__main__ import main
from nbexaminer.configuration import CLASS_LINES, TWO_LINES
from nbexaminer.errors import Status
from nbexaminer.sandbox import self_test
from nbexaminer.sandbox.view import Sandbox
from support.commands import invoked
from support.course import EXERCISE, Course

GRADED_HERE = "learners' code can be graded here"
CONFIG = Path("nbgrader_config.py")
CLASS = Path("class_config.py")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course folder with the two lines, on a machine that keeps what the sandbox promises."""
    Course.make(tmp_path)
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "jupyter"))
    monkeypatch.chdir(tmp_path)
    CONFIG.write_text(f"c = get_config()\n{lines(TWO_LINES)}\n")
    keeps(monkeypatch, True)
    monkeypatch.setattr(Sandbox, "find", lambda profile: None)
    return tmp_path


def keeps(monkeypatch: pytest.MonkeyPatch, kept: bool) -> None:
    """Have the machine keep one promise, and another one or not."""
    tried = [
        self_test.Tried("A promise.", True, ""),
        self_test.Tried("Another [one].", kept, "" if kept else "[what] was seen\nand where"),
    ]
    monkeypatch.setattr(self_test, "tried", lambda *_: iter(tried))


def lines(shown: str) -> str:
    """What a message asks for, as it is typed."""
    return "\n".join(line.strip() for line in shown.splitlines())


def test_what_is_kept_is_no_long_story(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looks for the one line that isn't so would read fifty that are."""
    _, said = invoked(main, "check")
    assert [GRADED_HERE in line for line in said.splitlines()] == [True, False]
    assert said.splitlines()[1].startswith("There is no exchange, so nothing to check of it")
    _, said = invoked(main, "check", "--verbose")
    assert said.splitlines()[1:3] == ["yes A promise.", "yes Another [one]."]
    assert GRADED_HERE in said.splitlines()[0] and GRADED_HERE in said.splitlines()[-1]
    keeps(monkeypatch, False)
    status, said = invoked(main, "check")
    verdict = "Do not grade here: 1 of 2 promises of the sandbox are not kept."
    broken = ["NO  Another [one].", "     [what] was seen", "     and where"]
    assert status == Status.LOOK and said.splitlines()[:4] == [verdict, *broken]
    assert said.splitlines()[-1] == verdict and "A promise" not in said


def test_without_the_two_lines_nothing_is_called_safe(here: Path) -> None:
    """nbgrader would run learners' code as the instructor, who was told that it couldn't."""
    status, said = invoked(main, "check")
    assert status == Status.FINE and GRADED_HERE in said
    CONFIG.write_text("c = get_config()\nc.CourseDirectory.course_id = 'mine'\n")
    status, said = invoked(main, "check")
    assert status == Status.LOOK and GRADED_HERE not in said
    assert "nbgrader_config.py doesn't load nbexaminer" in said and TWO_LINES in said
    _, said = invoked(main, "grade", EXERCISE)
    assert "Note: nbgrader_config.py doesn't load nbexaminer" in said


@pytest.mark.parametrize(("file", "at"), [(CONFIG, "py, line "), (CLASS, "py: SyntaxError: ")])
@pytest.mark.parametrize("command", [("check",), ("grade", EXERCISE)])
def test_a_slip_is_a_sentence_and_nothing_was_done(
    here: Path, file: Path, at: str, command: tuple[str, ...]
) -> None:
    """A script would take it for a class of which something needs the instructor."""
    with CONFIG.open("a") as config:
        config.write(f"{lines(CLASS_LINES)}\n")
    with file.open("a") as config:
        config.write("c.MarkingRules.timezone = 'UTC\n")
    status, said = invoked(main, *command)
    assert status == Status.CANNOT and f"{file.stem}.{at}" in said and "right first" in said
    assert len(said.splitlines()) == 1


def test_class_settings_that_nothing_reads_are_told(here: Path) -> None:
    """A class would be marked without its late policy, and nobody know why."""
    CLASS.write_text("c.MarkingRules.untried = ['ps1']\n")
    passed_over = "class_config.py is there, but nbgrader_config.py doesn't read it"
    status, said = invoked(main, "check")
    assert status == Status.LOOK and passed_over in said and CLASS_LINES in said
    with CONFIG.open("a") as config:
        config.write(f"{lines(CLASS_LINES)}\n")
    status, said = invoked(main, "check")
    assert status == Status.FINE and "class_config.py" not in said


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("c.MarkingRules.untreid = ['ps1']", "did you mean 'untried'? There are "),
        ("c.SubmissionReader.limit = {}", "did you mean 'limits'? There are "),
        ("c.CourseProfile.zzz = []", "there are command, "),
    ],
)
def test_a_misspelt_setting_is_refused(here: Path, line: str, why: str) -> None:
    """What an instructor has set would not hold, with a warning among other lines."""
    with CONFIG.open("a") as config:
        config.write(f"{line}\n")
    for command in (("check",), ("grade", EXERCISE)):
        status, said = invoked(main, *command)
        assert status == Status.CANNOT and f"{line.partition(' ')[0]} is no setting: {why}" in said
