"""Course folders and classes made from tests/answers, for the tools and for tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from course.authoring.answers import codes
from course.authoring.exercises import ROOT

CLASS = ["ada", "alan", "barbara", "chien", "donald", "edsger"]
CLASS += ["frances", "grace", "john", "katherine", "margaret", "tim"]


Ran = subprocess.CompletedProcess[str]


def run_module(*command: str, cwd: Path, env: Mapping[str, str]) -> Ran:
    """What `python -m <command>` does and says in the folder `cwd`; `env` is added to ours."""
    arguments = [sys.executable, "-m", *command]
    return subprocess.run(
        arguments, cwd=cwd, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )


@dataclass(frozen=True)
class MadeUpCourse:
    """A course folder of its own with this course's configuration.

    `run` runs its commands.
    """

    root: Path
    run: Callable[..., Ran] = run_module

    @classmethod
    def make(cls, root: Path, exercise: str, run: Callable[..., Ran] = run_module) -> MadeUpCourse:
        """A new course folder at `root`, which must not exist, with one exercise in source/."""
        root.mkdir(parents=True)
        root = root.resolve()
        shutil.copytree(ROOT / "source" / exercise, root / "source" / exercise)
        (root / "nbgrader_config.py").write_text(
            f"c = get_config()\nload_subconfig('nbgrader_config.py', path={str(ROOT)!r})\n"
            f"c.CourseDirectory.root = {str(root)!r}\n"
            f"c.Exchange.root = {str(root / 'exchange')!r}\n"
        )
        (root / "exchange").mkdir(mode=0o777)
        (root / "exchange").chmod(0o777)
        return cls(root, run)

    @property
    def db_url(self) -> str:
        """The gradebook's URL."""
        return f"sqlite:///{self.root / 'gradebook.db'}"

    def nbgrader(self, *command: str, cwd: Path | None = None, check: bool = True) -> Ran:
        """Run an nbgrader command in the course folder, or as a learner in `cwd`.

        Raises:
            RuntimeError: the command failed; the message holds its log. Not with `check=False`.
        """
        env = {"JUPYTER_CONFIG_DIR": str(self.root / "jupyter")}
        ran = self.run("nbgrader", *command, cwd=cwd or self.root, env=env)
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


def made_up_class(exercise: str, names: Sequence[str] = CLASS) -> dict[str, dict[str, str]]:
    """For each learner, answers from tests/answers: the first are right throughout."""
    right, wrong = codes(exercise, "right"), codes(exercise, "wrong")
    learners = {}
    for i, learner in enumerate(names):
        answers = {}
        for j, name in enumerate(right):
            texts = (wrong if i >= 4 and (i + j) % 3 == 0 else right)[name]
            answers[name] = texts[i % len(texts)]
        learners[learner] = answers
    return learners
