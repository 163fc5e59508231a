"""The instructor's round trip on nbgrader's own commands, from release to feedback and grades.

Were it broken, an instructor could not run the course with the commands of nbgrader's manual.
"""

from __future__ import annotations

import csv
import json
import re

import nbformat
import pytest
from nbgrader.api import Gradebook

from course.authoring.answers import codes
from course.authoring.exercises import source_of
from course.maintenance.classes import MadeUpCourse, fill_in
from nbexaminer.judging.session.engine import Engine
from support.commands import run_forked

EXERCISE = "1-attention"
WORTH = {
    cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.points
    for cell in nbformat.read(source_of(EXERCISE), as_version=4).cells
    if cell.metadata.get("nbgrader", {}).get("grade")
}
"""An instructor may change it."""
MAX_WRITTEN = WORTH["written-scaling"]
MAX_CODE = sum(WORTH.values()) - MAX_WRITTEN


def _answers(kind: str, which: int) -> dict[str, str]:
    return {name: found[which] for name, found in codes(EXERCISE, kind).items()}


def _bad_submissions(course: MadeUpCourse, right: dict[str, str]) -> dict[str, bytes]:
    """Submissions with something wrong in their form, by the learner's name."""
    good = fill_in(course.released(EXERCISE), right)

    def without_a_test_cell() -> nbformat.NotebookNode:
        notebook = nbformat.from_dict(json.loads(json.dumps(good)))
        notebook.cells = [c for c in notebook.cells if c.id != "softmax-hidden"]
        return notebook

    def with_a_test_cell_twice() -> nbformat.NotebookNode:
        notebook = nbformat.from_dict(json.loads(json.dumps(good)))
        copied = next(c for c in notebook.cells if c.id == "softmax-visible").copy()
        copied.id = "a-copy"
        notebook.cells.append(copied)
        return notebook

    return {
        "deleted": nbformat.writes(without_a_test_cell()).encode(),
        "doubled": nbformat.writes(with_a_test_cell_twice()).encode(),
        "malformed": nbformat.writes(good).encode()[:-40],
    }


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, course_engine: Engine) -> MadeUpCourse:
    """A course that went the whole way; `course.log` is what autograde said."""
    course = MadeUpCourse.make(
        tmp_path_factory.mktemp("round-trip") / "course", EXERCISE, run_forked
    )
    course.nbgrader("generate_assignment", EXERCISE)
    course.nbgrader("release_assignment", EXERCISE)
    right, wrong = _answers("right", 0), _answers("wrong", 0)
    for learner, answers in (("ada", right), ("alan", wrong)):
        home = course.home(learner)
        course.nbgrader("fetch_assignment", EXERCISE, cwd=home)
        path = home / EXERCISE / f"{EXERCISE}.ipynb"
        notebook = fill_in(nbformat.read(path, as_version=4), answers)
        if learner == "ada":
            written = next(c for c in notebook.cells if c.id == "written-scaling")
            written.source = "A score is a sum of d_k products."
        nbformat.write(notebook, path)
        identity = f"--CourseDirectory.student_id={learner}"
        course.nbgrader("submit", EXERCISE, identity, cwd=home)
    course.nbgrader("collect", EXERCISE)
    grace = nbformat.writes(
        fill_in(course.released(EXERCISE), right | {"softmax": wrong["softmax"]})
    )
    course.download(EXERCISE, {"grace": grace.encode()} | _bad_submissions(course, right))
    course.nbgrader("zip_collect", EXERCISE)
    empty = course.root / "submitted" / "nobody" / EXERCISE
    empty.mkdir(parents=True)
    (empty / "timestamp.txt").write_text("2026-11-20 16:30:10 UTC")
    ran = course.nbgrader("autograde", EXERCISE, check=False)
    (course.root / "autograde.log").write_text(ran.stderr)
    course.grade_written(EXERCISE, "ada", points=2)
    course.nbgrader("generate_feedback", EXERCISE, check=False)
    course.nbgrader("release_feedback", EXERCISE)
    for learner in ("ada", "alan"):
        identity = f"--CourseDirectory.student_id={learner}"
        course.nbgrader("fetch_feedback", EXERCISE, identity, cwd=course.root / "homes" / learner)
    course.export()
    return course


def _code_scores(course: MadeUpCourse) -> dict[str, float]:
    with Gradebook(course.db_url) as gradebook:
        return {s.student.id: s.code_score for s in gradebook.assignment_submissions(EXERCISE)}


def test_learners_get_the_points_they_earned(course: MadeUpCourse) -> None:
    scores = _code_scores(course)
    assert scores["ada"] == MAX_CODE
    assert scores["alan"] == 0
    softmax = WORTH["softmax-visible"] + WORTH["softmax-hidden"]
    assert scores["grace"] == MAX_CODE - softmax, "softmax alone is wrong"


def test_a_written_answer_waits_for_the_instructor_and_counts_once_graded(
    course: MadeUpCourse,
) -> None:
    with Gradebook(course.db_url) as gradebook:
        assert gradebook.find_submission(EXERCISE, "ada").written_score == 2
        assert not gradebook.find_submission(EXERCISE, "ada").needs_manual_grade
        assert gradebook.find_assignment(EXERCISE).max_written_score == MAX_WRITTEN


def test_bad_submissions_are_named_and_everyone_else_is_graded(course: MadeUpCourse) -> None:
    log = (course.root / "autograde.log").read_text()
    scores = _code_scores(course)
    assert scores["deleted"] == MAX_CODE, "a deleted test cell is restored and run"
    assert scores["doubled"] == MAX_CODE, "a doubled test cell counts once"
    assert scores.get("malformed", 0) == 0
    for learner in ("malformed", "nobody"):
        assert re.search(rf"{learner}", log), f"the instructor is not told about {learner}"


@pytest.mark.parametrize("learner", ["ada", "alan"])
def test_fetched_feedback_names_the_misconception_and_no_hidden_test(
    course: MadeUpCourse, learner: str
) -> None:
    pages = list((course.root / "homes" / learner / EXERCISE / "feedback").rglob("*.html"))
    assert len(pages) == 1
    text = pages[0].read_text()
    assert "The hidden tests are not shown" in text and "hidden tests decide too" not in text
    released = "\n".join(c.source for c in course.released(EXERCISE).cells)
    hidden = [
        line.strip()
        for c in nbformat.read(source_of(EXERCISE), as_version=4).cells
        if "BEGIN HIDDEN TESTS" in c.source
        for line in c.source.split("BEGIN HIDDEN TESTS")[1].split("\n")
        if len(line.strip()) > 30 and line.strip() not in released
    ]
    assert hidden
    plain = re.sub(r"<[^>]+>", "", text)
    assert not [line for line in hidden if line in plain]
    assert ('<p class="headline">softmax: ' in text) == (learner == "alan")
    assert re.search(r"\.headline\s*\{[^}]*font-weight: bold", text)
    assert "\x1b" not in text and "[1m" not in text


def test_validate_names_each_failing_cell_with_its_cause_in_full(course: MadeUpCourse) -> None:
    """Test cells are tagged, so that Run All goes on: Validate must not take them for passed."""
    path = course.root / "homes" / "alan" / EXERCISE / f"{EXERCISE}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.tags = ["raises-exception"]
    nbformat.write(notebook, path)
    said = course.nbgrader("validate", str(path), cwd=path.parent).stdout
    assert "VALIDATION FAILED ON 4 CELL(S)" in said, "three and the written answer"
    errors = [part.split("=====")[0] for part in said.split("The error was:")[1:4]]
    names = ("project_qkv", "softmax", "scaled_dot_product_attention")
    for name, error in zip(names, errors, strict=True):
        assert error.strip().startswith(f"✗ {name}: ")
        assert "called: " in error and "expected: " in error
        assert not [line for line in error.split("\n") if line.endswith("...")], "cut off"
    assert "\x1b" not in said and "[1m" not in said


def test_grades_are_exported(course: MadeUpCourse) -> None:
    with (course.root / "grades.csv").open(newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert float(rows["ada"]["score"]) == MAX_CODE + 2
    assert float(rows["alan"]["score"]) == 0
    assert float(rows["ada"]["max_score"]) == MAX_CODE + MAX_WRITTEN
