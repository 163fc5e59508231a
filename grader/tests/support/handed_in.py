"""A class that has handed in, and ways to grade it and to compare what came of it."""

from __future__ import annotations

import contextlib
import datetime
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import create_engine, text

from nbexaminer.classroom.course_folder import CourseFolder
from nbexaminer.classroom.pipeline.belt import Conveyor
from nbexaminer.classroom.pipeline.folder import ClassFolder
from nbexaminer.classroom.pipeline.submitted import SubmittedFolder
from nbexaminer.classroom.pipeline.summary import Summary
from nbexaminer.classroom.pipeline.workers import Pool, Task, TaskResult
from nbexaminer.errors import Refusal, Status
from support.commands import run_forked
from support.course import EXERCISE
from support.notebooks import submission

# One worker, unless told otherwise: each is a process that takes seconds to start.
GRADE = ("nbexaminer", "grade", EXERCISE, "--jobs=1")
RIGHT = ["ada", "ben", "cleo", "dan", "eve", "fay"]
BAD = {"bad-json": "not JSON", "bad-missing": "is missing", "bad-time": "timestamp.txt"}
ROWS = {
    "grades": "SELECT s.student_id, c.name, g.auto_score, g.manual_score, g.needs_manual_grade "
    "FROM grade g JOIN base_cell c ON g.cell_id = c.id "
    "JOIN submitted_notebook n ON g.notebook_id = n.id "
    "JOIN submitted_assignment s ON n.assignment_id = s.id",
    "comments": "SELECT s.student_id, c.name, k.auto_comment, k.manual_comment "
    "FROM comment k JOIN base_cell c ON k.cell_id = c.id "
    "JOIN submitted_notebook n ON k.notebook_id = n.id "
    "JOIN submitted_assignment s ON n.assignment_id = s.id",
    "submissions": "SELECT s.student_id, s.timestamp, n.late_submission_penalty, n.flagged "
    "FROM submitted_assignment s JOIN submitted_notebook n ON n.assignment_id = s.id",
}
VERDICTS = "SELECT s.student_id, j.verdicts, j.reason, j.graded FROM grading_journal j "
VERDICTS += "JOIN submitted_assignment s ON j.submission_id = s.id"


@dataclass(frozen=True)
class HandedIn:
    """A course folder in which a class has handed in."""

    root: Path

    @property
    def url(self) -> str:
        return f"sqlite:///{self.root}/gradebook.db"

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", *GRADE, *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, cwd=self.root, stdout=pipe, stderr=pipe, text=True, start_new_session=True
        )

    def grade(self, *arguments: str, status: int = Status.LOOK) -> str:
        """What the class command prints; fails unless it ends with `status`."""
        ran = run_forked(*GRADE, *arguments, cwd=self.root)
        assert ran.returncode == status, ran.stdout + ran.stderr
        return ran.stdout

    def nbgrader(self, *arguments: str, status: int = 0) -> None:
        env = {"JUPYTER_CONFIG_DIR": str(self.root / "jupyter")}
        ran = run_forked("nbgrader", *arguments, cwd=self.root, env=env)
        assert ran.returncode == status, ran.stderr

    def rows(self, url: str | None = None, *queries: str) -> list[Any]:
        """The gradebook without its random ids."""
        engine = create_engine(url or self.url)
        with engine.connect() as connection:
            found = [
                sorted([plain(v) for v in row] for row in connection.execute(text(query)))
                for query in queries or ROWS.values()
            ]
        engine.dispose()
        return found

    def verdicts(self, url: str | None = None) -> list[Any]:
        return self.rows(url, VERDICTS)

    def files(self) -> dict[str, tuple[int, bytes]]:
        """Everything in the autograded folder, hidden files included."""
        top = self.root / "autograded"
        return {
            str(p.relative_to(top)): (p.stat().st_mode, p.read_bytes() if p.is_file() else b"")
            for p in top.rglob("*")
        }

    def grade_by_hand(self, learner: str, points: float, cell: str = "w") -> None:
        with Gradebook(self.url) as gradebook:
            grade = gradebook.find_grade(cell, EXERCISE, EXERCISE, learner)
            grade.manual_score, grade.needs_manual_grade = points, False
            if cell == "w":
                gradebook.find_comment("w", EXERCISE, EXERCISE, learner).manual_comment = "Nice."
            gradebook.db.commit()

    def waiting(self) -> set[tuple[str, str]]:
        """Learner and cell of what a human is to look at."""
        return {(learner, cell) for learner, cell, _, _, look in self.rows()[0] if look == "1.0"}

    def change(self, learner: str, **answers: str) -> None:
        """Hand in another notebook in the place of the learner's."""
        path = self.root / "submitted" / learner / EXERCISE / f"{EXERCISE}.ipynb"
        path.write_bytes(submission(path.read_bytes(), answers))

    def edit_source(self, old: str, new: str) -> None:
        """Replace a text that stands in the source notebook once."""
        path = self.root / "source" / EXERCISE / f"{EXERCISE}.ipynb"
        text = path.read_text()
        assert text.count(old) == 1, text
        path.write_text(text.replace(old, new))


def plain(value: object) -> str:
    """One text for what SQLite and PostgreSQL give for the same value."""
    if isinstance(value, datetime.datetime):
        return f"{value:%Y-%m-%d %H:%M:%S.%f}"
    return str(float(value) if isinstance(value, bool | int) else value)


def hand_in(root: Path, learner: str, notebook: bytes | None, time: str = "2026-11-01") -> Path:
    folder = root / "submitted" / learner / EXERCISE
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text(time)
    if notebook is not None:
        (folder / f"{EXERCISE}.ipynb").write_bytes(notebook)
    return folder


def graded_now(said: str) -> int:
    """The number in the summary."""
    found = re.search(r"graded now\s+│\s+(\d+)", said)
    assert found, said
    return int(found[1])


def assert_same(course: HandedIn, other: HandedIn) -> None:
    assert course.rows() == other.rows()
    assert course.files() == other.files()


class Inline(Executor):
    """Grades in this process; `broken` is in answers that end the worker."""

    def __init__(self, broken: str = "never", raises: Exception | None = None) -> None:
        self.graded: list[str] = []
        self.broken = broken
        self.raises = raises

    def submit(self, fn: Any, task: Task) -> Future[TaskResult]:  # type: ignore[override]
        future: Future[TaskResult] = Future()
        submitted = "" if task.trial else str(task.notebooks[0].submitted)
        if not task.trial:
            self.graded.append(submitted)
        if self.raises is not None and not task.trial:
            future.set_exception(self.raises)
        elif self.broken in submitted:
            future.set_exception(BrokenExecutor("a worker ended"))
        else:
            try:
                future.set_result(fn(task))
            except Refusal as error:
                future.set_exception(error)
        return future

    @contextlib.contextmanager
    def opened(self) -> Iterator[Pool]:
        yield Pool(self, 1)


def run_here(
    monkeypatch: pytest.MonkeyPatch,
    course: HandedIn,
    pool: Inline,
    db: str | None = None,
    force: bool = False,
) -> Summary:
    monkeypatch.chdir(course.root)
    here = ClassFolder(CourseFolder(db), EXERCISE)
    with here.locked(), here.gradebook() as gradebook:
        submitted = SubmittedFolder(here, gradebook, force)
        Conveyor(submitted, here.trial()).run(pool.opened)
        return submitted.summary
