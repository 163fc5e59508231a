"""A locked gradebook, two commands at once, a broken test, a regrade: none costs a class points."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future
from pathlib import Path
from typing import Any, ClassVar

import pytest
from nbgrader.apps import AutogradeApp
from nbgrader.apps.api import NbGraderAPI

from nbexaminer.classroom.course_folder import locked
from nbexaminer.classroom.database import TABLES
from nbexaminer.classroom.gradebook.writer import ClassGradebook
from nbexaminer.classroom.pipeline import folder, workers
from nbexaminer.classroom.pipeline.belt import Conveyor
from nbexaminer.classroom.pipeline.fingerprint import grounds
from nbexaminer.classroom.pipeline.folder import ClassFolder
from nbexaminer.commands.grade import grade
from nbexaminer.errors import CannotGrade, SourceError, Status
from nbexaminer.judging.notebook.source import read_source
from nbexaminer.judging.session.engine import Engine
from nbexaminer.judging.session.trial import try_solution
from support.commands import invoked
from support.course import EXERCISE
from support.handed_in import BAD, RIGHT, HandedIn, Inline, assert_same, run_here
from support.notebooks import answer, check, source_of

HIDDEN = "quagga = 4\\n"


@pytest.fixture
def graded(undisturbed: HandedIn, tmp_path: Path) -> HandedIn:
    """The class, graded."""
    shutil.copytree(undisturbed.root, tmp_path / "graded", symlinks=True)
    return HandedIn(tmp_path / "graded")


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """The class command, whose workers are this process: its status and what it prints."""
    monkeypatch.setattr(ClassFolder, "local_pool", lambda *_: Inline().opened())

    def run(course: HandedIn, *options: str) -> tuple[int, str]:
        monkeypatch.chdir(course.root)
        return invoked(grade, EXERCISE, *options)

    return run


@contextlib.contextmanager
def formgrader(course: HandedIn) -> Iterator[Callable[[str], dict[str, Any]]]:
    """What the button of the formgrader does, in its own process."""
    with contextlib.chdir(course.root):
        app = AutogradeApp(log_level="WARN")
        app.initialize([])
        api = NbGraderAPI(app.coursedir, parent=app)
        yield lambda learner: dict(api.autograde(EXERCISE, learner))


@pytest.mark.parametrize(
    ("where", "method"),
    [
        (ClassFolder, "gradebook"),
        (TABLES, "create_all"),
        (ClassGradebook, "entry"),
        (ClassGradebook, "record"),
        (ClassGradebook, "awaiting_a_human"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_locked_gradebook_is_one_sentence(
    where: Any,
    method: str,
    course: HandedIn,
    undisturbed: HandedIn,
    command: Callable[..., tuple[int, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A traceback of 71 lines doesn't say that the formgrader is open elsewhere."""
    other = sqlite3.connect(course.root / "gradebook.db", isolation_level=None)
    called = getattr(where, method)

    def lock_first(*arguments: Any, **named: Any) -> Any:
        if not other.in_transaction:
            other.execute("BEGIN EXCLUSIVE")
        return called(*arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(where, method, lock_first)
        status, said = command(course, f"--db={course.url}?timeout=0.2")
    told = said.strip().split("\n")
    assert status == Status.CANNOT
    assert "is in use by another program (database is locked)" in told[-1]
    assert told[-1].endswith("then run the same command again")
    assert "Traceback" not in said and sum("gradebook" in line for line in told) == 1
    other.close()
    run_here(monkeypatch, course, Inline())
    assert_same(course, undisturbed)


def test_a_database_server_that_does_not_answer(
    course: HandedIn, command: Callable[..., tuple[int, str]]
) -> None:
    """An instructor sees what to do, and nobody the password."""
    pytest.importorskip("psycopg2")
    status, said = command(course, "--db=postgresql://me:sesame@127.0.0.1:1/grades")
    assert status == Status.CANNOT and "Connection refused" in said
    assert "127.0.0.1:1/grades can't be used now" in said and "sesame" not in said
    assert len(said.strip().split("\n")) == 1


def test_nbgraders_command_is_refused_beside_the_class_command(
    course: HandedIn,
) -> None:
    """Both write autograded/ and the gradebook: a learner would get half of each."""
    with locked(course.root):
        course.nbgrader("autograde", EXERCISE, status=1)
        with formgrader(course) as press:
            assert "another run is grading" in press("ada")["error"]
    assert not (course.root / "autograded").exists() and not course.rows()[0]


def test_the_class_command_is_refused_beside_nbgraders(
    course: HandedIn, command: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other way round; and whatever nbgrader's ends in, it lets go of the folder."""
    meanwhile = []
    run = Conveyor.run

    def grade_twice(conveyor: Any, pool: Any) -> None:
        meanwhile.append(command(course))
        if len(meanwhile) > 1:
            raise KeyError("ends in an error")
        run(conveyor, pool)

    with monkeypatch.context() as patch, formgrader(course) as press:
        patch.setattr(Conveyor, "run", grade_twice)
        assert press("ada")["success"]
        assert not press("ben")["success"]
    for status, said in meanwhile:
        assert status == Status.CANNOT and "another run is grading" in said
    assert {row[0] for row in course.rows()[0]} == {"ada"}
    assert command(course)[0] == Status.LOOK
    with locked(course.root):
        pass


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (HIDDEN, "import torhc\\nquagga = 4\\n", ["'f-hidden': error", "No module named 'torhc'"]),
        (HIDDEN, "quagga = 5\\n", ["'f-hidden': failed", "f(2) gave 4"]),
        (HIDDEN, "quagga = four\\n", ["'f-hidden': error", "four is not defined"]),
        ("f(3) == 6", "f(3) == six", ["'f-visible': error", "six is not defined"]),
        ("return 2 * x", "return torhc(x)", ["'f-visible': error", "'torhc' is not defined"]),
        ('"nbformat": 4', '"nbformat": 4,,', ["the source notebook can't be read"]),
    ],
    ids=["import", "wrong", "name", "visible", "solution", "unreadable"],
)
def test_a_broken_test_stops_before_it_costs_points(
    old: str, new: str, said: list[str], graded: HandedIn, command: Callable[..., tuple[int, str]]
) -> None:
    """A misspelt import in a hidden test gave 25 learners no points, in silence."""
    before = graded.rows(), graded.files()
    graded.edit_source(old, new)
    status, told = command(graded, "--force")
    assert status == Status.CANNOT
    with formgrader(graded) as press:
        pressed = press("ada")
        again = press("ada")
    for message in (told, pressed["error"], again["error"]):
        assert all(part in message for part in said), message
    assert (graded.rows(), graded.files()) == before, "what was graded is lost"
    graded.edit_source(new, old)
    with formgrader(graded) as press:
        assert press("ada")["success"], "once corrected, it is not believed"


def test_a_test_that_comes_to_judge_nobody_is_named(
    course: HandedIn, command: Callable[..., tuple[int, str]]
) -> None:
    """What all learners trip over is seldom their fault."""
    for learner in (*BAD, "blank", "late"):
        shutil.rmtree(course.root / "submitted" / learner)
    status, said = command(course)
    assert status == Status.FINE and "look at" not in said
    for learner in RIGHT:
        course.change(learner, f="def f(x): return x / 0")
    status, said = command(course)
    assert status == Status.LOOK
    for cell in ("f-visible", "f-hidden"):
        which = "look at this test, which neither passed nor failed anybody"
        line = f"{cell} of {EXERCISE}: {which}: 6 error, for instance: "
        assert f"{line}f raised ZeroDivisionError" in said
    course.change("ada", f="def f(x): return 1")
    status, said = command(course)
    assert status == Status.FINE and "look at" not in said


SCORES = {
    "name": "score = 1.0\nscore",
    "arithmetic": "points = 0\nif f(1) == 2: points += 1\npoints / 2  # half",
    "hidden": "### BEGIN HIDDEN TESTS\nscore = 1\nscore\n### END HIDDEN TESTS",
}


@pytest.mark.parametrize("code", SCORES.values(), ids=SCORES)
def test_a_solution_that_gets_a_part_is_refused(code: str, engine: Engine) -> None:
    """1.0 of 2 points would be the most that anybody could get."""
    source = source_of(answer("f", "def f(x): return 2 * x"), check("a-cell", code))
    with pytest.raises(SourceError, match=r"(?s)'a-cell': it ends in .* of 2 points; where"):
        try_solution(engine, read_source(source), "it")


@pytest.mark.parametrize(
    "code",
    [
        "def looked_at(y):\n    assert y == 6\n    return y\n\n'é'; looked_at(f(3));",
        "2.0 if f(1) == 2 else 1.0",
        "assert f(3) == 6\n'''\nwell done'''",
        "f(3) == 6",
        "def test():\n    assert f(1) == 2\n\ntest()",
        "print(f(1))\nNone",
        "# nothing",
    ],
)
def test_a_test_may_end_in_a_call(code: str, engine: Engine) -> None:
    """Checks give back what they have looked at, and some all of the points."""
    source = source_of(answer("f", "def f(x): return 2 * x"), check("t", code))
    try_solution(engine, read_source(source), "it")


def test_what_a_human_graded_stays_graded(
    graded: HandedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One comment line in checks/ had an instructor look at 28 written answers again."""
    run_here(monkeypatch, graded, Inline(), force=True)
    for learner in RIGHT:
        graded.grade_by_hand(learner, 2.0)
    graded.grade_by_hand("cleo", 1.0, "f-hidden")
    graded.grade_by_hand("eve", 1.0, "f-hidden")
    waiting = graded.waiting()
    assert not waiting & {(learner, "w") for learner in RIGHT} and ("late", "w") in waiting
    for module in (folder, workers):
        monkeypatch.setattr(
            module, "grading_version", lambda source, profile: "with one more comment"
        )
    assert run_here(monkeypatch, graded, Inline()).graded == 10
    assert graded.waiting() == waiting
    graded.nbgrader("autograde", EXERCISE, "--force", status=1)
    assert graded.waiting() == waiting, "nbgrader's own command opens them again"
    graded.change("ada", w="Quite another thing.")
    graded.change("cleo", f="def f(x): return 3 * x")
    waiting |= {("ada", "w"), ("cleo", "f-hidden")}
    run_here(monkeypatch, graded, Inline())
    assert graded.waiting() == waiting
    run_here(monkeypatch, graded, Inline(), force=True)
    graded.nbgrader("autograde", EXERCISE, "--force", "--student=cleo")
    assert graded.waiting() == waiting, "nobody has looked at them yet"
    graded.edit_source("f(3) == 6", "f(0) == 0")
    graded.edit_source("f(1) == 2", "f(0) == 0")
    graded.edit_source("assert f(2) == quagga", "assert f(2) in (quagga, 6)")
    run_here(monkeypatch, graded, Inline())
    assert graded.waiting() == waiting, "cleo waits, and what eve's code gets has not changed"


def test_a_test_whose_result_changes_is_looked_at_again() -> None:
    """Points given by hand were given for what the test said then; so they were for a picture."""

    def notebook(outcome: str = "failed", code: str = "f = 1", picture: str = "iVBO") -> Any:
        test = {"grade_id": "t", "grade": True, "locked": True, "solution": False}
        prose = {"grade_id": "w", "grade": True, "locked": False, "solution": True}
        return {
            "cells": [
                {"cell_type": "code", "source": code, "metadata": {}},
                {
                    "cell_type": "code",
                    "source": "the test",
                    "metadata": {"nbgrader": test, "grading": {"outcome": outcome}},
                },
                {
                    "cell_type": "markdown",
                    "source": "See ![](attachment:a.png)",
                    "attachments": {"a.png": {"image/png": picture}},
                    "metadata": {"nbgrader": prose},
                },
            ]
        }

    before = grounds(notebook())
    assert grounds(notebook("error")) == before, "no points before, none now"
    assert grounds(notebook("passed"))["t"] != before["t"]
    assert grounds(notebook(code="f = 2"))["t"] != before["t"]
    assert grounds(notebook(code="f = 2"))["w"] == before["w"]
    assert grounds(notebook(picture="iVBP"))["w"] != before["w"]


def test_workers_that_end_between_two_submissions(
    course: HandedIn, undisturbed: HandedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The learner who was next would be left out, and nobody told."""

    class Ending(Inline):
        asked: ClassVar[list[Any]] = []

        def submit(self, fn: Any, task: Any) -> Any:
            self.asked.append(task)
            if len(self.asked) in (4, 5):
                raise BrokenExecutor("ended")
            return super().submit(fn, task)

    assert run_here(monkeypatch, course, Ending()).graded == 10
    assert_same(course, undisturbed)


def test_a_solution_that_ends_its_worker_ends_the_run(
    course: HandedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the command would try for ever."""

    class Ending(Inline):
        def submit(self, *_: Any) -> Any:
            future: Future[Any] = Future()
            future.set_exception(BrokenExecutor("ended"))
            return future

    with pytest.raises(CannotGrade, match="ends the process that grades it"):
        run_here(monkeypatch, course, Ending())
