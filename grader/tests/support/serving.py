"""Serving in this process: submissions in nbgrader's drop box, and what came of them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from nbgrader.utils import notebook_hash

from nbexaminer.classroom.pipeline import arrivals
from nbexaminer.classroom.pipeline.folder import ClassFolder
from nbexaminer.classroom.pipeline.workers import Pool, Task
from nbexaminer.commands.serve import serve
from support.commands import invoked
from support.course import EXERCISE
from support.handed_in import HandedIn
from support.profile import COURSE_ID

ATTEMPTS = "SELECT student, score, counts, reason, released FROM grading_attempt"


class Here(Executor):
    """Does in this process what workers do; `graded` counts what it graded."""

    def __init__(self) -> None:
        self.graded = 0

    def submit(self, fn: Any, *args: Any) -> Future[Any]:  # type: ignore[override]
        future: Future[Any] = Future()
        self.graded += bool(args) and isinstance(args[0], Task) and not args[0].trial
        try:
            future.set_result(fn(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    @contextlib.contextmanager
    def opened(self) -> Iterator[Pool]:
        yield Pool(self, 1)


@dataclass
class Served:
    """A course folder with an exchange in it.

    said: what the command printed so far.
    """

    course: HandedIn
    patch: pytest.MonkeyPatch
    said: str = ""
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def exchange(self) -> Path:
        return self.course.root / "exchange" / COURSE_ID

    def drop(self, learner: str, notebook: bytes, time: str = "2026-11-20 10:30:00", n: int = 0):
        """What `nbgrader submit` leaves; gives the secret."""
        secret = f"secret-{learner}-{time}-{n}"
        folder = self.exchange / "inbound" / f"{learner}+{EXERCISE}+{time} UTC+{n}"
        folder.mkdir(parents=True)
        (folder / f"{EXERCISE}.ipynb").write_bytes(notebook)
        (folder / "timestamp.txt").write_text(f"{time} UTC")
        (folder / "submission_secret.txt").write_text(secret)
        for path in folder.iterdir():
            path.chmod(0o644)
        folder.chmod(0o777)
        return secret

    def page(self, secret: str) -> str:
        """What the learner who has this secret can fetch, or nothing."""
        name = notebook_hash(secret=secret, notebook_id=EXERCISE)
        path = self.exchange / "feedback" / f"{name}.html"
        return path.read_text() if path.exists() else ""

    def serve(self, status: int = 0, **options: Any) -> int:
        """Serve once; gives how many submissions were graded."""
        here = Here()
        self.patch.chdir(self.course.root)
        self.patch.setattr(ClassFolder, "local_pool", lambda *_: here.opened())
        self.patch.setattr(arrivals, "SETTLED", 0.0)
        named = [f"--{name}={value}" for name, value in options.items()]
        ended, self.said = invoked(serve, EXERCISE, "--once", *named)
        assert ended == status, self.said
        return here.graded

    def configure(self, line: str) -> None:
        with (self.course.root / "nbgrader_config.py").open("a") as config:
            config.write(f"{line}\n")

    def attempts(self) -> list[list[str]]:
        """Student, score, counts, reason and released of each attempt."""
        return list(self.course.rows(None, ATTEMPTS)[0])

    def points(self) -> dict[str, float]:
        """Of the tests, in the gradebook, by learner."""
        points: dict[str, float] = {}
        for learner, _, auto, _, _ in self.course.rows()[0]:
            points[learner] = points.get(learner, 0.0) + float(auto if auto != "None" else 0)
        return points
