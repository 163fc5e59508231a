"""Where `nbgrader autograde` is as ever, and where it differs on purpose: docs/autograde.md.

Each line of the table there names in a comment the tests that hold it.
"""

from __future__ import annotations

import ast
import contextlib
import datetime
import json
import logging
import re
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.apps import AutogradeApp, GenerateAssignmentApp, NbGrader
from nbgrader.apps.api import NbGraderAPI
from traitlets import TraitError
from traitlets.config import Config

from nbexaminer.errors import SourceError
from nbexaminer.judging.notebook.source import read_source
from nbexaminer.judging.session.engine import Engine
from nbexaminer.settings import Settings
from support.docs import GRADER
from support.notebooks import answer, check, nbgrader, source_of, submission, written
from support.profile import configured

TABLE = GRADER / "docs" / "autograde.md"
EXERCISE = "1-own"
DUE = datetime.datetime(2026, 11, 20, 12, 0)
CONFIGURATION = (
    "from pathlib import Path",  # it is copied
    "c.CourseDirectory.root = str(Path(__file__).resolve().parent)",
    "c.CourseDirectory.submitted_directory = 'handed_in'",
    "c.CourseDirectory.autograded_directory = 'marked'",
    "c.CourseDirectory.directory_structure = '{nbgrader_step}/{assignment_id}/{student_id}'",
    "c.CourseDirectory.student_id_exclude = 'gus,hal'",
    "c.Autograde.exclude_overwriting = {'1-own': ['helper.py']}",
    "c.LateSubmissionPlugin.penalty_method = 'zero'",
)
TASK = nbgrader("task", task=True, locked=True, points=3)


def first() -> bytes:
    return source_of(
        answer("f", "def f(x): return 2 * x"),
        check("f-test", "assert f(1) == 2, 'f(1) is 2'"),
        answer("g", "from helper import twice\n\ndef g(x): return twice(x)"),
        check("g-test", "from helper import twice\nassert g(2) == twice(2) == 4"),
        new_markdown_cell("Draw it, and say why.", id="task", metadata=TASK),
        written("w", "### BEGIN SOLUTION\nbecause\n### END SOLUTION"),
    )


def second() -> bytes:
    return source_of(answer("h", "h = 1"), check("h-test", "assert h == 1", 1))


RIGHT = {
    "f": "def f(x): return x + x",
    "g": "from helper import twice\n\ndef g(x): return twice(x)",
    "w": "It doubles.",
}


def spoiled() -> bytes:
    """An answer that ends in an error, another that writes a file, and all else not as it was."""
    answers = RIGHT | {"f": "raise ValueError('no idea')"}
    notebook = nbformat.reads(submission(first(), answers).decode(), as_version=4)
    notebook.cells.append(new_code_cell("open('made.txt', 'w').write('mine')", id="mine"))
    notebook.metadata.kernelspec = {"name": "ir", "language": "R", "display_name": "R"}
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("points"):
            about.update(points=100, checksum="0")
        if about.get("locked") and about.get("grade"):
            cell.source = "assert True"
        about.update({"schema_version": 1} if about else {})
    return nbformat.writes(notebook).encode()


@dataclass
class Class:
    """A course folder, and a class that has handed in.

    status, log: of the command that graded it.
    """

    root: Path
    status: int = 0
    log: str = ""

    def hand_in(self, learner: str, time: str | None = None, **notebooks: bytes) -> Path:
        folder = self.root / "handed_in" / EXERCISE / learner
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in notebooks.items():
            (folder / f"{name}.ipynb").write_bytes(data)
        if time is not None:
            (folder / "timestamp.txt").write_text(time)
        return folder

    def autograde(
        self, *options: str, exercise: str = EXERCISE, command: type[NbGrader] = AutogradeApp
    ) -> tuple[int, str]:
        """The status of the command, or of another one, in this process, and what it logs."""
        said: list[str] = []
        handler = logging.Handler()
        handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
        status = 0
        with contextlib.chdir(self.root):
            app = command()
            app.initialize([exercise, *options])
            app.log.addHandler(handler)
            try:
                app.start()
            except SystemExit as end:
                status = int(end.code or 0)
            finally:
                app.log.removeHandler(handler)
        self.status, self.log = status, "\n".join(said)
        return status, self.log

    def graded(self, learner: str) -> Path:
        return self.root / "marked" / EXERCISE / learner

    def cells(self, learner: str, name: str = "first") -> dict[str, Any]:
        """The cells of a graded notebook, by their ids."""
        notebook = nbformat.read(self.graded(learner) / f"{name}.ipynb", as_version=4)
        return {cell.id: cell for cell in notebook.cells}

    def rows(self) -> dict[str, dict[str, tuple[float | None, float | None, bool]]]:
        """For each learner and graded cell what the test gave, what a person gave, and whether a
        person is to look."""
        with Gradebook(f"sqlite:///{self.root}/gradebook.db") as gradebook:
            return {
                s.student.id: {
                    g.name: (g.auto_score, g.manual_score, g.needs_manual_grade)
                    for notebook in s.notebooks
                    for g in notebook.grades
                }
                for s in gradebook.assignment_submissions(EXERCISE)
            }

    def late(self, learner: str) -> tuple[float, float | None]:
        """Seconds, and what they cost."""
        with Gradebook(f"sqlite:///{self.root}/gradebook.db") as gradebook:
            found = gradebook.find_submission(EXERCISE, learner)
            lost = next(n.late_submission_penalty for n in found.notebooks if n.name == "first")
            return found.total_seconds_late, lost


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Class:
    """The class, graded by one command: nothing was generated before."""
    course = Class(tmp_path_factory.mktemp("as-nbgrader").resolve())
    configured(course.root, *CONFIGURATION)
    source = course.root / "source" / EXERCISE
    source.mkdir(parents=True)
    (source / "first.ipynb").write_bytes(first())
    (source / "second.ipynb").write_bytes(second())
    (source / "data.csv").write_text("1\n")
    (source / "helper.py").write_text("def twice(x): return 2 * x")
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        gradebook.add_assignment(EXERCISE, duedate=DUE)
    right, other = submission(first(), RIGHT), submission(second(), {"h": "h = 1"})
    ada = course.hand_in("ada", "2026-11-20 12:00:00 UTC", first=right, second=other)
    (ada / "data.csv").write_text("2\n")
    (ada / "first copy.ipynb").write_bytes(spoiled())
    course.hand_in("ben", "2026-11-20 13:00:00 UTC", first=spoiled(), second=other)
    cleo = course.hand_in("cleo", "", first=right)
    (cleo / "helper.py").write_text("def twice(x): return 5 * x")
    course.hand_in("dan")
    course.hand_in("eve", "after lunch", first=right, second=other)
    old = json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []})
    course.hand_in("fay", first=right, second=old.encode())
    for learner in ("gus", "hal"):
        course.hand_in(learner, first=right, second=other)
    course.autograde()
    return course


@pytest.fixture
def course(graded: Class, tmp_path: Path) -> Class:
    """A copy of it."""
    shutil.copytree(graded.root, tmp_path / "course")
    return Class((tmp_path / "course").resolve())


def test_one_command_is_enough(graded: Class) -> None:
    """Lost otherwise: a class, to somebody who has not run `generate_assignment` first."""
    assert graded.rows()["ada"] == {
        "f-test": (2.0, None, False),
        "g-test": (2.0, None, False),
        "task": (None, None, True),
        "w": (None, None, True),
        "h-test": (1.0, None, False),
    }
    assert [*graded.rows()] == ["ada", "ben", "cleo", "dan", "fay"], "new, and not excluded"


def test_status_1_and_the_rest_is_graded(graded: Class) -> None:
    """Lost otherwise: a learner of whom nobody hears, since a script saw status 0."""
    assert graded.status == 1
    assert "Not graded: eve: timestamp.txt" in graded.log
    assert graded.graded("fay").exists() and not graded.graded("eve").exists()


def test_the_formgraders_button_says_so(course: Class) -> None:
    """Lost otherwise: the reason, behind a green "Success"."""
    with contextlib.chdir(course.root):
        app = AutogradeApp(log_level="WARN")
        app.initialize([])
        api = NbGraderAPI(app.coursedir, parent=app)
        pressed = api.autograde(EXERCISE, "eve", force=False)
        assert not pressed["success"] and "Not graded: eve: timestamp.txt" in pressed["log"]
        assert api.autograde(EXERCISE, "ada", force=False)["success"]


def test_status_0_where_all_is_graded(course: Class) -> None:
    """Lost otherwise: a script's next step, though nothing is wrong."""
    course.hand_in("eve", "2026-11-20 11:00:00 UTC")
    status, log = course.autograde()
    assert status == 0 and "graded 1; refused 0; not graded 0; unchanged 5" in log


def test_lateness_and_what_it_costs(course: Class) -> None:
    """Lost otherwise: points for an hour late that was none, or none for one that was."""
    assert course.late("ada") == (0, None) and course.late("cleo") == (0, None)
    assert course.late("ben") == (3600, 2.0), "the points of g-test"
    course.hand_in("ben", "2026-11-20 11:00:00 UTC")
    course.autograde("--student=ben")
    assert course.late("ben") == (0, None)


def test_what_a_notebook_says_of_itself_does_not_count(graded: Class) -> None:
    """Lost otherwise: 100 points for `assert True`; a class, to one notebook of an old nbgrader."""
    assert graded.rows()["ben"]["f-test"] == (0.0, None, False)
    assert graded.rows()["ben"]["g-test"] == (2.0, None, False), "an error ends its cell alone"
    cells = graded.cells("ben")
    assert "f(1) is 2" in cells["f-test"].source and cells["f-test"].metadata.nbgrader.points == 2
    assert "ValueError: no idea" in str(cells["f"].outputs)
    notebook = nbformat.read(graded.graded("ben") / "first.ipynb", as_version=4)
    assert notebook.metadata.kernelspec.name == "python3"


def test_which_files_lie_beside_what_is_graded(graded: Class) -> None:
    """Lost otherwise: the course's data, to a learner's; or what was handed in for feedback."""
    names = {"data.csv", "timestamp.txt", "first.ipynb", "second.ipynb"}
    assert {path.name for path in graded.graded("ada").iterdir()} == names
    assert (graded.graded("ada") / "data.csv").read_text() == "1\n"
    assert "first copy.ipynb" in graded.log, "not graded, and it is said"
    assert not (graded.graded("ben") / "made.txt").exists()
    assert {stat.S_IMODE(p.stat().st_mode) for p in graded.graded("ada").iterdir()} == {0o444}


def test_a_file_that_learners_may_change_is_theirs(graded: Class) -> None:
    """Lost otherwise: what they were asked to write into it; it was graded with the source's."""
    assert "5 * x" in (graded.graded("cleo") / "helper.py").read_text()
    assert graded.rows()["cleo"]["g-test"] == (0.0, None, False), "10 instead of 4"
    assert graded.rows()["cleo"]["f-test"] == (2.0, None, False)


def test_a_large_file_of_theirs_is_refused_by_name(course: Class) -> None:
    """Lost otherwise: the folder that a learner's code runs in, full before it begins."""
    (course.hand_in("ada") / "helper.py").write_bytes(b"#" * (2 << 20))
    assert course.autograde("--student=ada")[0] == 1
    assert "Not graded: ada: helper.py: the file has 2.1 MB" in course.log


@pytest.mark.parametrize("learner, notebook", [("cleo", "second"), ("dan", "first")])
def test_what_is_missing_has_0_points_and_waits(learner: str, notebook: str, graded: Class) -> None:
    """Lost otherwise: whoever has named a file wrongly, at 0 points without a word."""
    test = {"first": "f-test", "second": "h-test"}[notebook]
    assert graded.rows()[learner][test] == (0.0, None, True)
    assert f"Set aside: {learner}: " in graded.log
    assert f"{notebook}.ipynb is missing" in str(graded.cells(learner, notebook))


def test_a_notebook_of_an_old_format_is_set_aside(graded: Class) -> None:
    """Lost otherwise: the learner's way out, in a traceback."""
    said = "its notebook format is '3', not 4: open it in JupyterLab and save it again"
    assert f"Set aside: fay: second: {said}" in graded.log
    assert graded.rows()["fay"]["f-test"] == (2.0, None, False), "the other one is graded"


def test_what_has_changed_is_graded_again_and_nothing_else(course: Class) -> None:
    """Lost otherwise: a corrected answer, where its time stamp is the same; or an hour."""
    before = (course.graded("ben") / "first.ipynb").stat().st_mtime_ns
    changed = submission(first(), RIGHT | {"f": "f = None"})
    course.hand_in("ada", first=changed)
    shutil.rmtree(course.graded("cleo"))
    assert "graded 2; refused 0; not graded 1; unchanged 3" in course.autograde()[1]
    assert course.rows()["ada"]["f-test"] == (0.0, None, False)
    assert (course.graded("cleo") / "first.ipynb").exists()
    assert (course.graded("ben") / "first.ipynb").stat().st_mtime_ns == before


@pytest.mark.parametrize("force", ["--force", "-f"])
def test_force_grades_again(force: str, course: Class) -> None:
    """Lost otherwise: an instructor's only way to say so; or points that a person gave."""
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        grade = gradebook.find_grade("w", "first", EXERCISE, "ada")
        grade.manual_score, grade.needs_manual_grade = 2.5, False
        gradebook.db.commit()
    assert "graded 1; " in course.autograde(force, "--student=ada")[1]
    assert course.rows()["ada"]["w"] == (None, 2.5, False)


def test_one_learner(course: Class) -> None:
    """Lost otherwise: an evening, where one learner has a question."""
    shutil.rmtree(course.graded("ada"))
    shutil.rmtree(course.graded("cleo"))
    assert course.autograde("--student=ada")[0] == 0
    assert course.graded("ada").exists() and not course.graded("cleo").exists()


def test_a_learner_whom_the_gradebook_does_not_know(course: Class) -> None:
    """Lost otherwise: a roster that is kept by hand; or the class, to one stranger in it."""
    right = submission(second(), {"h": "h = 1"})
    for learner in ("ada", "zoe"):
        course.hand_in(learner, first=submission(first(), {"f": "f = None"}), second=right)
    status, log = course.autograde("--Autograde.create_student=False")
    assert status == 1 and "Not graded: zoe: " in log and "no student 'zoe'" in log
    assert course.rows()["ada"]["f-test"][0] == 0.0, "the others are graded"
    course.autograde("--create", "--student=zoe")
    assert course.rows()["zoe"]["h-test"] == (1.0, None, False)


@pytest.mark.parametrize("exercise", ["1-owm", "1-*"])
def test_no_such_exercise_names_those_that_there_are(exercise: str, course: Class) -> None:
    """Lost otherwise: an instructor's time, after a slip of the finger."""
    shutil.copytree(course.root / "handed_in" / EXERCISE, course.root / "handed_in" / "1-owm")
    status, log = course.autograde(exercise=exercise)
    assert status == 1
    assert f"there is no exercise {exercise!r} in source/; there are: {EXERCISE}" in log


REFUSED = {
    "--notebook=first": "is 'first', and 1-own has first, second: an exercise's notebooks are",
    "--no-execute": "without running the tests nothing can be graded: leave that out",
    "--Execute.timeout=soon": "whole seconds",
    "--SubmissionReader.limits={'processes': 3.5}": "processes = 3.5: give a whole number",
}


@pytest.mark.parametrize("option", REFUSED)
def test_options_that_cannot_be_followed_are_refused(option: str, course: Class) -> None:
    """Lost otherwise: a second notebook's points, or a class's; they were passed over in silence,
    and `--notebook` took the others out of a gradebook that was still empty."""
    before = course.rows()
    status, log = course.autograde("--force", option)
    assert status == 1 and REFUSED[option] in log
    assert course.rows() == before


def test_all_notebooks_by_a_pattern_are_graded(course: Class) -> None:
    """Lost otherwise: a course that has `c.CourseDirectory.notebook_id` in its configuration."""
    (course.root / "source" / EXERCISE / "draft.ipynb").write_bytes(b"{")
    status, log = course.autograde("--notebook=[fs]*", "--student=ada", "--force")
    assert status == 0 and "graded 1; " in log


def test_a_new_exercise_is_not_registered_in_part(course: Class) -> None:
    """Lost otherwise: the second notebook's points, for all who hand in."""
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        gradebook.remove_assignment(EXERCISE)
    status, log = course.autograde("--notebook=first")
    assert status == 1 and "1-own has first, second: an exercise's notebooks are" in log
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        assert EXERCISE not in {assignment.name for assignment in gradebook.assignments}


HOOK = "def hook(**about): raise SystemExit"


def test_settings_without_effect_are_named(course: Class) -> None:
    """Lost otherwise: an instructor's own step, which they believe is done."""
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write(f"{HOOK}\nc.Autograde.pre_convert_hook = hook\n")
        config.write("c.LimitOutput.max_lines = 10\nc.Execute.kernel_name = 'other'\n")
    status, log = course.autograde("--student=ada")
    named = "c.Autograde.pre_convert_hook, c.Execute.kernel_name, c.LimitOutput.max_lines"
    assert (
        status == 0
        and f"without effect, since submissions are graded by nbexaminer: {named}" in log
    )


def test_permissions_are_those_that_are_configured(course: Class) -> None:
    """Lost otherwise: a second instructor of the group, who can't write what the first has."""
    course.autograde("--Autograde.permissions=640", "--student=ada", "--force")
    assert {stat.S_IMODE(p.stat().st_mode) for p in course.graded("ada").iterdir()} == {0o640}
    course.autograde("--CourseDirectory.groupshared=True", "--student=ada", "--force")
    assert {stat.S_IMODE(p.stat().st_mode) for p in course.graded("ada").iterdir()} == {0o664}
    assert stat.S_IMODE(course.graded("ada").stat().st_mode) & 0o2770 == 0o2770


def test_a_source_with_an_older_nbgraders_metadata_is_refused(course: Class) -> None:
    """Lost otherwise: the way out, which nbgrader knows: `nbgrader update`."""
    path = course.root / "source" / EXERCISE / "second.ipynb"
    text = path.read_text().replace('"schema_version": 3', '"schema_version": 1')
    path.write_text(text.replace('"points": 1', '"points": 5'))
    status, log = course.autograde()
    assert status == 1 and "update the metadata using:\n\nnbgrader update ." in log


def test_the_due_date_fits_an_older_format(course: Class) -> None:
    """Lost otherwise: an error of the notebook's format, in each that is released."""
    path = course.root / "source" / EXERCISE / "second.ipynb"
    notebook = json.loads(path.read_text()) | {"nbformat_minor": 4}
    for cell in notebook["cells"]:
        del cell["id"]
    path.write_text(json.dumps(notebook))
    status, log = course.autograde(command=GenerateAssignmentApp)
    released = (course.root / "release" / EXERCISE / "second.ipynb").read_text()
    assert status == 0 and "is invalid" not in log
    assert "**Due:** Friday 20 November 2026" in released
    nbformat.validate(json.loads(released))


OTHER_LANGUAGES: dict[str, Callable[[Any], None]] = {
    "R": lambda about: about.update(kernelspec={"name": "ir", "language": "R"}),
    "julia": lambda about: about.update(language_info={"name": "julia"}),
}


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_a_source_in_another_language_is_refused(language: str) -> None:
    """Lost otherwise: the reason, among a hundred syntax errors."""
    notebook = json.loads(second())
    OTHER_LANGUAGES[language](notebook["metadata"])
    with pytest.raises(SourceError, match=f"is in {language}: only notebooks in Python"):
        read_source(json.dumps(notebook).encode())


@pytest.mark.parametrize("about", [{}, {"language_info": {"name": "python"}}, {"kernelspec": {}}])
def test_a_source_that_does_not_say_so_is_in_python(about: dict[str, Any]) -> None:
    """Lost otherwise: a course that keeps no metadata in git."""
    notebook = json.loads(second()) | {"metadata": about}
    assert read_source(json.dumps(notebook).encode()).stubs.keys() == {"h"}


@pytest.mark.parametrize("value", [3.5, float("inf"), float("nan"), True, "64"])
def test_a_limit_that_is_none_is_refused(value: object) -> None:
    """Lost otherwise: the process that starts all others, and a class with it."""
    limits = {"SubmissionReader": {"limits": {"processes": value}}}
    with pytest.raises(TraitError, match=f"processes = {value!r}: give a whole number"):
        Settings(config=Config(limits))


def test_a_limit_may_be_written_as_people_do() -> None:
    """Lost otherwise: `2e9` bytes, and 60 seconds."""
    given_limits = {"memory_bytes": 2e9, "cell_wall_seconds": 60}
    settings = Settings(config=Config({"SubmissionReader": {"limits": given_limits}}))
    assert str(settings.limits["memory_bytes"]) == "2000000000"
    assert settings.limits["cell_wall_seconds"] == 60.0


def _tests() -> set[str]:
    """The names of all tests of the grader's."""
    return {
        node.name
        for path in (GRADER / "tests").rglob("test_*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_each_line_of_the_table_is_held_by_a_test() -> None:
    """Lost otherwise: trust in a page that says what the command no longer does."""
    lines = [line for line in TABLE.read_text().splitlines() if line.startswith("| ")]
    lines = [line for line in lines if not line.startswith(("| what |", "|---"))]
    assert len(lines) > 30
    tests = _tests()
    for line in lines:
        named = re.findall(r"<!--(.*?)-->", line)
        assert named and named[0].split(), f"no test: {line}"
        unknown = {name for name in named[0].split() if f"test_{name}" not in tests}
        assert not unknown, f"no such test: {unknown}"
