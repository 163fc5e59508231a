"""How long learners wait for feedback: `python -m course.maintenance.bench_serve`.

A class hands in through nbgrader's exchange to `llm-basics serve`, twice: spread over a
time, and all at once. The time of an attempt goes from the end of `nbgrader submit` to the moment
when feedback can be fetched. Afterwards the gradebook is looked into: one row and one score for
each attempt, that of the class command. The machine should do nothing else meanwhile.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import nbformat
from nbgrader.api import Gradebook
from nbgrader.utils import notebook_hash
from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine, text

from course.maintenance.classes import MadeUpCourse, fill_in, made_up_class
from course.maintenance.machine import machine

PATIENCE = 600.0
"""Seconds until what has no feedback counts as lost."""


@dataclass
class HandedIn:
    """When `nbgrader submit` came to its end, on the system's clock, and where feedback will be."""

    learner: str
    time: float
    feedback: Path

    @property
    def waited(self) -> float:
        """Seconds until the feedback could be fetched."""
        return self.feedback.stat().st_mtime - self.time


class Class:
    """A course whose exercise is released, and notebooks to hand in."""

    def __init__(self, root: Path, exercise: str, learners: int) -> None:
        self.exercise = exercise
        self.course = MadeUpCourse.make(root, exercise)
        self.course.nbgrader("generate_assignment", exercise)
        self.course.nbgrader("release_assignment", exercise)
        self._fresh = root / "fresh.db"
        shutil.copy(root / "gradebook.db", self._fresh)
        self.exchange = root / "exchange" / "llm-basics"
        names = [f"learner-{i:03}" for i in range(learners)]
        answers = made_up_class(exercise, names)
        self.notebooks: dict[str, bytes] = {}
        for name, given in answers.items():
            notebook = fill_in(self.course.released(exercise), given)
            notebook.cells[-1].source += f"\n# {name}"  # no two hand in the same
            self.notebooks[name] = nbformat.writes(notebook).encode()

    def submit(self, learner: str) -> HandedIn:
        """What `nbgrader submit` does, without its start, which takes seconds."""
        now = time.time()
        stamp = (
            time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1e6):06} UTC"
        )
        secret = secrets.token_hex(64)
        folder = self.exchange / "inbound"
        folder /= f"{learner}+{self.exercise}+{stamp}+{secrets.token_urlsafe(9)}"
        folder.mkdir()
        (folder / f"{self.exercise}.ipynb").write_bytes(self.notebooks[learner])
        (folder / "timestamp.txt").write_text(stamp)
        (folder / "submission_secret.txt").write_text(secret)
        for path in folder.iterdir():
            path.chmod(0o644)
        folder.chmod(0o777)
        page = notebook_hash(secret=secret, notebook_id=self.exercise)
        return HandedIn(learner, time.time(), self.exchange / "feedback" / f"{page}.html")

    @contextlib.contextmanager
    def served(self) -> Iterator[subprocess.Popen[str]]:
        """While the command runs and is ready."""
        command = [sys.executable, "-u", "-m", "course", "serve", self.exercise]
        process = subprocess.Popen(
            command, cwd=self.course.root, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        log = (self.course.root / "serve.log").open("w")
        assert process.stdout is not None
        for line in process.stdout:
            log.write(line)
            if "ready" in line:
                break
        copying = subprocess.Popen(["cat"], stdin=process.stdout, stdout=log)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()
            copying.wait()
            log.close()

    def start_over(self) -> None:
        """Forget everything that was handed in."""
        for name in ("attempts", "submitted", "autograded", "feedback"):
            shutil.rmtree(self.course.root / name, ignore_errors=True)
        for name in ("inbound", "feedback"):
            for path in (self.exchange / name).glob("*"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copy(self._fresh, self.course.root / "gradebook.db")

    def scores(self) -> dict[str, float]:
        """Points, by learner."""
        with Gradebook(self.course.db_url) as gradebook:
            return {s.student_id: s.score for s in gradebook.assignment_submissions(self.exercise)}

    def rows(self) -> list[tuple[str, float]]:
        """Learner and score of each attempt's row."""
        engine = create_engine(self.course.db_url)
        with engine.connect() as connection:
            query = "SELECT student, score FROM grading_attempt WHERE released AND counts"
            rows = [(row[0], row[1]) for row in connection.execute(text(query))]
        engine.dispose()
        return rows


def hand_in(subject: Class, seconds: float) -> list[HandedIn]:
    """Everybody hands in, one after the other within `seconds`; gives it when all have feedback."""
    pause = seconds / len(subject.notebooks)
    begin, handed = time.monotonic(), []
    for number, learner in enumerate(subject.notebooks):
        time.sleep(max(0.0, begin + number * pause - time.monotonic()))
        handed.append(subject.submit(learner))
    end = time.monotonic() + PATIENCE
    while not all(one.feedback.exists() for one in handed) and time.monotonic() < end:
        time.sleep(0.05)
    return handed


@click.command(help=__doc__)
@click.option("--exercise", default="1-attention", show_default=True)
@click.option("--learners", type=click.IntRange(min=1), default=200, show_default=True)
@click.option("--seconds", type=float, default=120.0, show_default=True, help="For spread ones.")
def main(exercise: str, learners: int, seconds: float) -> None:
    """Command line of the module."""
    console = Console(highlight=False, width=110)
    # nbgrader starts `alembic` by its name, also where .venv is not activated.
    os.environ["PATH"] = str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]
    console.print(f"{exercise}, {learners} submissions; {machine()}; load {os.getloadavg()[0]:.1f}")
    table = Table(title="seconds from handing in to feedback")
    for column in ("", "median", "95 %", "worst", "all after", "graded once", "right scores"):
        table.add_column(column, justify="right")
    with tempfile.TemporaryDirectory(prefix="bench-serve-") as folder:
        subject = Class(Path(folder) / "course", exercise, learners)
        wrong = 0
        for name, duration in ((f"over {seconds:g} s", seconds), ("at once", 0.0)):
            with subject.served():
                handed = hand_in(subject, duration)
            rows, scores = subject.rows(), subject.scores()
            subject.course.run(
                "course", "grade", exercise, "--force", cwd=subject.course.root, env={}
            )
            right = sum(subject.scores()[learner] == scores[learner] for learner, _ in rows)
            once = len(rows) if len({learner for learner, _ in rows}) == len(rows) else 0
            wrong += (learners - right) + (learners - once)
            waited = sorted(one.waited for one in handed)
            last = max(one.time + one.waited for one in handed) - handed[0].time
            numbers = (statistics.median(waited), waited[int(0.95 * len(waited))], waited[-1], last)
            table.add_row(name, *(f"{n:.1f}" for n in numbers), str(once), str(right))
            console.print(*(f"{n:.1f}" for n in numbers))
            subject.start_over()
    console.print(table)
    console.print(f"load afterwards {os.getloadavg()[0]:.1f}")
    if wrong:
        sys.exit("some submissions were not graded exactly once, or not as the class command does")


if __name__ == "__main__":
    main()
