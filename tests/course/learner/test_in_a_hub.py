"""What a learner of a JupyterHub finds at home; tests/browser/test_hub.py starts the whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from course.authoring.exercises import ROOT
from course.learner.installation import find_problems

hub = pytest.importorskip(
    "course.learner.hub", reason="a JupyterHub for a class needs Linux's accounts"
)
LESSON = "05-queries-keys-values.ipynb"


def test_lessons_come_and_exercises_are_left_to_the_exchange(tmp_path: Path) -> None:
    """An exercise that is there already can't be fetched, and one that was is the learner's."""
    fetched = tmp_path / "work" / "1-attention" / "1-attention.ipynb"
    fetched.parent.mkdir(parents=True)
    fetched.write_text("mine")
    arguments = hub.prepare_learner(tmp_path)
    assert f"--ServerApp.root_dir={tmp_path / 'work'}" in arguments
    found = {p.relative_to(tmp_path / "work").as_posix() for p in tmp_path.rglob("*.ipynb")}
    lessons = {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert found == lessons | {"1-attention/1-attention.ipynb"}
    assert fetched.read_text() == "mine"
    # Links lead to where the exchange puts the exercise.
    assert "](1-attention/1-attention.ipynb)" in (tmp_path / "work" / LESSON).read_text()
    assert find_problems(tmp_path) == []


def test_what_a_learner_wrote_into_a_lesson_stays(tmp_path: Path) -> None:
    """The next start would else take the notes of a semester."""
    hub.prepare_learner(tmp_path)
    lesson = tmp_path / "work" / LESSON
    notebook = json.loads(lesson.read_text())
    notebook["cells"][0]["source"] = ["my notes"]
    lesson.write_text(json.dumps(notebook))
    hub.prepare_learner(tmp_path)
    assert "my notes" in lesson.read_text()
