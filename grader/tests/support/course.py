"""A course folder with one small exercise, `EXERCISE`, for nbgrader's own commands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook

from support.commands import run_forked
from support.notebooks import answer, check, given, not_graded, source_of, submission, written
from support.profile import configured

EXERCISE = "1-small"
HIDDEN = (
    "assert f(1) == 2, 'f(1) should be 2'\n### BEGIN HIDDEN TESTS\nquagga = 4\n"
    "assert f(2) == quagga, f'f(2) gave {f(2)}: is x doubled?'\n### END HIDDEN TESTS"
)


def source() -> bytes:
    scheme = "How?\n\n=== BEGIN MARK SCHEME ===\nthe okapi is right\n=== END MARK SCHEME ==="
    question = new_markdown_cell(scheme, id="question")
    question.metadata = given("question", "").metadata
    return source_of(
        answer("f", "def f(x): return 2 * x"),
        check("f-visible", "assert f(3) == 6, 'f(3) should be 6'\nprint('done')", 1),
        check("f-hidden", HIDDEN, 2),
        answer("try-g", "def g(x): return x"),
        question,
        written("w", "### BEGIN SOLUTION\nbecause\n### END SOLUTION"),
        not_graded("big-model", "model = 1\nraise RuntimeError('run while grading')", locked=True),
        not_graded("big-picture", "print(model)\nraise RuntimeError('run while grading')"),
    )


@dataclass
class Course:
    root: Path

    @classmethod
    def make(cls, root: Path) -> Course:
        """A course in the folder `root`, with the exercise in source/ and nobody's work."""
        configured(root)
        folder = root / "source" / EXERCISE
        folder.mkdir(parents=True)
        (folder / f"{EXERCISE}.ipynb").write_bytes(source())
        return Course(root)

    def nbgrader(self, *command: str, status: int = 0) -> str:
        """What an nbgrader command logs; fails unless it ends with `status`."""
        env = {"JUPYTER_CONFIG_DIR": str(self.root / "jupyter")}
        ran = run_forked("nbgrader", *command, cwd=self.root, env=env)
        assert ran.returncode == status, ran.stderr
        return ran.stderr

    def hand_in(self, learner: str, notebook: bytes | None) -> Path:
        folder = self.root / "submitted" / learner / EXERCISE
        folder.mkdir(parents=True)
        if notebook is not None:
            (folder / f"{EXERCISE}.ipynb").write_bytes(notebook)
        return folder

    def graded(self, learner: str) -> Any:
        path = self.root / "autograded" / learner / EXERCISE / f"{EXERCISE}.ipynb"
        return nbformat.read(path, as_version=4)

    def scores(self) -> dict[str, dict[str, tuple[float | None, bool]]]:
        """For each learner and graded cell, the automatic score and whether a human must look."""
        with Gradebook(f"sqlite:///{self.root}/gradebook.db") as gradebook:
            return {
                s.student.id: {
                    g.name: (g.auto_score, g.needs_manual_grade)
                    for n in s.notebooks
                    for g in n.grades
                }
                for s in gradebook.assignment_submissions(EXERCISE)
            }


def good(**answers: str) -> bytes:
    return submission(source(), {"f": "def f(x): return x + x", "w": "It doubles."} | answers)
