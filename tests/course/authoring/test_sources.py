"""What an instructor would lose: source, release and solutions that say the same."""

import ast
import copy
import json
import re
import subprocess
import textwrap
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

import checks
from course.authoring import solutions
from course.authoring.exercises import ROOT, exercises, source_of
from course.authoring.lint import faults
from course.authoring.release import release
from course.authoring.solutions import solution, solved
from nbexaminer.judging.notebook.cell import Cell
from support.commands import run_forked

EXERCISES = exercises()


def _cells(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def _text(cell: dict) -> str:
    return "".join(cell["source"])


def _regions(cells: list[dict], mark: str) -> list[str]:
    """The lines of code between `BEGIN mark` and `END mark` that tell something."""
    lines, inside = [], False
    for cell in cells:
        for line in _text(cell).split("\n"):
            if f"BEGIN {mark}" in line or f"END {mark}" in line:
                inside = "BEGIN" in line
            elif (
                inside and len(line.strip()) > 20 and not line.strip().startswith(("from ", "def "))
            ):
                lines.append(line.strip())
    return lines


def _answers(cells: list[dict]) -> dict[str, str]:
    return {
        c["metadata"]["nbgrader"]["grade_id"]: _text(c)
        for c in cells
        if c["cell_type"] == "code" and c["metadata"].get("nbgrader", {}).get("solution")
    }


def test_every_exercise_has_its_release_solution_and_checks():
    assert sorted(p.parent.name for p in ROOT.glob("release/*/*.ipynb")) == EXERCISES, (
        "make release"
    )
    assert sorted(p.stem for p in ROOT.glob("solutions/*.ipynb")) == EXERCISES, "make solutions"
    modules = (import_module(f"checks.{m.name}") for m in iter_modules(checks.__path__))
    with_checks = [m.EXERCISE.name for m in modules if hasattr(m, "EXERCISE")]
    assert sorted(with_checks) == EXERCISES


@pytest.mark.parametrize("exercise", EXERCISES)
def test_each_answer_has_one_cell_and_its_stub_says_what_to_write(exercise):
    stubs = _answers(_cells(ROOT / "release" / exercise / f"{exercise}.ipynb"))
    assert list(stubs) == list(_answers(_cells(source_of(exercise))))
    for name, stub in stubs.items():
        assert "NotImplementedError" in stub, f"{name} can be handed in without an answer"
        assert name in stub or name.startswith("try-")


@pytest.mark.parametrize("exercise", EXERCISES)
def test_source_notebook_has_no_faults(exercise):
    assert faults(source_of(exercise)) == []


@pytest.mark.parametrize("exercise", EXERCISES)
def test_release_is_what_nbgrader_makes_of_source(exercise, tmp_path, monkeypatch):
    def run(command, cwd, **_):
        return run_forked(*command[2:], cwd=cwd)

    monkeypatch.setattr(subprocess, "run", run)  # nbgrader is imported once for all exercises
    made = release(exercise, tmp_path)
    stored = ROOT / "release" / exercise
    assert made.read_bytes() == (stored / made.name).read_bytes(), (
        f"run make release EXERCISE={exercise}"
    )
    names = {p.relative_to(stored) for p in stored.rglob("*") if "checkpoint" not in str(p)}
    assert names == {p.relative_to(made.parent) for p in made.parent.rglob("*")}


@pytest.mark.parametrize("exercise", EXERCISES)
def test_solutions_are_what_source_says_and_were_run(exercise):
    """nbval runs them, and compares what comes out with what is stored."""
    stored = nbformat.read(ROOT / "solutions" / f"{exercise}.ipynb", as_version=4)
    code = [cell for cell in stored.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    for cell in code:
        cell.update(outputs=[], execution_count=None)
    assert stored == solved(exercise), f"run make solutions EXERCISE={exercise}"


@pytest.mark.parametrize("exercise", EXERCISES)
def test_learners_are_given_no_solution_hidden_test_or_mark_scheme(exercise):
    source = _cells(source_of(exercise))
    release = _cells(ROOT / "release" / exercise / f"{exercise}.ipynb")
    stubs = "\n".join(_text(c) for c in release)
    tests = [c for c in source if c["metadata"].get("nbgrader", {}).get("grade")]
    for mark in ("HIDDEN TESTS", "MARK SCHEME"):
        assert mark not in stubs
        given = "\n".join(_text(c) for c in tests if "-visible" in str(c["metadata"]))
        leaked = [x for x in _regions(source, mark) if x in stubs and x not in given]
        assert not leaked, f"{mark} in release/: {leaked[:3]}"
    assert "BEGIN SOLUTION" not in stubs
    answers = {
        c["metadata"]["nbgrader"]["grade_id"]: c
        for c in release
        if c["metadata"].get("nbgrader", {}).get("solution")
    }
    for cell in source:
        meta = cell["metadata"].get("nbgrader", {})
        if meta.get("solution") and cell["cell_type"] == "code":
            stub = _text(answers[meta["grade_id"]])
            leaked = [x for x in _regions([cell], "SOLUTION") if x in stub]
            assert not leaked, f"solution of {meta['grade_id']} in release/: {leaked}"


def _folded(cell: dict) -> dict[str, str]:
    """What unfolds in a text cell, by its summary."""
    text = _text(cell)
    folded = dict(
        re.findall(r"<details><summary>(.+?)</summary>\n\n(.+?)\n\n</details>", text, re.S)
    )
    assert text.count("<details>") == text.count("</details>") == len(folded), cell["id"]
    return folded


def _questions(exercise: str) -> list[tuple[dict, dict]]:
    """Each answer cell, written ones too, with the last text cell before it."""
    asked, found = {}, []
    for cell in _cells(source_of(exercise)):
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            found.append((cell, asked))
        elif cell["cell_type"] == "markdown":
            asked = cell
    return found


def _statements(code: str) -> list[str]:
    try:
        return [ast.unparse(statement) for statement in ast.parse(textwrap.dedent(code)).body]
    except SyntaxError:  # the first line of several, as `if x:`
        return [line.strip() for line in code.split("\n") if line.strip()]


@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_question_has_three_hints_and_what_to_see(exercise):
    """Who is stuck at night has nobody to ask."""
    for answer, asked in _questions(exercise):
        first, second, third, *rest = _folded(asked)
        assert first == "Hint 1: the idea" and third == "Hint 3: the first line", answer["id"]
        assert second.startswith("Hint 2: ")
        if answer["cell_type"] == "code" and Cell(answer).is_awaited:
            assert len(rest) == 1 and rest[0].startswith("What it should"), answer["id"]
            assert f"✓ {answer['id']}: the visible tests pass." in _folded(asked)[rest[0]]


@pytest.mark.parametrize("exercise", EXERCISES)
def test_hints_are_not_the_answer(exercise):
    """Of each part of a solution they tell one statement at most, and not the only one."""
    for answer, asked in _questions(exercise):
        blocks = re.findall(r"```python\n(.*?)```", _text(asked), re.S)
        told = {statement for block in blocks for statement in _statements(block)}
        regions = re.findall(r"### BEGIN SOLUTION\n(.*?) *### END SOLUTION", _text(answer), re.S)
        for part in map(_statements, regions):
            shared = [statement for statement in part if statement in told]
            assert len(shared) <= min(1, len(part) - 1), (answer["id"], shared)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_first_cell_says_how_hard_how_long_and_what_it_is_worth(exercise):
    """The points in it are those that nbgrader counts: `faults` holds that."""
    title = _text(_cells(source_of(exercise))[0])
    assert "| difficulty | minutes | points | builds on |\n|---|---|---|---|\n| ★" in title
    assert " for the tests that you see, " in title and title.count("|\n|") == 2
    assert f"`make score EXERCISE={exercise}`" in title


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_last_cell_says_where_to_go_next(exercise):
    last = _text(_cells(source_of(exercise))[-1])
    assert last.startswith("## Next\n") and "`make score`" in last
    number = int(exercise.partition("-")[0])
    # Exercise 0 follows lesson 01, 1 to 8 follow 06 to 13, 9 follows 15 and 10 the last one, 16.
    following = f"{number + {0: 2, 9: 7, 10: 7}.get(number, 6):02}-"
    if list((ROOT / "notebooks").glob(f"{following}*.ipynb")):
        assert f"](../../notebooks/{following}" in last


@pytest.mark.parametrize("exercise", EXERCISES)
def test_written_questions_have_a_model_answer(exercise):
    """A learner alone compares with it; the mark scheme is for whoever grades."""
    solved = {c["id"]: _text(c) for c in _cells(ROOT / "solutions" / f"{exercise}.ipynb")}
    for answer, _ in _questions(exercise):
        if answer["cell_type"] == "markdown":
            assert len(solved[answer["id"]].split()) > 80 and "scheme" not in solved[answer["id"]]


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_written_question_says_how_to_write(exercise):
    """Who is new to notebooks sees text where the answer goes, and no box to type into."""
    for answer, asked in _questions(exercise):
        if answer["cell_type"] == "markdown":
            assert "Double-click the cell below" in _text(asked), answer["id"]


@pytest.mark.parametrize("exercise", EXERCISES)
def test_what_only_shows_something_is_not_run_while_grading(exercise):
    """A big model, loaded for each of 300 learners, or a picture that nobody looks at."""
    for cell in _cells(source_of(exercise)):
        code, tags = _text(cell), cell["metadata"].get("tags", [])
        if cell["cell_type"] == "code" and re.search(r"= minilm_files\(\)|own\(\"|\bshow\(", code):
            assert "not-graded" in tags, cell["id"]


def test_a_solution_that_fails_a_test_is_not_made(tmp_path, monkeypatch):
    """Its test cells carry the tag that lets Run All go on."""
    notebook = nbformat.read(source_of("1-attention"), as_version=4)
    ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    answer = notebook.cells[ids.index("project_qkv")]
    answer.source = answer.source.replace("x @ W_q", "x @ W_k")
    notebook.cells = notebook.cells[: ids.index("project_qkv-visible") + 1]
    path = tmp_path / "1-attention.ipynb"
    nbformat.write(notebook, path)
    monkeypatch.setattr(solutions, "source_of", lambda _: path)
    with pytest.raises(CellExecutionError):
        solution("1-attention", tmp_path)


def test_a_solution_finds_what_lies_beside_its_exercise(tmp_path, monkeypatch):
    """A picture would be a broken one there, and a link lead nowhere."""
    notebook = nbformat.read(source_of("1-attention"), as_version=4)
    notebook.cells[0].source = (
        "![an arm](arm.png) [a](https://a.org/b) [b](#c) [d](../2-multi-head/e.ipynb) "
        "[f](../../docs/glossary.md#g)"
    )
    path = tmp_path / "1-attention.ipynb"
    nbformat.write(notebook, path)
    monkeypatch.setattr(solutions, "source_of", lambda _: path)
    assert solved("1-attention").cells[0].source == (
        "![an arm](../release/1-attention/arm.png) [a](https://a.org/b) [b](#c) "
        "[d](../release/2-multi-head/e.ipynb) [f](../docs/glossary.md#g)"
    )


BROKEN = {
    "holds outputs": lambda cells: cells["softmax"].update(execution_count=3),
    "stands 2 times": lambda cells: cells["softmax-visible"].metadata.nbgrader.update(
        grade_id="softmax"
    ),
    "hidden-test region outside": lambda cells: cells["softmax"].update(
        source=cells["softmax"].source
        + "\n### BEGIN HIDDEN TESTS\nassert True\n### END HIDDEN TESTS"
    ),
    "its stub raises when it is run": lambda cells: cells["softmax"].update(
        source="### BEGIN SOLUTION\nsoftmax = 1\n### END SOLUTION"
    ),
    "worth 0 points": lambda cells: cells["softmax-visible"].metadata.nbgrader.update(points=0),
    "without END HIDDEN TESTS": lambda cells: cells["softmax-hidden"].update(
        source=cells["softmax-hidden"].source.replace("END HIDDEN", "STOP HIDDEN")
    ),
    "must be locked": lambda cells: cells["softmax-visible"].metadata.nbgrader.update(locked=False),
    "answer cell needs a region": lambda cells: cells["softmax"].update(source="softmax = None"),
    "first code cell must import also": lambda cells: cells["imports"].update(
        source="import torch"
    ),
    "first code cell must only import": lambda cells: cells["imports"].update(
        source=cells["imports"].source + "\nn_heads = 4"
    ),
    "first code cell can't be read": lambda cells: cells["imports"].update(
        source="%matplotlib inline"
    ),
    "the answer cells are": lambda cells: cells["softmax"].metadata.nbgrader.update(
        grade_id="soft_max"
    ),
    "there is no test cell 'softmax-hidden'": lambda cells: cells[
        "softmax-hidden"
    ].metadata.nbgrader.update(grade_id="softmax-secret"),
    "the first cell needs a table": lambda cells: cells["title"].update(source="# Exercise 1"),
    "without it Run All stops here": lambda cells: cells["softmax-hidden"].metadata.update(tags=[]),
    "must say what they wait for": lambda cells: cells["softmax-hidden"].update(
        source=cells["softmax-hidden"].source.replace('waiting("softmax")', "")
    ),
    "can't have a grade_id that begins with": lambda cells: cells[
        "softmax-visible"
    ].metadata.nbgrader.update(grade_id="try-softmax"),
    "for partial credit": lambda cells: cells["softmax-hidden"].update(
        source=cells["softmax-hidden"].source + "\nscore = 1.5\nscore"
    ),
    "tag not-graded is for code": lambda cells: cells["softmax"].metadata.update(
        tags=["not-graded"]
    ),
    "mark scheme belongs": lambda cells: cells["written-scaling-question"].metadata.nbgrader.update(
        locked=False
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_source_notebook_is_named(fault, tmp_path):
    notebook = nbformat.read(source_of("1-attention"), as_version=4)
    broken = copy.deepcopy(notebook)
    BROKEN[fault]({c.id: c for c in broken.cells})
    path = tmp_path / "1-attention.ipynb"
    nbformat.write(broken, path)
    said = faults(path)
    assert any(fault in line for line in said), said


@pytest.mark.parametrize(
    ("cell", "points"), [("softmax-visible", 70), ("softmax-hidden", 2.5), ("written-scaling", 50)]
)
def test_points_stand_in_one_place(cell, points, tmp_path):
    """An instructor changes them in the notebook, and is told once what else there is to write."""
    notebook = nbformat.read(source_of("1-attention"), as_version=4)
    cells = {c.id: c for c in notebook.cells}
    cells[cell].metadata.nbgrader.points = points
    path = tmp_path / "1-attention.ipynb"
    nbformat.write(notebook, path)
    (fault,) = faults(path)
    (wanted,) = re.findall(r'write "(.+)"$', fault)
    title = cells["title"]
    title.source = re.sub(r"\d+: \d+ for the tests [^|]+ ", f"{wanted} ", title.source)
    nbformat.write(notebook, path)
    assert faults(path) == []


def test_a_first_cell_may_import_more(tmp_path):
    notebook = nbformat.read(source_of("1-attention"), as_version=4)
    cell = next(c for c in notebook.cells if c.id == "imports")
    cell.source = f"# What you need.\nfrom collections.abc import Callable\n{cell.source}"
    path = tmp_path / "1-attention.ipynb"
    nbformat.write(notebook, path)
    assert faults(path) == []


def test_a_cell_without_an_id_is_named(tmp_path):
    """A release would get another one each time that it is made."""
    notebook = json.loads(source_of("1-attention").read_text())
    del notebook["cells"][2]["id"]
    path = tmp_path / "1-attention.ipynb"
    path.write_text(json.dumps(notebook))
    with pytest.warns(nbformat.warnings.MissingIDFieldWarning):
        said = faults(path)
    assert len(said) == 1 and "cell 2 has no id" in said[0]


def test_a_copied_exercise_must_go_by_its_own_name(tmp_path):
    notebook = (source_of("1-attention")).read_text()
    path = tmp_path / "8-attention.ipynb"
    path.write_text(notebook)
    assert faults(path) == [
        "checks.attention calls its exercise '1-attention': that must be '8-attention'"
    ]
    path = path.rename(tmp_path / "8-nobody.ipynb")
    assert faults(path) == ["there is no module checks.nobody with the exercise's checks"]


def test_what_is_no_notebook_is_said(tmp_path):
    path = tmp_path / "1-attention.ipynb"
    path.write_text('{"cells": [')
    assert "not a valid notebook" in faults(path)[0]
