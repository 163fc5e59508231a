"""The instructor's round trip on nbgrader's own commands.

A class made from tests/answers hands in one exercise: two learners through nbgrader's exchange,
the others as a download from a learning platform. The last learner hands in the first one's answers
in disguise, for the class report to find. Everything happens in a folder of its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import nbformat
from nbgrader.api import Gradebook
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from course.authoring.answers import codes
from course.authoring.exercises import ROOT
from course.maintenance.classes import CLASS, MadeUpCourse, fill_in
from course.maintenance.copies import renamed, reordered

EXCHANGE_LEARNERS = 2
REPORT = "nbexaminer.nbgrader_plugins.report.ClassReport"


def run(exercise: str, root: Path, console: Console) -> MadeUpCourse:
    """The whole round trip; the course folder at `root` is made anew."""
    shutil.rmtree(root, ignore_errors=True)
    course = MadeUpCourse.make(root, exercise)
    learners = demo_class(exercise)
    original, *_, copier = learners
    by_exchange = list(learners)[:EXCHANGE_LEARNERS]
    with Progress(console=console) as progress:
        task = progress.add_task("", total=8 + 2 * len(by_exchange))

        def step(text: str) -> None:
            progress.update(task, advance=1, description=f"{text:<44}")

        step("generate and release the exercise")
        course.nbgrader("generate_assignment", exercise)
        course.nbgrader("release_assignment", exercise)
        for learner in by_exchange:
            step(f"{learner} fetches the exercise and submits")
            _work_and_submit(course, exercise, learner, learners[learner])
        step("collect from the exchange")
        course.nbgrader("collect", exercise)
        step("collect a learning platform's download")
        downloaded = {}
        for learner in list(learners)[EXCHANGE_LEARNERS:]:
            notebook = fill_in(course.released(exercise), learners[learner])
            _write_about(notebook, learner)
            downloaded[learner] = nbformat.writes(notebook).encode()
        course.download(exercise, downloaded)
        course.nbgrader("zip_collect", exercise)
        step("autograde")
        course.nbgrader("autograde", exercise)
        step("grade the written answers")
        for i, learner in enumerate(learners):
            course.grade_written(exercise, learner, points=1 + i % 3)
        step("generate and release feedback")
        course.nbgrader("generate_feedback", exercise)
        course.nbgrader("release_feedback", exercise)
        for learner in by_exchange:
            step(f"{learner} fetches feedback")
            identity = f"--CourseDirectory.student_id={learner}"
            course.nbgrader(
                "fetch_feedback", exercise, identity, cwd=course.root / "homes" / learner
            )
        step("export the grades")
        course.export()
        step("write the class report")
        report = course.root / "report.html"
        course.nbgrader("export", f"--exporter={REPORT}", f"--to={report}")
    _show_scores(course, exercise, list(learners), console)
    console.print(f"report:   {report}")
    console.print(
        f"          ({copier} handed in {original}'s answers in disguise: see the report)"
    )
    return course


def demo_class(exercise: str) -> dict[str, dict[str, str]]:
    """Answers of 12 learners: each another one, as far as there are, but for the last learner's."""
    right, wrong = codes(exercise, "right"), codes(exercise, "wrong")
    learners: dict[str, dict[str, str]] = {}
    for i, learner in enumerate(CLASS[:-1]):
        learners[learner] = {}
        for j, name in enumerate(right):
            left = (wrong if i >= 4 and (i + j) % 2 else right)[name]
            learners[learner][name] = left[0]
            left.append(left.pop(0))
    original = learners[CLASS[0]]
    return learners | {CLASS[-1]: {n: renamed(reordered(t)) for n, t in original.items()}}


def _work_and_submit(
    course: MadeUpCourse, exercise: str, learner: str, answers: Mapping[str, str]
) -> None:
    home = course.home(learner)
    course.nbgrader("fetch_assignment", exercise, cwd=home)
    path = home / exercise / f"{exercise}.ipynb"
    notebook = fill_in(nbformat.read(path, as_version=4), answers)
    _write_about(notebook, learner)
    nbformat.write(notebook, path)
    identity = f"--CourseDirectory.student_id={learner}"
    course.nbgrader("submit", exercise, identity, cwd=home)


def _show_scores(
    course: MadeUpCourse, exercise: str, learners: Sequence[str], console: Console
) -> None:
    table = Table("learner", "tests", "written", "score", "of", "handed in by", title=exercise)
    with Gradebook(course.db_url) as gradebook:
        for number, learner in enumerate(learners):
            found = gradebook.find_submission(exercise, learner)
            scores = (found.code_score, found.written_score, found.score, found.max_score)
            way = "exchange" if number < EXCHANGE_LEARNERS else "download"
            table.add_row(learner, *(f"{score:g}" for score in scores), way)
    console.print(table)
    console.print(f"grades:   {course.root / 'grades.csv'}")
    console.print(f"feedback: {course.root / 'feedback'}")


def _write_about(notebook: nbformat.NotebookNode, learner: str) -> None:
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown" and meta.get("grade"):
            cell.source = f"Scores are sums of d_k terms, so they grow with √d_k. ({learner})"


@click.command(help=__doc__)
@click.option("--exercise", default="1-attention", show_default=True)
@click.option("--into", type=click.Path(path_type=Path), default=ROOT / "demo")
def main(exercise: str, into: Path) -> None:
    """Command line of the module."""
    run(exercise, into, Console())


if __name__ == "__main__":
    main()
