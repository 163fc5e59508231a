"""Dropping a question: one command and a regrade, for whoever grades it and whatever they find."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from course.authoring.exercises import source_of
from course.authoring.lint import faults
from nbexaminer.__main__ import main
from nbexaminer.classroom.gradebook.dropping import droppable
from nbexaminer.classroom.pipeline.summary import Summary
from nbexaminer.judging.notebook.cell import Decision
from support.course import EXERCISE, Course
from support.handed_in import HandedIn, Inline, run_here

RIGHT, WRONG, BAD = "ada", "cleo", "bad-json"


@pytest.fixture
def graded(undisturbed: HandedIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HandedIn:
    """Three learners, graded: one right, one wrong, one who can't be read."""
    shutil.copytree(undisturbed.root, tmp_path / "course", symlinks=True)
    for folder in (tmp_path / "course" / "submitted").iterdir():
        if folder.name not in (RIGHT, WRONG, BAD):
            shutil.rmtree(folder)
    monkeypatch.chdir(tmp_path / "course")
    return HandedIn(tmp_path / "course")


def drop(*arguments: str, status: int = 0) -> str:
    ran = CliRunner().invoke(main, ["drop", EXERCISE, *arguments])
    assert ran.exit_code == status, ran.output + repr(ran.exception)
    return ran.output


def regrade(course: HandedIn, monkeypatch: pytest.MonkeyPatch) -> Summary:
    course.nbgrader("generate_assignment", EXERCISE, "--force")
    return run_here(monkeypatch, course, Inline())


def scores(course: HandedIn) -> dict[str, tuple[float, float]]:
    """Points, and how many there are, of each learner."""
    with Gradebook(course.url) as gradebook:
        return {
            who: (found.score, found.max_score)
            for who in (RIGHT, WRONG, BAD)
            for found in [gradebook.find_submission(EXERCISE, who)]
        }


def test_dropped_accepted_and_back(graded: HandedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong question must cost and give nobody points, and no work by hand may be lost."""
    source = graded.root / "source" / EXERCISE / f"{EXERCISE}.ipynb"
    before = source.read_bytes()
    graded.grade_by_hand(RIGHT, 1.5)
    graded.grade_by_hand(WRONG, 0.5, "f-visible")
    assert scores(graded) == {RIGHT: (4.5, 6), WRONG: (0.5, 6), BAD: (0, 6)}

    said = drop("f-hidden", "w")
    assert "f-hidden (2 points) is dropped: it is worth 0 points" in said
    assert "The points given by hand of 1 learner are set aside" in said
    assert f"nbexaminer grade {EXERCISE}\n" in said
    summary = regrade(graded, monkeypatch)
    assert scores(graded) == {RIGHT: (1, 1), WRONG: (0.5, 1), BAD: (0, 1)}
    assert summary.outcomes[Decision.DROPPED] == 2
    assert {cell for who, cell in graded.waiting() if who == RIGHT} == set(), "nothing by hand"
    cell = next(c for c in Course(graded.root).graded(WRONG).cells if c.id == "f-hidden")
    assert cell.outputs[0].text == (
        "This question was dropped: nobody earns or loses points with it.\n"
    )

    assert "are set aside" not in drop("f-hidden", "w", "--accept-all")
    regrade(graded, monkeypatch)
    assert scores(graded) == {RIGHT: (6, 6), WRONG: (5.5, 6), BAD: (0, 6)}
    assert (BAD, "w") in graded.waiting(), "what can't be read is for a human to decide"
    _assert_stock_gives_the_same(graded, WRONG)
    _assert_feedback_says_so(graded)

    assert "w (3 points) counts. The points given by hand of 1 learner count again." in drop(
        "f-hidden", "w", "--undo"
    )
    assert source.read_bytes() == before
    regrade(graded, monkeypatch)
    assert scores(graded) == {RIGHT: (4.5, 6), WRONG: (0.5, 6), BAD: (0, 6)}


def _assert_stock_gives_the_same(course: HandedIn, learner: str) -> None:
    rows = course.rows()
    with Gradebook(course.url) as gradebook:
        for grade in gradebook.find_submission_notebook(EXERCISE, EXERCISE, learner).grades:
            grade.auto_score = None
        gradebook.db.commit()
    course.nbgrader("autograde", EXERCISE, f"--student={learner}", "--force")
    assert course.rows() == rows


def _assert_feedback_says_so(course: HandedIn) -> None:
    """Under the written answer too, beside the grader's comment with a text of comments.toml."""
    (course.root / "comments.toml").write_text(
        f'units = "Say the units."\n[{EXERCISE}]\nscale = "Divide by the *width*."\n'
    )
    with Gradebook(course.url) as gradebook:
        comment = gradebook.find_comment("w", EXERCISE, EXERCISE, WRONG)
        comment.manual_comment = "Nearly! #scale And #unit?"
        gradebook.db.commit()
    said = Course(course.root).nbgrader("generate_feedback", EXERCISE, f"--student={WRONG}")
    assert "cleo: the comment on w has #unit, which stays as it is: comments.toml has #sc" in said
    page = (course.root / "feedback" / WRONG / EXERCISE / f"{EXERCISE}.html").read_text()
    assert "everybody who handed in gets its 2 points." in page
    assert "everybody who handed in gets its 3 points." in page
    assert "Nearly! Divide by the <em>width</em>. And #unit?" in page
    with Gradebook(course.url) as gradebook:
        comment = gradebook.find_comment("w", EXERCISE, EXERCISE, WRONG)
        assert comment.manual_comment == "Nearly! #scale And #unit?", "as it was typed"


def test_a_broken_test_that_is_dropped_stops_nobody(
    graded: HandedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trial of the solution refuses a broken test; dropping it is the way on."""
    graded.edit_source("assert f(1) == 2,", "assert g(1 ==,")
    drop("f-hidden")
    assert regrade(graded, monkeypatch).graded == 3


def test_a_wrong_name_lists_the_cells(graded: HandedIn) -> None:
    """Nobody knows the names of cells by heart."""
    drop("f-visible")
    before = (graded.root / "source" / EXERCISE / f"{EXERCISE}.ipynb").read_bytes()
    said = drop("f-hidden", "f-hiden", status=2)
    assert "1-small has no cell 'f-hiden' with points: there are f-visible, f-hidden, w" in said
    assert (graded.root / "source" / EXERCISE / f"{EXERCISE}.ipynb").read_bytes() == before
    assert drop() == (
        "Cells of 1-small with points:\n  f-visible (1 point): dropped\n  f-hidden (2 points)\n"
        "  w (3 points)\n"
    )
    assert "It was so already." in drop("f-visible")


def test_authoring_check_takes_a_dropped_cell(tmp_path: Path) -> None:
    """A course whose sources are checked must be able to drop a question."""
    path = tmp_path / "1-attention.ipynb"
    shutil.copy(source_of("1-attention"), path)
    tests = [q for q in droppable([path]) if q.cell.name in ("softmax-hidden", "written-scaling")]
    for question in tests:
        question.decide(Decision.DROPPED)
    assert [question.cell.points for question in tests] == [0, 0]
    assert "dropped" in json.dumps(json.loads(path.read_text()))
    assert faults(path) == []
