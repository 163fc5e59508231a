"""Attacks in one batch of `nbgrader autograde`, between honest learners."""

from __future__ import annotations

import base64
import functools
import io
import re
import secrets
import time
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from nbgrader.api import Gradebook
from PIL import Image

from course.authoring.exercises import source_of
from course.maintenance.classes import MadeUpCourse
from nbexaminer.judging.notebook.source import read_source
from support.attacks import (
    ATTACKS,
    EXERCISE,
    HONEST,
    ON_FOLDERS,
    PATIENT,
    POINTS,
    WRONG,
    Attack,
    as_setting,
    dump,
    notebook_with,
    submitted,
)
from support.commands import run_forked

IN_BATCH = [
    a
    for a in ATTACKS
    if a in ON_FOLDERS
    or a.name
    in (
        "files-write-gradebook",
        "honest-duplicated-cells",
        "honest-moved-cells",
        "honest-noisy",
        "kernel-input-transformer",
        "kernel-os-exit",
        "output-active-content",
        "output-huge-picture",
        "output-looks-like-points",
        "output-number-while-tested",
        "output-script-in-an-error",
        "resources-memory-bomb",
        "structure-active-formulas",
        "structure-active-text",
        "structure-attached-huge-picture",
        "structure-attachments",
        "structure-deep-json",
        "structure-duplicated-tests",
        "structure-huge-numbers",
        "structure-not-unicode",
        "structure-skip-execution",
        "structure-stored-outputs",
        "structure-wrong-ids",
        "tampering-patched-allclose",
        "transport-pickle",
    )
]


class Batch:
    """Everything in `IN_BATCH`, between honest learners, by `nbgrader autograde`."""

    def __init__(self, root: Path) -> None:
        self.course = MadeUpCourse.make(
            root / "course", EXERCISE, functools.partial(run_forked, own_engine=True)
        )
        with (self.course.root / "nbgrader_config.py").open("a") as config:
            config.write(as_setting(PATIENT))
        self.course.nbgrader("generate_assignment", EXERCISE)
        self.places = {"course": str(self.course.root), "port": "9"}
        self.token = secrets.token_hex(16)
        (self.course.root / "secret.txt").write_text(self.token)
        for attack in IN_BATCH:
            self.hand_in(attack)
        # The first and last of the batch, and some in between.
        for learner in ("a-honest", "k-honest", "p-honest", "t-honest", "z-honest"):
            (self.folder(learner) / f"{EXERCISE}.ipynb").write_bytes(HONEST)
        start = time.monotonic()
        self.log = self.course.nbgrader("autograde", EXERCISE, check=False).stderr
        self.seconds = time.monotonic() - start
        for some in ("output-*", "structure-a*"):
            self.course.nbgrader("generate_feedback", EXERCISE, f"--student={some}")

    def folder(self, learner: str) -> Path:
        folder = self.course.root / "submitted" / learner / EXERCISE
        folder.mkdir(parents=True)
        return folder

    def hand_in(self, attack: Attack) -> None:
        folder = self.folder(attack.name)
        if attack in ON_FOLDERS:
            attack.defined(self.places)["hand_in"](folder, dump(notebook_with(WRONG)))
        else:
            (folder / f"{EXERCISE}.ipynb").write_bytes(submitted(attack, self.places))

    def scores(self) -> dict[str, dict[str, float]]:
        with Gradebook(self.course.db_url) as gradebook:
            return {
                s.student.id: {g.name: g.auto_score for n in s.notebooks for g in n.grades}
                for s in gradebook.assignment_submissions(EXERCISE)
            }


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Batch:
    return Batch(tmp_path_factory.mktemp("batch"))


def test_autograde_gives_honest_learners_every_point(batch: Batch) -> None:
    """One bad notebook must not end the batch, nor cost those before and behind it anything."""
    scores = batch.scores()
    for learner in ("a-honest", "k-honest", "p-honest", "t-honest", "z-honest"):
        got = scores[learner]
        assert {cell: got[cell] for cell in POINTS} == POINTS, learner
    assert batch.seconds < 120


@pytest.mark.parametrize("attack", IN_BATCH, ids=lambda a: a.name)
def test_autograde_gives_attacks_their_verdict(batch: Batch, attack: Attack) -> None:
    """The gradebook is what grades are made of."""
    got = batch.scores()[attack.name]
    expected = attack.expected
    wanted = {c: POINTS[c] if expected[c] == "passed" else 0.0 for c in POINTS}
    assert {cell: got[cell] for cell in POINTS} == wanted
    if "malformed" in expected.values():
        lines = [line for line in batch.log.splitlines() if f" {attack.name}: " in line]
        assert any("Set aside" in line for line in lines), "the instructor is not told"
    path = batch.course.root / "autograded" / attack.name / EXERCISE
    handed_back = b"".join(p.read_bytes() for p in path.rglob("*") if p.is_file())
    assert batch.token.encode() not in handed_back
    assert [p.name for p in path.rglob("*")] == [f"{EXERCISE}.ipynb"]


def hidden_lines(source: bytes) -> list[str]:
    """Lines that stand in hidden tests alone."""
    cells = read_source(source).cells
    hidden = [c.source for c in cells if "BEGIN HIDDEN" in c.source]
    shown = "\n".join(c.source for c in cells if c.source not in hidden)
    lines = {
        line.strip() for text in hidden for line in text.split("BEGIN HIDDEN TESTS")[1].split("\n")
    }
    return [line for line in lines if len(line) > 25 and line not in shown and line[0] != "#"]


def test_feedback_shows_no_hidden_test_and_runs_nothing(batch: Batch) -> None:
    """What learners open in a browser: others' tests are not in it, and no learner's script."""
    pages = list((batch.course.root / "feedback").rglob("*.html"))
    assert len(pages) >= 6
    hidden = hidden_lines(source_of(EXERCISE).read_bytes())
    assert len(hidden) >= 3, "each name has its line"
    for path in pages:
        page = BeautifulSoup(path.read_text(), "html.parser")
        text = page.get_text()
        assert not [line for line in hidden if line in text], path
        assert not re.search(r"\\(def|gdef|global|let|\w*command|\w*environment)\b.*attacked", text)
        pictures = [img["src"] for img in page.find_all("img") if img["src"].startswith("data:")]
        assert len(pictures) < 10, path
        for picture in pictures:
            data = base64.b64decode(picture.partition("base64,")[2])
            assert max(Image.open(io.BytesIO(data)).size) <= 10_000, path
        for tag in page.find_all(True):
            active = [a for a in tag.attrs if a in ("onerror", "onload", "onmouseover")]
            assert not active, (path, tag)
            assert "attacked" not in str(tag.get("src", "")), (path, tag)
            assert not str(tag.get("href", "")).startswith("javascript"), (path, tag)
            if tag.name in ("script", "style", "svg", "iframe", "object"):
                assert "attacked" not in str(tag), (path, tag)
