"""Stock nbgrader, by its own commands, in an environment without our grader."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from course.benchmark.adapters.course_folder import lay_out, run, verdicts
from course.benchmark.contract import Exercise, Ground, Submission, Verdict
from course.benchmark.install import NBGRADER, python_of, said_by
from course.benchmark.sandbox import around


class NBGrader:
    """It runs learners' code as the instructor: here inside the benchmark's own sandbox."""

    name = "nbgrader"
    sandboxed, gradebook = False, True

    def version(self, environments: Path) -> str:
        """Of the environment that `python -m course.benchmark install` made."""
        return f"nbgrader {said_by(environments, NBGRADER, 'nbgrader')}"

    def grade(
        self, exercise: Exercise, submissions: Sequence[Submission], ground: Ground
    ) -> Iterable[Verdict]:
        """By `generate_assignment`, which fills the gradebook, and `autograde`."""
        lay_out(ground, exercise, submissions)
        python = python_of(ground.environments, NBGRADER)
        for action in ("generate_assignment", "autograde"):
            command = [str(python), "-m", "nbgrader", action, exercise.name]
            run(around(command, ground), ground)
        return verdicts(ground, exercise, submissions)
