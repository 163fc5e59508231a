"""Our own grader, by its command for a class."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path

from course.benchmark.adapters.course_folder import lay_out, run, verdicts
from course.benchmark.contract import ROOT, Exercise, Ground, Submission, Verdict

_CONFIGURATION = f"load_subconfig('nbgrader_config.py', path={str(ROOT)!r})\n"


class NBExaminer:
    """It has a sandbox of its own, and runs as an instructor runs it."""

    name = "nbexaminer"
    sandboxed = gradebook = True

    def version(self, environments: Path) -> str:
        """Of the clone that this is."""
        return f"nbexaminer {metadata.version('nbexaminer')}"

    def grade(
        self, exercise: Exercise, submissions: Sequence[Submission], ground: Ground
    ) -> Iterable[Verdict]:
        """By `nbexaminer grade`."""
        lay_out(ground, exercise, submissions, _CONFIGURATION)
        command = [sys.executable, "-m", "nbexaminer", "grade", exercise.name]
        own = ground.environment | {"JUPYTER_CONFIG_DIR": str(ground.folder / "jupyter")}
        run(ground.listening(sys.executable, command), ground, own)
        return verdicts(ground, exercise, submissions)
