"""The instructor's round trip on nbgrader's own commands: `python -m grading.demo`.

A class made from tests/answers hands in one exercise: two learners through nbgrader's exchange,
the others as a download from a learning platform. Everything happens in a folder of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import nbformat
from nbgrader.api import Gradebook
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from grading import author

ANSWERS = author.ROOT / "tests" / "answers"
CLASS = ["ada", "alan", "barbara", "chien", "donald", "edsger"]
CLASS += ["frances", "grace", "john", "katherine", "margaret", "tim"]
EXCHANGE_LEARNERS = 2


@dataclass(frozen=True)
class Course:
    """A course folder of its own with this course's configuration."""

    root: Path

    @classmethod
    def make(cls, root: Path, exercise: str) -> Course:
        """A new course folder at `root`, which must not exist, with one exercise in source/."""
        root.mkdir(parents=True)
        root = root.resolve()
        shutil.copytree(author.ROOT / "source" / exercise, root / "source" / exercise)
        (root / "nbgrader_config.py").write_text(
            f"c = get_config()\nload_subconfig('nbgrader_config.py', path={str(author.ROOT)!r})\n"
            f"c.CourseDirectory.root = {str(root)!r}\n"
            f"c.Exchange.root = {str(root / 'exchange')!r}\n"
        )
        (root / "exchange").mkdir(mode=0o777)
        (root / "exchange").chmod(0o777)
        return cls(root)

    @property
    def db_url(self) -> str:
        """The gradebook's URL."""
        return f"sqlite:///{self.root / 'gradebook.db'}"

    def nbgrader(
        self, *command: str, cwd: Path | None = None, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run an nbgrader command in the course folder, or as a learner in `cwd`.

        Raises:
            RuntimeError: the command failed; the message holds its log. Not with `check=False`.
        """
        env = os.environ | {"JUPYTER_CONFIG_DIR": str(self.root / "jupyter")}
        arguments = [sys.executable, "-m", "nbgrader", *command]
        ran = subprocess.run(
            arguments, cwd=cwd or self.root, env=env, capture_output=True, text=True, check=False
        )
        if check and ran.returncode != 0:
            raise RuntimeError(f"nbgrader {' '.join(command)} failed:\n{ran.stderr[-4000:]}")
        return ran

    def home(self, learner: str) -> Path:
        """A new home folder of a learner, with the configuration that learners need."""
        home = self.root / "homes" / learner
        home.mkdir(parents=True)
        (home / "nbgrader_config.py").write_text(
            "c = get_config()\nc.CourseDirectory.course_id = 'llm-basics'\n"
            f"c.Exchange.root = {str(self.root / 'exchange')!r}\n"
            f"c.Exchange.cache = {str(home / 'cache')!r}\n"
        )
        return home

    def released(self, exercise: str) -> nbformat.NotebookNode:
        """The learners' version."""
        return nbformat.read(self.root / "release" / exercise / f"{exercise}.ipynb", as_version=4)

    def download(self, exercise: str, submissions: Mapping[str, bytes]) -> Path:
        """Put submissions where `nbgrader zip_collect` looks, as a platform's zip file."""
        folder = self.root / "downloaded" / exercise / "archive"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "platform.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for learner, notebook in submissions.items():
                name = f"{exercise}_{learner}_attempt_2026-11-20-16-30-10_{exercise}.ipynb"
                archive.writestr(name, notebook)
        return path

    def grade_written(self, exercise: str, learner: str, points: float) -> None:
        """Give each written answer of a learner `points`, as the formgrader does."""
        with Gradebook(self.db_url) as gradebook:
            submission = gradebook.find_submission(exercise, learner)
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    if grade.cell.cell_type == "markdown":
                        grade.manual_score = min(points, grade.max_score)
                        grade.needs_manual_grade = False
            gradebook.db.commit()

    def export(self) -> Path:
        """Export the grades as CSV; gives the file."""
        path = self.root / "grades.csv"
        self.nbgrader("export", "--to", str(path))
        return path


def fill_in(notebook: nbformat.NotebookNode, answers: Mapping[str, str]) -> nbformat.NotebookNode:
    """Put answers into a released notebook's answer cells, by the contract's names."""
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in answers:
            cell.source = answers[name]
    return notebook


def committed_answers(exercise: str) -> Iterator[tuple[str, str, Path]]:
    """`(name, "right" or "wrong", file)` of each committed answer to an exercise."""
    for path in sorted((ANSWERS / exercise).glob("*/*.py")):
        yield path.parent.name, path.stem.split("-", 1)[0], path


def made_up_class(exercise: str, names: Sequence[str] = CLASS) -> dict[str, dict[str, str]]:
    """For each learner, answers from tests/answers: the first are right throughout."""
    kinds: dict[str, dict[str, list[str]]] = {}
    for name, kind, path in committed_answers(exercise):
        kinds.setdefault(name, {"right": [], "wrong": []})[kind].append(path.read_text())
    learners = {}
    for i, learner in enumerate(names):
        answers = {}
        for j, (name, texts) in enumerate(kinds.items()):
            kind = "wrong" if i >= 4 and (i + j) % 3 == 0 else "right"
            answers[name] = texts[kind][i % len(texts[kind])]
        learners[learner] = answers
    return learners


def run(exercise: str, root: Path, console: Console) -> Course:
    """The whole round trip; the course folder at `root` is made anew."""
    shutil.rmtree(root, ignore_errors=True)
    course = Course.make(root, exercise)
    learners = made_up_class(exercise)
    by_exchange = list(learners)[:EXCHANGE_LEARNERS]
    with Progress(console=console) as progress:
        task = progress.add_task("", total=7 + 3 * len(by_exchange))

        def step(text: str) -> None:
            progress.update(task, advance=1, description=f"{text:<44}")

        step("generate and release the exercise")
        course.nbgrader("generate_assignment", exercise)
        course.nbgrader("release_assignment", exercise)
        for learner in by_exchange:
            home = course.home(learner)
            step(f"{learner} fetches the exercise")
            course.nbgrader("fetch_assignment", exercise, cwd=home)
            path = home / exercise / f"{exercise}.ipynb"
            notebook = fill_in(nbformat.read(path, as_version=4), learners[learner])
            _write_about(notebook, learner)
            nbformat.write(notebook, path)
            step(f"{learner} submits")
            identity = f"--CourseDirectory.student_id={learner}"
            course.nbgrader("submit", exercise, identity, cwd=home)
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
    table = Table("learner", "tests", "written", "score", "of", "handed in by", title=exercise)
    with Gradebook(course.db_url) as gradebook:
        for learner in learners:
            found = gradebook.find_submission(exercise, learner)
            scores = (found.code_score, found.written_score, found.score, found.max_score)
            way = "exchange" if learner in by_exchange else "download"
            table.add_row(learner, *(f"{score:g}" for score in scores), way)
    console.print(table)
    console.print(f"grades:   {course.root / 'grades.csv'}")
    console.print(f"feedback: {course.root / 'feedback'}")
    return course


def _write_about(notebook: nbformat.NotebookNode, learner: str) -> None:
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown" and meta.get("grade"):
            cell.source = f"Scores are sums of d_k terms, so they grow with √d_k. ({learner})"


@click.command(help=__doc__)
@click.option("--exercise", default="1-attention", show_default=True)
@click.option("--into", type=click.Path(path_type=Path), default=author.ROOT / "demo")
def main(exercise: str, into: Path) -> None:
    """Command line of the module."""
    run(exercise, into, Console())


if __name__ == "__main__":
    main()
