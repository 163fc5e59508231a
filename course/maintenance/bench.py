"""How fast grading is on this machine, which should do nothing else meanwhile: `make bench`.

Side by side: stock `nbgrader autograde`, the same command with this course's configuration, and
`llm-basics grade` take turns at grading the same submissions, from nothing each time.
Growth: the class command on classes of several sizes, and what they cost it. Scores are
compared with stock nbgrader's throughout, which is right about honest answers.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import nbexaminer.startup  # noqa: F401  first, since it has nbformat imported in a second less

# isort: split
import click
import nbformat
import psutil
from nbgrader.api import Gradebook
from rich.console import Console
from rich.progress import track
from rich.table import Table

from course.authoring.exercises import ROOT, source_of
from course.maintenance.classes import MadeUpCourse, fill_in, made_up_class
from course.maintenance.machine import machine

STOCK_CONFIG = """c = get_config()
c.CourseDirectory.course_id = "llm-basics"
c.CourseDirectory.root = {root!r}
c.ClearMarkScheme.enforce_metadata = False
"""
STOCK, PLUGGED, OURS = "stock nbgrader autograde", "nbgrader autograde here", "llm-basics grade"
MIB = 1 << 20


@dataclass(frozen=True)
class Cost:
    """What one run took.

    seconds, cpu_seconds: wall clock and the computing time of all cores together.
    """

    seconds: float
    cpu_seconds: float


@dataclass(frozen=True)
class Sample:
    """The class command's own process after so many submissions.

    seconds: since the run began.
    resident_bytes: memory of the process that writes the gradebook.
    """

    submissions: int
    seconds: float
    resident_bytes: int


def timed(run: Callable[[], object]) -> Cost:
    """Do something; what it took, on a machine that does nothing else."""
    begin, before = time.monotonic(), _cpu_seconds()
    run()
    return Cost(time.monotonic() - begin, _cpu_seconds() - before)


def _cpu_seconds() -> float:
    # The whole machine's: bubblewrap does not wait for what it starts, so that what the
    # sandbox took would be missing in this process's own account.
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system)


class ClassToGrade:
    """A course folder with a class that has handed in.

    stock: with nbgrader's own configuration instead of this course's.
    learners: how many; the answers of the first `distinct` come again and again.
    other: of the same exercise, whose release and gradebook it begins with.
    """

    def __init__(
        self,
        root: Path,
        exercise: str,
        learners: int,
        distinct: int,
        stock: bool = False,
        other: ClassToGrade | None = None,
    ) -> None:
        self.exercise = exercise
        self.course = MadeUpCourse.make(root, exercise)
        if stock:
            config = STOCK_CONFIG.format(root=str(self.course.root))
            (root / "nbgrader_config.py").write_text(config)
        if other is None:
            self.course.nbgrader("generate_assignment", exercise)
        else:
            shutil.copytree(other.course.root / "release", root / "release")
            shutil.copy(other._fresh, root / "gradebook.db")
        answers = list(made_up_class(exercise, [str(i) for i in range(distinct)]).values())
        released = self.course.root / "release" / exercise / f"{exercise}.ipynb"
        for i in range(learners):
            notebook = fill_in(nbformat.read(released, as_version=4), answers[i % distinct])
            cell = next(c for c in notebook.cells if c.source in answers[i % distinct].values())
            cell.source += f"\n# learner {i}"  # no two hand in the same
            folder = self.course.root / "submitted" / _learner(i) / exercise
            folder.mkdir(parents=True)
            nbformat.write(notebook, folder / released.name)
        self._fresh: Path = self.course.root / "fresh.db"
        shutil.copy(self.course.root / "gradebook.db", self._fresh)

    def start_over(self) -> None:
        """Forget all grades."""
        shutil.rmtree(self.course.root / "autograded", ignore_errors=True)
        shutil.copy(self._fresh, self.course.root / "gradebook.db")

    def scores(self) -> dict[str, float]:
        """Points of the tests, by learner."""
        with Gradebook(self.course.db_url) as gradebook:
            found = gradebook.assignment_submissions(self.exercise)
            return {s.student_id: s.code_score for s in found}


def _learner(i: int) -> str:
    return f"learner-{i:05}"


def side_by_side(
    exercise: str, root: Path, learners: int, rounds: int, jobs: int
) -> tuple[dict[str, list[Cost]], dict[str, ClassToGrade]]:
    """Costs of each way in each round, and the classes as each graded them in the last."""
    stock = ClassToGrade(root / "stock", exercise, learners, learners, stock=True)
    plugged, ours = (
        ClassToGrade(root / name, exercise, learners, learners, other=stock)
        for name in ("plugged", "ours")
    )
    classes = {STOCK: stock, PLUGGED: plugged, OURS: ours}
    costs: dict[str, list[Cost]] = {way: [] for way in classes}
    for _ in track(range(rounds), "side by side"):
        for way, subject in classes.items():
            subject.start_over()
            costs[way].append(timed(partial(_grade, subject, way, jobs)))
    return costs, classes


def _grade(subject: ClassToGrade, way: str, jobs: int) -> None:
    if way != OURS:
        subject.course.nbgrader("autograde", subject.exercise)
        return
    command = [sys.executable, "-m", "course", "grade", subject.exercise, f"--jobs={jobs}"]
    subprocess.run(command, cwd=subject.course.root, check=True, stdout=subprocess.DEVNULL)


def growth(subject: ClassToGrade, jobs: int) -> tuple[Cost, list[Sample]]:
    """Grade a class from nothing in a process of its own; its cost, and how it went on."""
    samples: list[Sample] = []

    def run() -> None:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            grading = process.submit(_watched, subject.course.root, subject.exercise, jobs)
            samples.extend(grading.result())

    return timed(run), samples


def _watched(root: Path, exercise: str, jobs: int) -> list[Sample]:
    """What `grade` does, watched from inside."""
    begin = time.monotonic()
    from nbexaminer.classroom.course_folder import CourseFolder
    from nbexaminer.classroom.pipeline.belt import Conveyor
    from nbexaminer.classroom.pipeline.folder import ClassFolder
    from nbexaminer.classroom.pipeline.submitted import SubmittedFolder
    from nbexaminer.classroom.pipeline.summary import Summary

    os.chdir(root)
    samples: list[Sample] = []

    def show(summary: Summary) -> None:
        resident = psutil.Process().memory_info().rss
        samples.append(Sample(summary.graded, time.monotonic() - begin, resident))

    folder = ClassFolder(CourseFolder(), exercise)
    with folder.locked(), folder.gradebook() as gradebook:
        submitted = SubmittedFolder(folder, gradebook, show=show)
        Conveyor(submitted, folder.trial()).run(lambda: folder.local_pool(jobs))
    return samples


def cold_and_warm(subject: ClassToGrade, rounds: int, repeats: int) -> tuple[float, float]:
    """CPU seconds a submission: each with a sandbox started for it, and all with the same."""
    from nbexaminer.judging.session.engine import Engine
    from nbexaminer.profile import profile_of
    from nbexaminer.sandbox.view import Sandbox

    profile = profile_of(ROOT)
    source = source_of(subject.exercise).read_bytes()
    path = subject.course.root / "submitted" / _learner(0) / subject.exercise
    submitted = (path / f"{subject.exercise}.ipynb").read_bytes()

    colds, warms = [], []
    for _ in range(rounds):
        begin = _cpu_seconds()
        with Engine(profile, Sandbox.find(profile)) as engine:
            engine.grade(source, submitted)
            warm = _cpu_seconds()
            for _ in range(repeats):
                engine.grade(source, submitted)
            warms.append(_cpu_seconds() - warm)
        colds.append(_cpu_seconds() - begin - warms[-1])
    return statistics.median(colds), statistics.median(warms) / repeats


def _side_by_side_table(costs: dict[str, list[Cost]], learners: int) -> Table:
    table = Table(title=f"{learners} submissions, medians of {len(costs[STOCK])} rounds")
    for column in ("", "seconds", "a minute", "times stock", "CPU s a submission"):
        table.add_column(column, justify="right")
    medians = {way: statistics.median(c.seconds for c in each) for way, each in costs.items()}
    for way, each in costs.items():
        cpu = statistics.median(c.cpu_seconds for c in each) / learners
        rate, ratio = 60 * learners / medians[way], medians[STOCK] / medians[way]
        table.add_row(way, f"{medians[way]:.1f}", f"{rate:.0f}", f"{ratio:.1f}", f"{cpu:.3f}")
    return table


def _growth_table(grown: dict[int, tuple[Cost, list[Sample]]], right: dict[int, int]) -> Table:
    table = Table(title="the class command on classes of several sizes")
    for column in (
        "submissions",
        "right scores",
        "seconds",
        "first grade after",
        "a minute",
        "CPU s",
        "MiB at 10 %",
        "MiB at the end",
    ):
        table.add_column(column, justify="right")
    for size, (cost, samples) in grown.items():
        tenth = samples[max(0, size // 10 - 1)]
        table.add_row(
            f"{size}",
            f"{right[size]}",
            f"{cost.seconds:.1f}",
            f"{samples[0].seconds:.1f}",
            f"{60 * size / cost.seconds:.0f}",
            f"{cost.cpu_seconds:.1f}",
            f"{tenth.resident_bytes / MIB:.1f}",
            f"{samples[-1].resident_bytes / MIB:.1f}",
        )
    return table


@click.command(help=__doc__)
@click.option("--exercise", default="1-attention", show_default=True)
@click.option("--learners", type=click.IntRange(min=1), default=100, show_default=True)
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True)
@click.option("--sizes", default="10,100,1000", show_default=True, help="Of the growing classes.")
@click.option("--jobs", type=click.IntRange(min=1), default=len(os.sched_getaffinity(0)))
@click.option("--repeats", type=click.IntRange(min=1), default=10, help="In each warm sandbox.")
def main(exercise: str, learners: int, rounds: int, sizes: str, jobs: int, repeats: int) -> None:
    """Command line of the module."""
    console = Console(highlight=False, width=110)
    # nbgrader starts `alembic` by its name, also where .venv is not activated.
    os.environ["PATH"] = str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]
    console.print(f"{exercise}, {jobs} workers; {machine()}")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        root = Path(folder)
        costs, classes = side_by_side(exercise, root, learners, rounds, jobs)
        scores = {way: subject.scores() for way, subject in classes.items()}
        console.print(_side_by_side_table(costs, learners))
        wrong = sum(scores[OURS][who] != score for who, score in scores[STOCK].items())
        wrong += sum(scores[PLUGGED][who] != score for who, score in scores[STOCK].items())
        console.print(f"scores that differ from stock nbgrader's: {wrong}")
        expected = [scores[STOCK][_learner(i)] for i in range(learners)]
        grown, right = {}, {}
        for size in track([int(size) for size in sizes.split(",")], "growth"):
            subject = ClassToGrade(
                root / f"class-of-{size}", exercise, size, learners, other=classes[STOCK]
            )
            grown[size] = growth(subject, jobs)
            given = subject.scores()
            right[size] = sum(given[_learner(i)] == expected[i % learners] for i in range(size))
        console.print(_growth_table(grown, right))
        cold, warm = cold_and_warm(subject, rounds, repeats)
        console.print(f"CPU s a submission in the sandbox: cold {cold:.2f}, warm {warm:.3f}")
    if wrong or any(right[size] != size for size in grown):
        sys.exit("some scores are not what stock nbgrader gives")


if __name__ == "__main__":
    main()
