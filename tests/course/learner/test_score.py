"""A learner alone learns what an instructor's grading would say, in seconds."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner
from nbclient import NotebookClient
from rich.console import Console

from course.authoring.exercises import ROOT, exercises, source_of
from course.learner import points as module
from course.learner import score as shown
from course.learner.points import (
    NO_SANDBOX,
    ExerciseScore,
    Grader,
    NotScored,
    cli,
    grade_own,
    own_grader,
    read_record,
)
from nbexaminer.errors import SandboxUnavailable, SourceError
from nbexaminer.judging.limits import Limits
from nbexaminer.judging.session.engine import Examined
from nbexaminer.sandbox.view import Sandbox
from support.notebooks import submission

EXERCISE = "1-attention"
LIMITS = Limits(cell_cpu_seconds=2.0, cell_wall_seconds=30.0)
RELEASED = (ROOT / "release" / EXERCISE / f"{EXERCISE}.ipynb").read_bytes()
OVERALL_SUM = "def softmax(x, dim=-1):\n    return x.exp() / x.exp().sum()"
ENDLESS = "def project_qkv(x, W_q, W_k, W_v):\n    while True:\n        pass"
SINGLE = """\
def scaled_dot_product_attention(Q, K, V):
    weights = torch.exp(Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])).float()
    weights = weights / weights.sum(-1, keepdim=True)
    return weights @ V.float(), weights"""
WORTH = {
    about["grade_id"]: about["points"]
    for cell in json.loads(source_of(EXERCISE).read_bytes())["cells"]
    if (about := cell["metadata"].get("nbgrader", {})).get("grade")
}
"""An instructor may change it."""
VISIBLE, HIDDEN, BY_HAND = (
    sum(points for name, points in WORTH.items() if which in name)
    for which in ("-visible", "-hidden", "written-")
)
WRONG = submission(RELEASED, {"softmax": OVERALL_SUM, "scaled_dot_product_attention": SINGLE})


def work_with(root: Path, notebook: bytes, exercise: str = EXERCISE) -> Path:
    (root / "work" / exercise).mkdir(parents=True)
    (root / "work" / exercise / f"{exercise}.ipynb").write_bytes(notebook)
    return root / "work"


def worth(answer: str) -> float:
    """The points of an answer, hidden tests included."""
    points: float = WORTH[f"{answer}-visible"] + WORTH[f"{answer}-hidden"]
    return points


def printed(score: ExerciseScore) -> str:
    console = Console(file=io.StringIO(), width=100)
    shown.print_score(score, console)
    said: str = console.file.getvalue()  # type: ignore[attr-defined]
    return said


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    """Started once: that takes seconds."""
    with own_grader(LIMITS) as (made, remark):
        assert remark == ("" if sys.platform == "linux" else NO_SANDBOX)
        yield made


@pytest.fixture(scope="module")
def wrong(grader: Grader, tmp_path_factory: pytest.TempPathFactory) -> ExerciseScore:
    """One answer wrong, one that only a hidden test finds wrong, one not written."""
    return grade_own(EXERCISE, grader, work_with(tmp_path_factory.mktemp("wrong"), WRONG))


def test_a_solution_gets_every_point_and_only_a_record_is_written(
    grader: Grader, tmp_path: Path
) -> None:
    """A learner who is done must see that, and find their folder as they left it."""
    work = work_with(tmp_path, source_of(EXERCISE).read_bytes())
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    made = grade_own(EXERCISE, grader, work)
    assert (made.points(hidden=False), made.points(hidden=True)) == (
        (VISIBLE, VISIBLE),
        (HIDDEN, HIDDEN),
    )
    assert made.unwritten() == []
    assert printed(made).count("✓") == 3 and "✗" not in printed(made)
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert after.keys() - before.keys() == {work / ".score.json"}
    assert {path: after[path] for path in before} == before
    assert read_record(work) == {EXERCISE: made}


def test_a_wrong_answer_costs_its_points_and_the_message_says_why(wrong: ExerciseScore) -> None:
    """Hidden tests tell a learner alone what they would tell on the feedback page, no more."""
    earned = WORTH["scaled_dot_product_attention-visible"]
    assert (wrong.points(hidden=False), wrong.points(hidden=True)) == (
        (earned, VISIBLE),
        (0, HIDDEN),
    )
    assert wrong.unwritten() == ["project_qkv", "written-scaling"]
    said = printed(wrong)
    assert f"□ project_qkv: 0 of {worth('project_qkv')} points, not written yet" in said
    assert f"✗ softmax: 0 of {worth('softmax')} points" in said and "over all elements" in said
    attention = "scaled_dot_product_attention"
    assert f"✗ {attention}: {earned} of {worth(attention)} points" in said
    hidden = wrong.answers[2].results[1]
    assert hidden.hidden and "converted to float32" in str(hidden.message)
    assert "float64 tensor of shape (2, 4, 8)," in str(hidden.message), "shapes, and no values"
    # In a terminal of 80 columns a fact goes on below where it began, as in the notebook.
    lines = said.splitlines()
    begun = next(i for i, line in enumerate(lines) if line.startswith("      expected:  exp(x)"))
    assert lines[begun + 1].startswith(" " * 17) and lines[begun + 1][17] != " "
    assert cli("solution", "1-attention") in said and "not written yet" in said


@pytest.mark.parametrize("in_its_own_cell", [True, False])
def test_a_misspelt_answer_is_told_by_its_name(
    grader: Grader, tmp_path: Path, in_its_own_cell: bool
) -> None:
    """Told that it is not written yet, a learner would look for an answer that stands there."""
    misspelt = "def project_qvk(x, W_q, W_k, W_v):\n    return x @ W_q, x @ W_K, x @ W_v"
    mine = submission(RELEASED, {"project_qkv": misspelt} if in_its_own_cell else {})
    if not in_its_own_cell:
        notebook = json.loads(mine)
        cell = {"cell_type": "code", "id": "mine", "metadata": {}, "source": misspelt}
        notebook["cells"].insert(5, cell | {"outputs": [], "execution_count": None})
        mine = json.dumps(notebook).encode()
    said = printed(grade_own(EXERCISE, grader, work_with(tmp_path, mine)))
    assert "your cell defines project_qvk; the test looks for project_qkv" in said
    assert "project_qkv: 0 of" in said and "project_qkv: 0 of 5 points, not written" not in said


def test_commands_are_named_as_the_learner_can_type_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """`make` is not there on Windows, and `llm-basics` not on the path of who never activated."""
    monkeypatch.setenv("MAKELEVEL", "1")
    assert cli("solution", "1-attention") == "make solution EXERCISE=1-attention"
    monkeypatch.delenv("MAKELEVEL")
    assert cli("solution", "1-attention") == "llm-basics solution 1-attention"


def test_an_endless_loop_ends(grader: Grader, tmp_path: Path) -> None:
    """The command must come back, and the other answers keep their points."""
    mine = submission(source_of(EXERCISE).read_bytes(), {"project_qkv": ENDLESS})
    made = grade_own(EXERCISE, grader, work_with(tmp_path, mine))
    endless, *others = made.answers
    assert (endless.earned, endless.points) == (0, worth("project_qkv"))
    assert all(a.earned == a.points == worth(a.name) for a in others)
    assert "took longer than" in printed(made)


@pytest.mark.parametrize("forks", [True, False])
def test_without_a_sandbox_it_runs_all_the_same_and_says_so(
    wrong: ExerciseScore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forks: bool
) -> None:
    """macOS and Windows have none: it is the learner's own code, and gets the same points."""

    def none(*_: Any) -> Sandbox:
        raise SandboxUnavailable("it needs Linux.", "none")

    monkeypatch.setattr(Sandbox, "find", none)
    if not forks:
        monkeypatch.delattr(os, "fork")
    with own_grader(LIMITS) as (grade, remark):
        made = grade_own(EXERCISE, grade, work_with(tmp_path, WRONG))
    assert remark == NO_SANDBOX
    for answer, expected in zip(made.answers, wrong.answers, strict=True):
        assert (answer.name, answer.earned) == (expected.name, expected.earned)
        for one, other in zip(answer.results, expected.results, strict=True):
            causes = [m.message.cause for m in (one, other)]
            assert causes[0] == causes[1]


def test_without_forks_a_notebook_that_ends_or_never_ends_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was reached counts, and the rest has a reason."""
    monkeypatch.delattr(os, "fork")
    mine = submission(source_of(EXERCISE).read_bytes(), {"softmax": "import os; os._exit(1)"})
    work = work_with(tmp_path, mine)
    with own_grader(LIMITS) as (grade, _):
        made = grade_own(EXERCISE, grade, work)
    assert made.answers[0].earned == worth("project_qkv") and made.answers[1].earned == 0
    assert made.answers[1].results[0].message.headline == "not run: the notebook ended its process"
    with own_grader(Limits(cell_wall_seconds=0.1)) as (grade, _):
        made = grade_own(EXERCISE, grade, work)
    assert (
        "the notebook took longer than 0.1 seconds" in made.answers[0].results[0].message.headline
    )


def test_what_can_not_be_graded_says_what_to_do(tmp_path: Path) -> None:
    """A missing or damaged notebook, or a slip in the name, must not end in a traceback."""
    work = work_with(tmp_path, b'{"cells": [')

    def said(*arguments: str) -> str:
        ran = CliRunner().invoke(shown.score, [*arguments, "--work", str(work)])
        assert ran.exit_code != 0 and "Traceback" not in ran.output
        return ran.output

    assert "1-attention.ipynb can't be read: it is not JSON" in said(EXERCISE)
    assert "2-multi-head.ipynb is not there: `llm-basics lab` makes it" in said("2-multi-head")
    wrong_name = said("1-atention")
    assert all(exercise in wrong_name for exercise in exercises())
    assert not (work / ".score.json").exists()


@pytest.mark.parametrize("short", ["1", "1-", "1-att"])
def test_an_exercise_is_understood_by_its_number(
    short: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who types `make score EXERCISE=1` means the only one that begins so."""
    monkeypatch.setattr(shown, "exercises", lambda: ["1-attention", "10-other", "2-a", "2-b"])
    ran = CliRunner().invoke(shown.score, [short, "--work", str(tmp_path)])
    assert "1-attention.ipynb is not there" in ran.output
    ran = CliRunner().invoke(shown.score, ["2", "--work", str(tmp_path)])
    assert ran.exit_code != 0 and "'2' may be any of 2-a, 2-b" in ran.output
    ran = CliRunner().invoke(shown.score, ["3", "--work", str(tmp_path)])
    assert ran.exit_code != 0 and "is none of 1-attention, 10-other, 2-a, 2-b" in ran.output


@pytest.mark.parametrize("arguments", [[], [EXERCISE]])
def test_a_copy_without_the_instructors_tests_says_so(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A class may get the course without source/; an empty table would explain nothing."""
    monkeypatch.setattr(shown, "exercises", lambda: [])
    ran = CliRunner().invoke(shown.score, arguments)
    assert ran.exit_code != 0
    assert "no source/, which has the tests" in ran.output


def test_a_course_that_is_not_whole_costs_one_exercise(tmp_path: Path) -> None:
    """A locked cell that needs weights which are not installed must not end in a traceback."""

    def broken(*_: Any) -> Examined:
        raise SourceError("the locked cell 'given' fails: MissingWeightsError")

    with pytest.raises(NotScored, match="1-attention can't be graded here: the locked cell"):
        grade_own(EXERCISE, broken, work_with(tmp_path, RELEASED))


@pytest.fixture
def shared_grader(grader: Grader, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a button grades with, which takes seconds to start, is that of the other tests."""

    @contextmanager
    def shared() -> Iterator[tuple[Grader, str]]:
        yield grader, NO_SANDBOX

    monkeypatch.setattr(shown, "own_grader", shared)


@pytest.mark.usefixtures("shared_grader")
def test_the_button_grades_again(tmp_path: Path) -> None:
    """The notebook shows the last points, says what changed since, and what is missing."""
    work = work_with(tmp_path, WRONG)
    scores = shown.Scores(work)
    _, table, button, told = scores.children
    assert table.value.count("not graded yet") == len(exercises())
    button.click()
    assert table.value.count("not graded yet") == len(exercises()) - 1
    assert f"{EXERCISE} □✗✗" in table.value, "a mark for each answer"
    assert f" of {VISIBLE}" in table.value and f"0 of {HIDDEN}" in table.value
    assert "runs over all elements" in table.value
    assert "2-multi-head.ipynb is not there" in told.value and NO_SANDBOX in told.value
    assert not button.disabled and button.description == "Grade again"
    assert "changed since" not in table.value
    work_with(tmp_path / "again", RELEASED).joinpath(EXERCISE, f"{EXERCISE}.ipynb").replace(
        work / EXERCISE / f"{EXERCISE}.ipynb"
    )
    assert "changed since" in shown.Scores(work).children[1].value


@pytest.mark.usefixtures("shared_grader")
def test_a_button_grades_one_notebook(tmp_path: Path) -> None:
    """It stands in the notebook, so that nobody has to find a terminal for what costs points."""
    work = work_with(tmp_path, WRONG)
    button, told = shown.NotebookScore(EXERCISE, work).children
    assert "Save the notebook first" in told.value
    button.click()
    assert "✗ softmax" in told.value and "runs over all elements" in told.value
    assert f"0 of {worth('softmax')} points" in told.value
    assert "written-scaling" in told.value and NO_SANDBOX in told.value
    assert not button.disabled and button.description == "Grade again"
    (work / EXERCISE / f"{EXERCISE}.ipynb").unlink()
    button.click()
    assert "1-attention.ipynb is not there" in told.value


@pytest.mark.parametrize(
    ("name", "graded", "shown_at_all"),
    [
        (f"{EXERCISE}.ipynb", "", True),
        ("solution.ipynb", "", False),
        (f"{EXERCISE}.ipynb", "autograde", False),
        ("", "", False),
    ],
)
def test_the_button_stands_in_ones_own_notebook_only(
    name: str, graded: str, shown_at_all: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a solution it would grade another notebook, and grading must not grade itself."""
    folder = work_with(tmp_path, RELEASED) / EXERCISE
    (folder / "solution.ipynb").write_bytes(RELEASED)
    for variable, value in (
        ("JPY_SESSION_NAME", name and str(folder / name)),
        ("NBGRADER_EXECUTION", graded),
    ):
        monkeypatch.delenv(variable, raising=False)
        if value:
            monkeypatch.setenv(variable, value)
    code = "from checks.attention import waiting\nwaiting('softmax')"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    paths = f"{ROOT}:{ROOT / 'grader' / 'src'}"
    monkeypatch.setenv("PYTHONPATH", paths)
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, kernel_name="python3", resources=resources).execute()
    shown_widgets = [
        output
        for output in notebook.cells[0].outputs
        if "application/vnd.jupyter.widget-view+json" in output.get("data", {})
    ]
    assert bool(shown_widgets) is shown_at_all


def test_all_exercises_are_a_table(wrong: ExerciseScore) -> None:
    """What is missing is told below it, and points are added up."""
    console = Console(file=io.StringIO(), width=80)
    longest = dataclasses.replace(wrong, exercise="5-positional-encoding")
    shown.print_table([longest, wrong], ["work/3 is not there"], console)
    said = console.file.getvalue()  # type: ignore[attr-defined]
    rows = [line.split("│")[1:-1] for line in said.splitlines() if line.startswith("│")]
    earned = WORTH["scaled_dot_product_attention-visible"]
    points = [f"{earned} of {VISIBLE}", f"0 of {HIDDEN}", "2", f"{BY_HAND}"]
    assert [[cell.strip() for cell in row] for row in rows] == [
        ["5-positional-encoding", *points],
        ["1-attention", *points],
        ["together", f"{2 * earned} of {2 * VISIBLE}", f"0 of {2 * HIDDEN}", "", ""],
    ]
    assert "work/3 is not there" in said and cli("score", "1-attention") in said


@pytest.mark.parametrize("damaged", ["", "[]", '{"1-attention": 3}', '{"1-attention": {}}'])
def test_a_damaged_record_is_none(tmp_path: Path, damaged: str) -> None:
    """It is made anew, and costs nothing."""
    (tmp_path / ".score.json").write_text(damaged)
    assert read_record(tmp_path) == {}


def test_the_notebook_shows_the_scores() -> None:
    """It is copied to work/ as it is."""
    notebook = json.loads((Path(module.__file__).parent / "my-score.ipynb").read_text())
    code = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    assert code == ["from course.learner.score import show_scores\n\nshow_scores()"]
