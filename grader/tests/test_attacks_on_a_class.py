"""Attacks between the submissions of a class, which one zygote grades one after the other."""

from __future__ import annotations

from pathlib import Path

from nbgrader.api import Gradebook

from course.maintenance.classes import MadeUpCourse
from support.attacks import ATTACKS, EXERCISE, HONEST, PATIENT, POINTS, as_setting, submitted
from support.commands import run_forked

BETWEEN = (
    "files-leftover-in-tmp",
    "files-overwrite-modules",
    "files-startup-file",
    "kernel-atexit",
    "kernel-import-hook",
    "kernel-input-transformer",
    "kernel-kills-everybody",
    "kernel-kills-its-parents",
    "kernel-patched-learner-process",
    "kernel-replaced-builtins",
    "kernel-settings",
    "leakage-counts-calls",
    "network-meet-a-friend",
    "resources-outlives-its-grading",
    "tampering-default-dtype",
    "tampering-patched-allclose",
    "tampering-patched-tensor",
    "tampering-random-state",
)
"""Each tries to leave something behind, or to reach those that come next."""


def test_nothing_of_a_submission_is_visible_to_the_next(tmp_path: Path) -> None:
    """Whoever is graded after a cheat would lose points, or gain some."""
    course = MadeUpCourse.make(tmp_path / "course", EXERCISE, run_forked)
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write(as_setting(PATIENT))
    course.nbgrader("generate_assignment", EXERCISE)
    attacks = {a.name: a for a in ATTACKS if a.name in BETWEEN}
    assert sorted(attacks) == sorted(BETWEEN)
    places = {"course": str(course.root), "port": "9"}
    for i, (name, attack) in enumerate(attacks.items()):
        for learner, data in ((f"{i:02}-{name}", submitted(attack, places)), (f"{i:02}-z", HONEST)):
            folder = course.root / "submitted" / learner / EXERCISE
            folder.mkdir(parents=True)
            (folder / f"{EXERCISE}.ipynb").write_bytes(data)
    ran = run_forked("course", "grade", EXERCISE, "--jobs=1", cwd=course.root, own_engine=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    with Gradebook(course.db_url) as gradebook:
        scores = {
            s.student_id: {g.name: g.auto_score for n in s.notebooks for g in n.grades}
            for s in gradebook.assignment_submissions(EXERCISE)
        }
    for i, (name, attack) in enumerate(attacks.items()):
        got, expected = scores[f"{i:02}-{name}"], attack.expected
        wanted = {c: POINTS[c] if expected[c] == "passed" else 0.0 for c in POINTS}
        assert {c: got[c] for c in POINTS} == wanted, name
        assert {c: scores[f"{i:02}-z"][c] for c in POINTS} == POINTS, f"after {name}"
    graded = {p.read_bytes() for p in course.root.glob(f"autograded/*-z/{EXERCISE}/*.ipynb")}
    assert len(graded) == 1, "the same notebook is graded differently after an attack"
