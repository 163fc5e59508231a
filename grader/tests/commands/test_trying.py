"""`nbexaminer try`: which tests run beside the answers, said and written into the source."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from nbexaminer.__main__ import main
from nbexaminer.classroom.course_folder import CourseFolder
from nbexaminer.classroom.pipeline.folder import ClassFolder
from nbexaminer.errors import Status
from support.course import EXERCISE, Course, source
from support.notebooks import answer, check, source_of

BESIDE = "assert isinstance(f(), C)"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    made = Course.make(tmp_path)
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "jupyter"))
    monkeypatch.chdir(tmp_path)
    return made


def said(status: Status, *command: str) -> str:
    ran = CliRunner(env={"COLUMNS": "1000"}).invoke(main, command)
    assert ran.exit_code == status, ran.output + repr(ran.exception)
    return " ".join(ran.output.split())


def put(course: Course, source: bytes) -> Path:
    path = course.root / "source" / EXERCISE / f"{EXERCISE}.ipynb"
    path.write_bytes(source)
    return path


def test_it_says_which_run_beside_and_writes_it_into_the_source(course: Course) -> None:
    """The instructor would have to rewrite tests that others have written."""
    code = "class C: pass\ndef f(): return C()"
    cells = answer("f", code), check("t", BESIDE), check("u", "assert f() is not None")
    path = put(course, source_of(*cells))
    before = path.read_text()
    shown = said(Status.LOOK, "try", EXERCISE)
    assert "t │ beside │ it uses C, a class of an answer's, in isinstance (error: " in shown
    assert "u │ both" in shown
    assert f"`nbexaminer try {EXERCISE} --write` notes" in shown and path.read_text() == before
    course.hand_in("ada", path.read_bytes())
    refused = said(Status.CANNOT, "grade", EXERCISE, "--jobs=1")
    assert "'t': beside: it uses C" in refused and f"`nbexaminer try {EXERCISE} --write`" in refused
    assert "says now: 't' beside. You needn't" in said(Status.FINE, "try", EXERCISE, "--write")
    assert "beside │ noted in the source: it uses C" in said(Status.FINE, "try", EXERCISE)
    changed = json.loads(path.read_text())
    (cell,) = [c for c in changed["cells"] if c["metadata"].pop("nbexaminer", None)]
    assert cell["id"] == "t" and json.dumps(changed, indent=1, ensure_ascii=False) in before
    said(Status.FINE, "grade", EXERCISE, "--jobs=1")
    assert course.scores()["ada"] == {"t": (2.0, False), "u": (2.0, False)}


def test_a_source_without_solutions_is_graded_where_its_trial_is_waived(course: Course) -> None:
    """nbgrader asks for none."""
    put(course, source_of(answer("f", "raise NotImplementedError"), check("t", "assert f() == 1"),
                          check("free", "assert True")))  # fmt: skip
    mine = source_of(answer("f", "def f(): return 1"), check("t", ""), check("free", ""))
    course.hand_in("ada", mine)
    waiver = f"If your source has no solutions, c.MarkingRules.untried = [{EXERCISE!r}] waives this"
    refused = said(Status.CANNOT, "grade", EXERCISE, "--jobs=1")
    assert "'t': error" in refused and waiver in refused
    assert waiver in said(Status.LOOK, "try", EXERCISE)
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(f"\nc.MarkingRules.untried = [{EXERCISE!r}]\n")
    for _ in range(2):
        shown = said(Status.FINE, "grade", EXERCISE, "--jobs=1", "--force")
        assert "the source's own solution is not tried, as c.MarkingRules.untried has it" in shown
        assert "as it is handed out gets the points of 'free'" in shown
    assert course.scores()["ada"] == {"t": (2.0, False), "free": (2.0, False)}
    assert f"untried has {EXERCISE!r}, so it is graded all the same" in said(
        Status.LOOK, "try", EXERCISE
    )


def test_it_names_what_nobody_can_pass(course: Course) -> None:
    """Nothing is written that would not help."""
    path = put(course, source_of(answer("f", "def f(): return 1"), check("t", "assert f() == 2")))
    before = path.read_bytes()
    shown = said(Status.LOOK, "try", EXERCISE, "--write")
    assert "its own solution does not pass it: failed: " in shown and path.read_bytes() == before
    assert "c.MarkingRules.untried" not in shown
    put(course, source())
    assert "f-hidden │ both" in said(Status.FINE, "try", EXERCISE)
    put(course, source_of(answer("f", "def f(): return 1")))
    assert f"{EXERCISE}: no test cells" in said(Status.FINE, "try", EXERCISE)


def test_where_work_belongs_is_called_after_the_sources_notebooks(course: Course) -> None:
    """The first submission would lie where grading doesn't look for it."""
    put(course, source()).with_name("second.ipynb").write_bytes(source())
    said = ClassFolder(CourseFolder(), EXERCISE).nothing_handed_in()
    folder = f"submitted/<learner>/{EXERCISE}"
    assert f"belongs in {folder}/{EXERCISE}.ipynb and {folder}/second.ipynb. " in said
