"""A course folder as nbgrader has it: laid out for a batch, and read when that is graded."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nbgrader.api import Gradebook

from course.benchmark.contract import Exercise, Ground, Submission, Verdict

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
MOST_SHOWN = 4 << 20  # characters that are searched for canaries


def lay_out(
    ground: Ground, exercise: Exercise, submissions: Sequence[Submission], configuration: str = ""
) -> None:
    """Put exercise and submissions where nbgrader looks for them."""
    folder = ground.folder
    source = folder / "source" / exercise.name
    source.mkdir(parents=True)
    (source / f"{exercise.name}.ipynb").write_bytes(exercise.notebook)
    for submission in submissions:
        theirs = folder / "submitted" / submission.id / exercise.name
        theirs.mkdir(parents=True)
        (theirs / f"{exercise.name}.ipynb").write_bytes(submission.notebook)
    (folder / "nbgrader_config.py").write_text(
        f"c = get_config()\n{configuration}c.CourseDirectory.course_id = 'benchmark'\n"
        f"c.CourseDirectory.root = {str(folder)!r}\n"
    )


def verdicts(
    ground: Ground, exercise: Exercise, submissions: Sequence[Submission]
) -> Iterator[Verdict]:
    """What gradebook and graded notebooks say of each submission that was graded."""
    scores: dict[str, dict[str, float]] = {}
    tests = exercise.tests()
    with Gradebook(f"sqlite:///{ground.folder / 'gradebook.db'}") as gradebook:
        for one in gradebook.assignment_submissions(exercise.name):
            grades = [grade for notebook in one.notebooks for grade in notebook.grades]
            scores[one.student.id] = {g.name: g.score or 0.0 for g in grades if g.name in tests}
    for submission in submissions:
        folder = ground.folder / "autograded" / submission.id / exercise.name
        path = folder / f"{exercise.name}.ipynb"
        if scores.get(submission.id) and path.is_file():
            told, shown = read_outputs(json.loads(path.read_bytes()), set(tests))
            yield Verdict(submission.id, scores[submission.id], told, shown)


def read_outputs(notebook: dict[str, Any], tests: set[str]) -> tuple[str, str]:
    """What failed tests say, and what all cells put out but for tracebacks, which quote code."""
    told, shown = [], []
    for cell in notebook["cells"]:
        name = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id")
        for output in cell.get("outputs", ()):
            if output["output_type"] == "error":
                shown.append(output["evalue"])
                if name in tests:
                    lines = [f"{output['ename']}: {output['evalue']}", *output["traceback"]]
                    told.append(_COLOURS.sub("", "\n".join(lines)))
            else:
                shown.append(json.dumps(output.get("data", output.get("text", "")),
                                        ensure_ascii=False))  # fmt: skip
    return "\n".join(told), "\n".join(shown)[:MOST_SHOWN]


def run(command: Sequence[str], ground: Ground, variables: Mapping[str, str] | None = None) -> None:
    """Run a command in the course folder, which may fail or take too long; its words are logged."""
    ours = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    environment = {**os.environ, **ours, **(variables or {})}
    log = ground.folder.parent / "log"
    with log.open("ab") as file, contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(
            command, cwd=ground.folder, env=environment, stdin=subprocess.DEVNULL, stdout=file,
            stderr=file, timeout=ground.seconds, check=False,
        )  # fmt: skip
