"""What a class can read of the course: all that learners need, and no answer that nobody needs."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from common.copied import copy_into
from course.authoring.exercises import ROOT, exercises, source_of
from course.learner import commands
from course.learner.work import fill_work
from course.maintenance import handout
from course.maintenance.handout import handed_out

WITH_ANSWERS = ("reference/", "checks/")
"""What lessons import, and what visible tests compare with: right answers stand in it, though in
words of its own. docs/jupyterhub.md says so."""
PACKAGES = ("helpers", "reference", "checks", "course", "nbexaminer")


def _cells(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def _lines(path: Path) -> set[str]:
    """Of a notebook, those of its cells; none of a file that is no text."""
    try:
        if path.suffix == ".ipynb":
            text = "\n".join("".join(cell["source"]) for cell in _cells(path))
        else:
            text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return set()
    return {line.strip() for line in text.split("\n")}


def _secrets(exercise: str) -> dict[str, set[str]]:
    """The lines of each solution and mark scheme of an exercise, but for what anybody writes."""
    found = {}
    for cell in _cells(source_of(exercise)):
        regions = re.findall(
            r"BEGIN (SOLUTION|MARK SCHEME).*\n([\s\S]*?).*END \1", "".join(cell["source"])
        )
        for number, (kind, region) in enumerate(regions):
            lines = {x.strip() for x in region.split("\n") if len(x.strip()) > 20}
            if lines:
                found[f"{kind} {number + 1} in {cell['id']}"] = lines
    return found


@pytest.mark.parametrize("exercise", exercises())
def test_a_class_reads_no_solution_and_no_mark_scheme(exercise: str) -> None:
    """Who grades for marks would give them for what lay beside the exercise.

    What a later exercise needs of an earlier one is given there, in a locked cell.
    """
    later = tuple(f"release/{other}/" for other in exercises() if other > exercise)
    places = [path for path in handed_out() if not path.startswith((*WITH_ANSWERS, *later))]
    known = {path: _lines(ROOT / path) for path in places}
    secrets = _secrets(exercise)
    assert secrets
    told = [
        (which, path)
        for which, lines in secrets.items()
        for path, those in known.items()
        if lines <= those
    ]
    assert told == []


def test_a_class_gets_nothing_that_only_others_need() -> None:
    """Committed answers, and what tries to get past the grader, are answers too."""
    folders = {path.split("/")[0] for path in handed_out()}
    assert folders.isdisjoint({"source", "solutions", "tests", ".github", ".binder"})
    in_grader = {path.split("/")[1] for path in handed_out() if path.startswith("grader/")}
    assert in_grader.isdisjoint({"tests", "docs"})


def test_the_page_says_where_right_answers_can_be_read() -> None:
    """An instructor would take for kept what is not."""
    page = (ROOT / "docs" / "jupyterhub.md").read_text(encoding="utf-8")
    told = page.partition("\n## What a learner can read\n")[2].partition("\n## ")[0]
    for place in (*WITH_ANSWERS, "release/"):
        assert f"| `{place}` |" in told


def test_a_class_has_all_that_its_notebooks_import(tmp_path: Path) -> None:
    """A lesson or a test cell would end with an error that no learner can mend."""
    copy_into(tmp_path)
    notebooks = [*tmp_path.glob("notebooks/*.ipynb"), *tmp_path.glob("release/*/*.ipynb")]
    code = [
        "".join(cell["source"])
        for path in notebooks
        for cell in _cells(path)
        if cell["cell_type"] == "code" and cell["id"] != "colab"
    ]
    asked = {name for text in code for name in _imports(text)} | {
        "import course.learner.hub",
        "import course.learner.commands",
    }
    assert len(asked) > 50
    path = os.pathsep.join((str(tmp_path), str(tmp_path / "grader" / "src")))
    lines = "\n".join(sorted(asked))
    where = f"import {', '.join(PACKAGES)}\nfor one in ({', '.join(PACKAGES)}): print(one.__file__)"
    ran = subprocess.run(
        [sys.executable, "-c", f"{lines}\n{where}"],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert all(line.startswith(str(tmp_path)) for line in ran.stdout.split()[-len(PACKAGES) :])


def test_the_handout_is_the_same_copy_in_a_file(tmp_path: Path) -> None:
    """Else a class whose instructor handed it out would have the solutions, or no course."""
    file = tmp_path / "for" / "class.zip"
    ran = CliRunner().invoke(handout.handout, [str(file)])
    assert ran.exit_code == 0, ran.output
    with zipfile.ZipFile(file) as packed:
        assert {*packed.namelist()} == {f"llm-basics/{path}" for path in handed_out()}
        assert packed.read("llm-basics/AGENTS.md") == (ROOT / "AGENTS.md").read_bytes()


def test_no_handout_is_made_of_what_git_does_not_know(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An empty zip would look like the course until a class unpacks it."""
    monkeypatch.setattr(handout, "ROOT", tmp_path)
    ran = CliRunner().invoke(handout.handout, [str(tmp_path / "class.zip")])
    assert ran.exit_code == 1 and "made from a clone" in ran.output
    assert not (tmp_path / "class.zip").exists()


@pytest.mark.parametrize("lessons_only", [False, True], ids=["alone", "hub"])
def test_assistants_find_the_tutors_rules_where_a_learner_works(
    tmp_path: Path, lessons_only: bool
) -> None:
    """An assistant in work/ would solve what its learner wants to write."""
    fill_work(ROOT, work=tmp_path, lessons_only=lessons_only)
    rules = (tmp_path / "AGENTS.md").read_text(encoding="utf-8")
    assert rules == (ROOT / "course" / "learner" / "tutor.md").read_text(encoding="utf-8")
    assert (tmp_path / "CLAUDE.md").read_text(encoding="utf-8").strip() == "@AGENTS.md"


def test_who_asks_for_a_solution_there_is_told_that_there_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """ "Which exercise? One of" and nothing behind it would have them try name after name."""
    monkeypatch.setattr(commands, "ROOT", ROOT / "docs")
    for arguments in ([], ["1-attention"]):
        ran = CliRunner().invoke(commands.solution, arguments)
        assert ran.exit_code == 1 and "no solutions" in ran.output


def _imports(code: str) -> list[str]:
    """The imports of the course's packages in a cell, each on its own."""
    try:
        tree = ast.parse(re.sub(r"(?m)^ *[%!].*$", "", code))
    except SyntaxError:
        return []
    return [
        f"from {node.module} import {alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PACKAGES
        for alias in node.names
    ]
