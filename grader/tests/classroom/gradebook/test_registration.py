"""An exercise reaches the gradebook, and grades follow its source: by grade and by nbgrader."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from nbexaminer.classroom.course_folder import CourseFolder
from nbexaminer.classroom.gradebook.registration import register
from nbexaminer.classroom.pipeline.folder import ClassFolder
from nbexaminer.commands.grade import grade
from nbexaminer.errors import GradebookError, Status
from support.commands import invoked
from support.course import EXERCISE, Course, good
from support.handed_in import HandedIn, Inline, graded_now, hand_in

Command = Callable[..., tuple[int, str]]


@pytest.fixture
def graded(undisturbed: HandedIn, tmp_path: Path) -> HandedIn:
    """The class, graded."""
    shutil.copytree(undisturbed.root, tmp_path / "graded", symlinks=True)
    return HandedIn(tmp_path / "graded")


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Command:
    """The class command, whose workers are this process: its status and what it prints."""
    monkeypatch.setattr(ClassFolder, "local_pool", lambda *_: Inline().opened())

    def run(root: Path, exercise: str = EXERCISE, *options: str) -> tuple[int, str]:
        monkeypatch.chdir(root)
        return invoked(grade, exercise, *options)

    return run


def renamed(root: Path, *names: tuple[str, str]) -> None:
    """Give cells of the source notebook other names."""
    path = root / "source" / EXERCISE / f"{EXERCISE}.ipynb"
    text = path.read_text()
    for old, new in names:
        assert f'"grade_id": "{old}"' in text
        text = text.replace(f'"grade_id": "{old}"', f'"grade_id": "{new}"')
    path.write_text(text)


def points(url: str) -> dict[str, float]:
    with Gradebook(url) as gradebook:
        found = gradebook.find_assignment(EXERCISE).notebooks[0].grade_cells
        return {cell.name: cell.max_score for cell in found}


def test_nbgraders_own_first_step_where_release_is_there_already(tmp_path: Path) -> None:
    """As in a clone: nbgrader skipped the exercise, and nothing could be graded."""
    course = Course.make(tmp_path.resolve())
    (course.root / "release" / EXERCISE).mkdir(parents=True)
    assert "Skipping" not in course.nbgrader("generate_assignment", EXERCISE)
    assert points(f"sqlite:///{course.root}/gradebook.db") == {
        "f-visible": 1,
        "f-hidden": 2,
        "w": 3,
    }


def test_without_the_first_step_and_without_submissions(tmp_path: Path, command: Command) -> None:
    """The command named one that did nothing; then it graded nobody, with status 0."""
    root = Course.make(tmp_path.resolve()).root
    status, said = command(root)
    assert status == Status.CANNOT
    assert f"{EXERCISE} is now in the gradebook: 6 points in 3 cells." in said
    assert f"submitted/<learner>/{EXERCISE}/{EXERCISE}.ipynb" in said
    assert f"nbgrader collect {EXERCISE}" in said and f"nbexaminer collect {EXERCISE}" in said
    assert not (root / "release").exists(), "what learners get is released by its own command"
    status, said = command(root, "1-smal")
    assert (
        status == Status.CANNOT
        and f"no exercise '1-smal' in source/; there are: {EXERCISE}" in said
    )
    hand_in(root, "ada", good())
    status, said = command(root)
    assert status == Status.FINE and graded_now(said) == 1 and "is now in" not in said


def test_changed_points_reach_everybody(graded: HandedIn, command: Command) -> None:
    """A test with the wrong points is noticed when half of the class is graded."""
    graded.grade_by_hand("ada", 2.0)
    graded.edit_source('"points": 2', '"points": 4')
    status, said = command(graded.root)
    assert status == Status.LOOK and graded_now(said) == 10
    assert "The gradebook follows source/: f-hidden has 4 points instead of 2." in said
    assert points(graded.url)["f-hidden"] == 4
    scores = {(who, cell): (auto, hand) for who, cell, auto, hand, _ in graded.rows()[0]}
    assert scores["ada", "f-hidden"] == scores["ben", "f-hidden"] == ("4.0", "None")
    assert scores["cleo", "f-hidden"][0] == "0.0"
    assert scores["ada", "w"] == ("None", "2.0"), "given by hand"
    assert "follows" not in command(graded.root)[1]


def test_points_given_by_hand_are_looked_at_where_there_are_others(
    graded: HandedIn, command: Command
) -> None:
    """Who had 3 of 3 points had 3 of 1, and who had 2 of 2 had 2 of 4, and nobody was told."""
    graded.grade_by_hand("ada", 3.0)
    graded.grade_by_hand("cleo", 2.0, "f-hidden")
    command(graded.root, EXERCISE, "--force")
    mine = {("ada", "w"), ("cleo", "f-hidden")}
    assert not graded.waiting() & mine
    graded.edit_source('"points": 3', '"points": 1')
    command(graded.root)
    assert graded.waiting() & mine == {("ada", "w")}
    graded.edit_source('"points": 2', '"points": 4')
    command(graded.root)
    assert graded.waiting() & mine == mine
    by_hand = {(who, cell): hand for who, cell, _, hand, _ in graded.rows()[0]}
    assert (by_hand["ada", "w"], by_hand["cleo", "f-hidden"]) == ("3.0", "2.0"), "they stay"
    graded.grade_by_hand("ada", 1.0)
    graded.grade_by_hand("cleo", 4.0, "f-hidden")
    command(graded.root, EXERCISE, "--force")
    assert not graded.waiting() & mine


def test_cells_come_and_go_but_not_what_a_person_gave(graded: HandedIn, command: Command) -> None:
    """nbgrader refuses it, and has removed release/ by then; points given by hand mustn't go."""
    renamed(graded.root, ("f-visible", "f-seen"), ("w", "why"))
    _, said = command(graded.root)
    assert "new: f-seen, why; gone: f-visible, w. Answers handed in as w are not read" in said
    cells = {(who, cell): auto for who, cell, auto, _, _ in graded.rows()[0]}
    assert cells["ada", "f-seen"] == "1.0" and ("ada", "w") not in cells
    assert len(cells) == 10 * 3
    graded.grade_by_hand("ada", 2.0, "why")
    renamed(graded.root, ("why", "w"))
    before = graded.rows(), graded.files()
    status, said = command(graded.root)
    assert status == Status.CANNOT and "by hand, and that would be lost: why (of ada)." in said
    graded.nbgrader("generate_assignment", EXERCISE, status=1)
    assert (graded.root / "release" / EXERCISE / f"{EXERCISE}.ipynb").exists()
    assert (graded.rows(), graded.files()) == before
    renamed(graded.root, ("w", "why"), ("f-seen", "f-visible"))
    graded.nbgrader("generate_assignment", EXERCISE)
    assert points(graded.url) == {"f-visible": 1, "f-hidden": 2, "why": 3}
    status, said = command(graded.root)
    assert status == Status.LOOK and "follows" not in said
    by_hand = {(who, cell): hand for who, cell, _, hand, _ in graded.rows()[0]}
    assert by_hand["ada", "why"] == "2.0"


def test_a_change_that_is_taken_back_costs_nobody_a_test(
    graded: HandedIn, command: Command
) -> None:
    """The cell came back without its points, and everybody counted as graded."""
    before = graded.rows()[0]
    renamed(graded.root, ("f-visible", "f-seen"))
    graded.nbgrader("generate_assignment", EXERCISE)
    renamed(graded.root, ("f-seen", "f-visible"))
    status, said = command(graded.root)
    assert status == Status.LOOK and graded_now(said) == 10
    assert graded.rows()[0] == before


def test_a_second_notebook_is_refused_once_work_is_graded(
    graded: HandedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody's submission would lack it."""
    monkeypatch.chdir(graded.root)
    source = graded.root / "source" / EXERCISE
    shutil.copy(source / f"{EXERCISE}.ipynb", source / "more.ipynb")
    with pytest.raises(
        GradebookError, match="its notebooks must stay: the gradebook has 1-small, "
    ):
        register(ClassFolder(CourseFolder(), EXERCISE).course, EXERCISE)


def test_a_broken_source_notebook_leaves_release_alone(graded: HandedIn) -> None:
    """nbgrader removed it first, and learners had none."""
    release = graded.root / "release" / EXERCISE / f"{EXERCISE}.ipynb"
    path = graded.root / "source" / EXERCISE / f"{EXERCISE}.ipynb"
    path.write_text(json.dumps({"cells": []})[:-1])
    before = release.read_bytes()
    graded.nbgrader("generate_assignment", EXERCISE, status=1)
    assert release.read_bytes() == before


def test_only_some_learners(graded: HandedIn, command: Command) -> None:
    """One learner's question is answered without grading the class again."""
    status, said = command(
        graded.root, EXERCISE, "--force", *(f"--student={who}" for who in ("ada", "ghost", "ben"))
    )
    assert status == Status.LOOK and graded_now(said) == 2
    assert "ghost: not graded: nothing has been handed in for 1-small under this name" in said
    assert "bad-json" not in said
