"""`nbexaminer grade`: a whole class at a time, and nothing lost whatever happens."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from course.authoring.exercises import ROOT
from nbexaminer.classroom.course_folder import CourseFolder
from nbexaminer.classroom.pipeline import fingerprint, folder
from nbexaminer.classroom.pipeline.folder import ClassFolder
from nbexaminer.classroom.pipeline.workers import Handed, Task, grade_task, local_pool
from nbexaminer.commands.grade import grade
from nbexaminer.errors import CannotGrade, Status
from nbexaminer.judging.limits import Limits
from nbexaminer.judging.notebook.source import read_source
from nbexaminer.judging.session.engine import Terms, engine_for
from support.commands import invoked
from support.course import EXERCISE, good, source
from support.handed_in import (
    BAD,
    RIGHT,
    HandedIn,
    Inline,
    assert_same,
    graded_now,
    hand_in,
    run_here,
)
from support.notebooks import submission
from support.profile import PROFILE, SMALL

VERSIONS = (fingerprint.grading_version(source(), SMALL),)


def test_one_bad_among_several(course: HandedIn, undisturbed: HandedIn) -> None:
    """What can't be read must reach the instructor, and cost the others nothing."""
    said = course.grade("--jobs=2")
    for learner, reason in BAD.items():
        assert any(x.startswith(learner) and reason in x for x in said.split("\n")), said
    left = "no ordinary file: link.txt; not copied, since the exercise expects no such file: notes/"
    assert f"\nlate: not copied, since it is {left}mine.txt\n" in said
    assert_same(course, undisturbed)
    grades, comments, submissions = course.rows()
    scores = {(s, name): (auto, look) for s, name, auto, _, look in grades}
    assert {s for s, _ in scores} == {*RIGHT, "late", "blank", "bad-json", "bad-missing"}
    for learner in RIGHT:
        points = ("0.0", "0.0") if learner in ("cleo", "eve") else ("1.0", "2.0")
        assert scores[learner, "f-visible"][0] == points[0]
        assert scores[learner, "f-hidden"][0] == points[1]
    assert {r[0]: r[2] for r in submissions}["late"] == "3.0"
    said_of_blank = {name: comment for s, name, comment, _ in comments if s == "blank"}
    assert said_of_blank == {"f": "No response.", "w": "No response.", "try-g": "None"}


def test_what_cannot_be_read_is_settled_at_once(
    undisturbed: HandedIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each cell of each damaged file had to be given its 0 points in the formgrader, one by one."""
    shutil.copytree(undisturbed.root, tmp_path / "course", symlinks=True)
    course = HandedIn(tmp_path / "course")
    monkeypatch.chdir(course.root)
    shutil.rmtree(course.root / "submitted" / "bad-time")
    waiting, files = course.waiting(), course.files()
    bad = {(who, cell) for who, cell in waiting if who.startswith("bad-")}
    assert len({who for who, _ in bad}) == 2 and bad != waiting
    course.grade_by_hand("bad-json", 2.0)
    status, said = invoked(grade, EXERCISE, "--student=bad-json", "--student=ada", "--settle")
    assert (
        status == Status.FINE and "Settled, with 0 points where you gave none: bad-json\n" in said
    )
    assert course.waiting() == {(w, c) for w, c in waiting if w != "bad-json"}
    said = invoked(grade, EXERCISE)[1]
    assert "bad-json" not in said and "or leave it at 0 points with --settle" in said
    status, said = invoked(grade, EXERCISE, "--settle")
    assert status == Status.FINE and "where you gave none: bad-missing\n" in said
    assert course.waiting() == waiting - bad
    assert invoked(grade, EXERCISE)[0] == Status.FINE and course.files() == files
    scores = {(who, cell): (auto, hand) for who, cell, auto, hand, _ in course.rows()[0]}
    assert scores["bad-json", "w"][1] == "2.0" and scores["bad-missing", "w"] == ("0.0", "None")
    notebook = course.root / "submitted" / "bad-missing" / EXERCISE / f"{EXERCISE}.ipynb"
    notebook.write_bytes(good())
    assert graded_now(invoked(grade, EXERCISE)[1]) == 1
    assert ("bad-missing", "w") in course.waiting(), "what can be read is graded as ever"


def test_gradebook_and_files_are_those_of_nbgrader(
    course: HandedIn,
    undisturbed: HandedIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Formgrader, feedback and export go on from here, and hand-given grades must stay."""
    shutil.copytree(undisturbed.root, tmp_path / "ours", symlinks=True)
    ours = HandedIn(tmp_path / "ours")
    course.nbgrader("autograde", EXERCISE, status=1)
    assert_same(course, ours)
    for each in (course, ours):
        each.grade_by_hand("ada", 2.0)
        each.grade_by_hand("late", 1.5)
    course.nbgrader("autograde", EXERCISE, "--force", status=1)
    run_here(monkeypatch, ours, Inline(), force=True)
    assert_same(course, ours)
    assert ["ada", "w", "None", "2.0", "0.0"] in ours.rows()[0], "it has been graded, and stays so"
    for each in (course, ours):
        each.change("late", w="I have thought again.")
    course.nbgrader("autograde", EXERCISE, "--force", status=1)
    run_here(monkeypatch, ours, Inline())
    assert_same(course, ours)
    assert ["late", "w", "None", "1.5", "1.0"] in ours.rows()[0]
    ours.nbgrader("generate_feedback", EXERCISE, "--student=cleo")
    page = ours.root / "feedback" / "cleo" / EXERCISE / f"{EXERCISE}.html"
    assert "f(3) should be 6" in page.read_text()


def test_a_regrade_gives_the_same_bytes_and_a_rerun_grades_nothing(
    undisturbed: HandedIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scores that move in a regrade are not grades; and a rerun must be free."""
    shutil.copytree(undisturbed.root, tmp_path / "course", symlinks=True)
    course = HandedIn(tmp_path / "course")

    def times() -> dict[Path, int]:
        return {p: p.stat().st_mtime_ns for p in (course.root / "autograded").rglob("*")}

    before = times()
    summary = run_here(monkeypatch, course, Inline())
    assert (summary.graded, summary.unchanged, summary.status) == (0, 10, Status.LOOK)
    assert set(dict(summary.problems)) == set(BAD), "the same still need the instructor"
    assert times() == before
    assert graded_now(course.grade("--force")) == 10
    assert course.verdicts() == undisturbed.verdicts()
    assert_same(course, undisturbed)
    tests = json.loads(course.verdicts()[0][0][1])
    about = {"cell", "outcome", "points", "max_points", "message", "notebook", "beside"}
    assert about == set(tests[0])


def test_a_submission_that_ends_its_worker_costs_nobody_else(
    course: HandedIn, undisturbed: HandedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine short of memory kills workers."""
    summary = run_here(monkeypatch, course, Inline("I am cleo"))
    reasons = dict(summary.problems)
    assert set(reasons) == {*BAD, "cleo"} and "ends the worker" in reasons["cleo"]
    others = [[r for r in rows if r[0] != "cleo"] for rows in undisturbed.rows()]
    assert course.rows() == others and summary.status == Status.LOOK


def small(submitted: bytes) -> Handed:
    return Handed(EXERCISE, read_source(source()), submitted)


def test_workers_go_on_when_the_process_that_they_share_dies(tmp_path: Path) -> None:
    """The kernel may take it when memory is short, in the middle of a class."""
    course = tmp_path.resolve()
    own = Limits(cell_wall_seconds=59)  # no other test's engine has to die
    task = Task(EXERCISE, (small(good()),), Terms(SMALL, limits=own), course, VERSIONS)
    with local_pool(1, Terms(SMALL, limits=own), course) as pool:
        before = pool.executor.submit(grade_task, task).result(60)
        shared = engine_for(Terms(SMALL, limits=own), course)
        for parent in (shared._learners, shared._test_runners):
            os.kill(parent.pid, signal.SIGKILL)
        assert pool.executor.submit(grade_task, task).result(60) == before
    assert before.notebooks[0].scores["f-hidden"] == 2.0


def test_what_changes_is_graded_again_and_nothing_else(
    course: HandedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One improved message is worth a regrade; the rest of the class has to keep its files."""
    run_here(monkeypatch, course, Inline())
    hand_in(course.root, "new", good())
    changed = course.root / "submitted" / "ben" / EXERCISE / f"{EXERCISE}.ipynb"
    changed.write_bytes(submission(source(), {"f": "def f(x): return 5"}))
    pool = Inline()
    summary = run_here(monkeypatch, course, pool)
    assert len(pool.graded) == summary.graded == 2
    path = course.root / "source" / EXERCISE / f"{EXERCISE}.ipynb"
    path.write_text(path.read_text().replace("f(3) should be 6", "f(3) is twice 3: 6"))
    summary = run_here(monkeypatch, course, Inline())
    assert summary.graded == 11 and summary.unchanged == 0
    assert "f(3) is twice 3: 6" in str(course.verdicts())
    (course.root / "gradebook.db").unlink()
    course.nbgrader("generate_assignment", EXERCISE, "--force")
    assert run_here(monkeypatch, course, Inline()).graded == 11, "a new gradebook has no grades"


def test_a_changed_profile_is_a_reason_to_grade_again(tmp_path: Path) -> None:
    """Answers that could import what is now withheld would keep their points."""
    data = source()
    shown = replace(PROFILE, withheld=())
    assert fingerprint.version_now(data, shown) != fingerprint.version_now(data, PROFILE)
    for name in PROFILE.parts:
        shutil.copytree(PROFILE.place(name), tmp_path / name)
    moved = replace(PROFILE, root=tmp_path)
    assert fingerprint.version_now(data, moved) == fingerprint.version_now(data, PROFILE)


def test_another_list_of_system_calls_is_a_reason_to_grade_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers that failed for a call that is now allowed would stay without their points."""
    longer = tmp_path / "known_calls.csv"
    longer.write_text(fingerprint.KNOWN_CALLS.read_text() + "a_call_of_tomorrow,allowed,999,999\n")
    before = fingerprint.version_now(source(), PROFILE)
    monkeypatch.setattr(fingerprint, "KNOWN_CALLS", longer)
    assert fingerprint.version_now(source(), PROFILE) != before


def test_another_exercises_checks_do_not_count() -> None:
    """Else each changed check would regrade every exercise of the course."""
    notebook = (ROOT / "source" / "1-attention" / "1-attention.ipynb").read_bytes()
    names = {
        str(path.relative_to(ROOT))
        for path in fingerprint.code_that_grades(notebook, PROFILE).values()
    }
    used = {"checks/check.py", "reference/attention.py"}
    used |= {f"checks/attention/{n}.py" for n in ("__init__", "exercise", "softmax")}
    used |= {
        f"grader/src/nbexaminer/judging/{n}.py"
        for n in ("session/engine", "session/test_runner", "session/learner", "codecs/plain")
    }
    used |= {
        "grader/src/nbexaminer/judging/notebook/graft.py",
        "grader/src/nbexaminer/sandbox/namespaces.py",
    }
    assert used <= names
    assert not names & {
        "checks/decoder/__init__.py",
        "checks/parameters/__init__.py",
        "grader/src/nbexaminer/classroom/pipeline/belt.py",
    }


@pytest.mark.parametrize(
    "code",
    [
        "from checks.decoder import passed",
        "import checks.decoder as check",
        "    from checks import decoder",
        "from checks import (\n    attention,\n    decoder as check,\n)",
        "%matplotlib inline\nimport importlib; importlib.import_module('checks.decoder')",
    ],
)
def test_however_a_notebook_imports_its_checks(code: str) -> None:
    """A check that is overlooked could change without a regrade."""
    cell = {"cell_type": "code", "source": code.splitlines(keepends=True)}
    text = {"cell_type": "markdown", "source": "Not from checks import parameters."}
    shown = cell | {"source": "from checks import parameters", "metadata": {"tags": ["not-graded"]}}
    reached = fingerprint.code_that_grades(
        json.dumps({"cells": [text, cell, shown]}).encode(), PROFILE
    ).values()
    decoder = {ROOT / "checks" / "decoder" / f"{n}.py" for n in ("__init__", "swiglu", "generate")}
    assert decoder <= {*reached}
    assert ROOT / "checks" / "parameters" / "__init__.py" not in reached


def test_what_processes_import(tmp_path: Path) -> None:
    """A worker has no gradebook and no time for nbgrader, the class command none for torch."""
    course = tmp_path.resolve()
    task = Task(EXERCISE, (small(good()),), Terms(SMALL), course, VERSIONS)
    with local_pool(1, Terms(SMALL), course) as pool:
        assert pool.executor.submit(grade_task, task).result(60)
        loaded = pool.executor.submit(eval, "set(__import__('sys').modules)").result(60)
    assert not loaded & {"sqlalchemy", "nbgrader", "torch", "pandas"}
    modules = "sys, nbexaminer.commands.grade, nbexaminer.classroom.pipeline.submitted"
    code = f"import {modules}; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {*ran.stdout.split()} & {"torch", "pandas"}


def test_refusals_say_what_to_do(course: HandedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Grading with the wrong gradebook, or twice at once, would spoil grades."""
    monkeypatch.chdir(course.root)

    def refused(exercise: str = EXERCISE) -> str:
        status, said = invoked(grade, exercise)
        assert status == Status.CANNOT
        return said

    with ClassFolder(CourseFolder(), EXERCISE).locked():
        assert "another run" in refused()
    assert f"no exercise '2-none' in source/; there are: {EXERCISE}" in refused("2-none")
    path = course.root / "source" / EXERCISE / f"{EXERCISE}.ipynb"
    whole = path.read_text()
    path.write_text(whole[:-20])
    assert "source notebook can't be read" in refused()
    path.write_text(whole)
    with monkeypatch.context() as patched:
        patched.setattr(folder, "grading_version", lambda source, profile: "another")
        with pytest.raises(CannotGrade, match="another version"):
            run_here(patched, course, Inline())
    summary = run_here(monkeypatch, course, Inline(raises=RuntimeError("no idea")))
    assert summary.not_graded == 11 and "no idea" in dict(summary.problems)["ada"]
    needed = whole.replace("assert f(3) == 6", "assert f(maths.floor(3)) == 6")
    path.write_text(needed.replace("import math\\n", "import maths\\n"))
    said = refused()
    assert (
        "the source notebook is at fault" in said
        and "'imports', which defines maths, fails" in said
        and "'maths'" in said
    )


def test_what_was_not_found_as_usual_is_said(
    course: HandedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four right answers got 0 points, and nobody but their writer could have seen why."""
    for learner, f in (("ada", "def f(x): return x + x"), ("ben", "def f(x): return x")):
        path = course.root / "submitted" / learner / EXERCISE / f"{EXERCISE}.ipynb"
        notebook = json.loads(good(f=f))
        for cell in notebook["cells"]:
            cell["metadata"] = {}
        if learner == "ben":  # and a wrong answer stands in two versions
            notebook["cells"] = [c for c in notebook["cells"] if c["id"] != "f"]
            code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
            notebook["cells"] += [code | {"source": f}, code | {"source": f + " + 1"}]
        path.write_text(json.dumps(notebook))
    summary = run_here(monkeypatch, course, Inline())
    gone = "by its cell's id, since nbgrader's metadata was gone"
    assert dict(summary.remarks)["ada"] == f"f, try-g, w: found {gone}"
    waits = "waits for you in the formgrader: f: taken from the last of several cells that define f"
    assert dict(summary.problems)["ben"] == waits
    assert course.waiting() >= {("ben", "f-visible"), ("ben", "f-hidden"), ("ben", "w")}
    scores = {(s, name): auto for s, name, auto, _, _ in course.rows()[0]}
    assert scores["ada", "f-hidden"] == "2.0" and scores["ben", "f-hidden"] == "None"
    comments = {(s, name): comment for s, name, comment, _ in course.rows()[1]}
    assert comments["ada", "f"] == f"About this answer: found {gone}."
    assert comments["ben", "f"].endswith("that define f.")
    course.nbgrader("generate_feedback", EXERCISE, "--student=ben")
    page = (course.root / "feedback" / "ben" / EXERCISE / f"{EXERCISE}.html").read_text()
    assert "2 points wait" not in page and "waits for your instructor" in page
    assert "About this answer: taken from the last of several cells that define f." in page
    assert "Comment by your instructor" not in page, "none has said anything yet"
    assert dict(run_here(monkeypatch, course, Inline()).problems)["ben"] == waits
    for cell in ("f-visible", "f-hidden", "w"):
        course.grade_by_hand("ben", 0.5, cell)
    again = run_here(monkeypatch, course, Inline())
    assert "ben" not in dict(again.problems) and again.unchanged == 10


def test_what_can_not_lie_beside_the_sources_files_is_not_copied(
    course: HandedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where every file is expected, one named like a folder of the source ended its grading."""
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write("c.SubmissionReader.expected_files = ['*']\n")
    source = course.root / "source" / EXERCISE
    (source / "data").mkdir()
    (source / "data" / "x.csv").write_text("1")
    (source / "helper.py").write_text("")
    shutil.rmtree(course.root / "submitted")
    folder = hand_in(course.root, "ada", good())
    (folder / "data").write_text("a file")
    for place in ("helper.py", "own"):
        (folder / place).mkdir()
        (folder / place / "x").write_text("")
    summary = run_here(monkeypatch, course, Inline())
    assert summary.graded == 1
    said = "not copied, since the exercise has a file or folder there: data, helper.py/x"
    assert summary.remarks == [("ada", said)]
    graded = course.root / "autograded" / "ada" / EXERCISE
    assert (graded / "data" / "x.csv").is_file() and (graded / "helper.py").is_file()
    assert (graded / "own" / "x").is_file()
