"""What the commands say where the configuration, the folder or the gradebook can't be used."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from nbexaminer.__main__ import main
from support.course import EXERCISE, Course, good
from support.profile import SMALL_COURSE

COMMANDS = (
    ("grade", EXERCISE),
    ("roster",),
    ("due", EXERCISE),
    ("extend",),
    ("drop", EXERCISE),
    ("collect", EXERCISE, "got.zip"),
    ("fill", EXERCISE, "grades.csv"),
    ("give-back", EXERCISE),
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course folder in which nothing has been handed in."""
    Course.make(tmp_path)
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "jupyter"))
    monkeypatch.chdir(tmp_path)
    exported()
    return tmp_path


def exported() -> None:
    """Write what Moodle gives out into the folder at hand."""
    with zipfile.ZipFile("got.zip", "w") as archive:
        archive.writestr(f"Ada Lovelace_1_assignsubmission_file/{EXERCISE}.ipynb", "{}")
    head = "Identifier,Full name,Email address,Grade,Maximum grade,Last modified (grade)"
    Path("grades.csv").write_text(f"{head}\nParticipant 1,Ada Lovelace,ada@b.org,,3,-\n")


def said(*command: str) -> str:
    """What a command says that is refused; that it ends without a traceback."""
    ran = CliRunner().invoke(main, command)
    assert ran.exit_code in (1, 2), ran.output + repr(ran.exception)
    assert isinstance(ran.exception, SystemExit), repr(ran.exception)
    return " ".join(ran.output.split())


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command[0]))
@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("c.MarkingRules.late_policy = per_day", "NameError: name 'per_day' is not defined"),
        ("c.MarkingRules.late_policy = 'per_day", "SyntaxError: unterminated string"),
        ("c.MarkingRules.timezone = 'Berlin'", "give a name such as 'Europe/Berlin'"),
    ],
)
def test_a_typing_mistake_in_the_configuration_is_named_and_nothing_is_done_without_it(
    here: Path, command: tuple[str, ...], line: str, why: str
) -> None:
    """Else a class would be graded by nbgrader's own settings: without its policy, or a sandbox."""
    with Path("nbgrader_config.py").open("a") as file:
        file.write(f"{line}\n")
    at = len(Path("nbgrader_config.py").read_text().splitlines())
    answer = said(*command)
    assert why in answer
    if "Error" in why:
        assert f"nbgrader_config.py, line {at}" in answer
    assert not Path("gradebook.db").exists()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command[0]))
def test_outside_the_course_folder_the_way_is_told_and_no_gradebook_left(
    here: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else an instructor would look for a mistake in the exercise's name."""
    (here / "elsewhere").mkdir()
    monkeypatch.chdir(here / "elsewhere")
    exported()
    assert "run the command in the course folder" in said(*command)
    assert sorted(path.name for path in Path().iterdir()) == ["got.zip", "grades.csv"]


@contextlib.contextmanager
def locked(gradebook: Path) -> Iterator[None]:
    connection = sqlite3.connect(gradebook, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        connection.close()


@pytest.mark.parametrize("command", COMMANDS[1:], ids=lambda command: str(command[0]))
def test_a_locked_gradebook_is_told_in_words(here: Path, command: tuple[str, ...]) -> None:
    """Else an instructor would read SQL, and not what to close."""
    gradebook = here / "gradebook.db"
    with locked(gradebook), Path("nbgrader_config.py").open("a") as file:
        file.write(f"c.CourseDirectory.db_url = 'sqlite:///{gradebook}?timeout=0.01'\n")
        file.flush()
        answer = said(*command)
    assert "is in use by another program" in answer
    assert "SELECT" not in answer


@pytest.mark.parametrize("line", ["c.MarkingRules.late_policy = per_day", "c.X = 'per_day"])
def test_with_a_mistake_in_class_config_nbgrader_runs_nobodys_code(
    tmp_path: Path, line: str
) -> None:
    """nbgrader goes on without a configuration that it can't read, so in a kernel of its own."""
    course = Course.make(tmp_path)
    shutil.copy(SMALL_COURSE / "nbgrader_config.py", tmp_path)
    (tmp_path / "class_config.py").write_text(f"c.MarkingRules.timezone = 'UTC'\n{line}\n")
    course.hand_in("ada", good(f="def f(x): open('ran', 'w')"))
    for command in ("generate_assignment", "autograde"):
        assert "class_config.py: " in course.nbgrader(command, EXERCISE, status=1)
    assert not list(tmp_path.glob("**/ran")) and not (tmp_path / "autograded").exists()
