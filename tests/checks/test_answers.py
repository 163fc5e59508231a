"""The tests bite: every committed answer through the real pipeline.

An instructor would lose trust if a right answer lost a point or a wrong one earned full marks, and
a learner would lose the reason if the message did not name the misconception.
"""

import re

import nbformat
import pytest

from authoring.exercises import ROOT, exercises, source_of
from grading.examination.engine import Engine
from grading.examination.verdicts import Outcome
from grading.sandbox.view import Sandbox
from tools.classes import ANSWERS, committed_answers, fill_in

LEAST_RIGHT, LEAST_WRONG = 5, 12
NAMES = sorted(
    (exercise, folder.name) for exercise in exercises() for folder in (ANSWERS / exercise).glob("*")
)


@pytest.fixture(scope="module")
def engine():
    with Engine(Sandbox.find()) as engine:
        yield engine


def _solutions(notebook: nbformat.NotebookNode) -> dict[str, str]:
    return {
        c.metadata.nbgrader.grade_id: c.source
        for c in notebook.cells
        if c.cell_type == "code" and c.metadata.get("nbgrader", {}).get("solution")
    }


def _grade(engine: Engine, exercise: str, name: str, answer: str):
    source = source_of(exercise)
    solved = _solutions(nbformat.read(source, as_version=4))
    released = nbformat.read(ROOT / "release" / exercise / f"{exercise}.ipynb", as_version=4)
    submitted = fill_in(released, solved | {name: answer})
    # Playgrounds only draw, which takes longer than the tests; a learner may delete them.
    submitted.cells = [c for c in submitted.cells if "nbgrader" in c.metadata]
    return engine.grade(source.read_bytes(), nbformat.writes(submitted).encode())


def _files(exercise: str, name: str, kind: str):
    return [p for n, k, p in committed_answers(exercise) if (n, k) == (name, kind)]


@pytest.mark.parametrize(("exercise", "name"), NAMES)
def test_right_answers_get_every_point(engine, exercise, name):
    files = _files(exercise, name, "right")
    assert len(files) >= LEAST_RIGHT
    lost = []
    for path in files:
        graded = _grade(engine, exercise, name, path.read_text())
        lost += [
            f"{path.name}: {v.cell} {v.outcome}: {v.message}"
            for v in graded.verdicts
            if v.outcome is not Outcome.PASSED
        ]
    assert not lost, "\n".join(lost)


@pytest.mark.parametrize(("exercise", "name"), NAMES)
def test_wrong_answers_lose_points_and_hear_why(engine, exercise, name):
    files = _files(exercise, name, "wrong")
    assert len(files) >= LEAST_WRONG
    faults = []
    for path in files:
        answer = path.read_text()
        graded = _grade(engine, exercise, name, answer)
        said = [
            v.message
            for v in graded.verdicts
            if v.cell in (f"{name}-visible", f"{name}-hidden") and v.outcome is not Outcome.PASSED
        ]
        named = re.match(r"# names: (.+)", answer)
        assert named, f"{path} does not say which misconception its message must name"
        if not said:
            faults.append(f"{path.name} gets full marks")
        elif not re.search(named[1], "\n".join(said), re.IGNORECASE | re.DOTALL):
            faults.append(f"{path.name}: {named[1]!r} is not named in\n{said[0]}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("exercise", exercises())
def test_a_solution_that_is_handed_in_gets_every_point(engine, exercise):
    handed_in = (ROOT / "solutions" / f"{exercise}.ipynb").read_bytes()
    graded = engine.grade(source_of(exercise).read_bytes(), handed_in)
    assert len(graded.verdicts) == 2 * len([n for e, n in NAMES if e == exercise])
    assert {v.outcome for v in graded.verdicts} == {Outcome.PASSED}


def test_every_answer_of_every_exercise_has_committed_answers():
    wanted = {
        (exercise, name)
        for exercise in exercises()
        for name in _solutions(nbformat.read(source_of(exercise), as_version=4))
    }
    assert set(NAMES) == wanted
