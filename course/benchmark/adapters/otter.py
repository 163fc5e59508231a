"""otter-grader, by its `grade_submission`, with an exercise's test cells in its own format."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from course.benchmark.adapters.course_folder import lay_out, run
from course.benchmark.contract import Exercise, Ground, Submission, Verdict
from course.benchmark.install import OTTER, python_of, said_by
from course.benchmark.sandbox import around

_TEST = '''"""A test cell of nbgrader's, as otter-grader runs tests."""
from otter.test_files import test_case

OK_FORMAT = False
name = {name!r}
points = None
CELL = {text!r}


@test_case(points={points!r}, hidden={hidden!r})
def test_cell(env):
    exec(compile(CELL, {name!r}, "exec"), dict(env))
'''
_CONFIG = {"lang": "python", "print_summary": False, "print_score": False}


def as_tests(exercise: Exercise, archive: Path) -> None:
    """Write an exercise's test cells, visible and hidden, as otter-grader's archive of tests."""
    with zipfile.ZipFile(archive, "w") as into:
        into.writestr("otter_config.json", json.dumps(_CONFIG))
        for name, points in exercise.points().items():
            text = exercise.tests()[name]["source"]
            hidden = "BEGIN HIDDEN TESTS" in text
            test = _TEST.format(name=name, text=text, points=points, hidden=hidden)
            into.writestr(f"tests/{name}.py", test)


class Otter:
    """It runs learners' code as the instructor where no Docker is; a process each."""

    name = "otter"
    sandboxed = gradebook = False

    def version(self, environments: Path) -> str:
        """Of the environment that `python -m course.benchmark install` made."""
        return f"otter-grader {said_by(environments, OTTER, 'otter-grader')}, without Docker"

    def grade(
        self, exercise: Exercise, submissions: Sequence[Submission], ground: Ground
    ) -> Iterator[Verdict]:
        """By `otter.grade_submission`, one after the other, in a folder of the same form."""
        lay_out(ground, exercise, submissions)
        as_tests(exercise, ground.folder / "autograder.zip")
        shutil.copy(Path(__file__).with_name("otter_one.py"), ground.folder / "otter_one.py")
        (ground.folder / "results").mkdir()
        python = python_of(ground.environments, OTTER)
        command = [str(python), "otter_one.py", exercise.name, *(s.id for s in submissions)]
        run(around(command, ground), ground)
        for submission in submissions:
            path = ground.folder / "results" / f"{submission.id}.json"
            if path.is_file():
                yield Verdict(submission.id, **json.loads(path.read_bytes()))
