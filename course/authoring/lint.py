"""What is wrong with a source notebook."""

from __future__ import annotations

import ast
import importlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course.authoring.exercises import HIDDEN_MARKS, SCHEME_MARKS, SOLUTION_MARKS, module_of
from course.authoring.last_line import PARTIAL_CREDIT, ends_in_a_number
from course.maintenance.address import COLAB
from nbexaminer.judging.notebook.cell import NOT_GRADED, UNGRADED, Cell, Role

FIRST_CELL = (
    "import math",
    "import torch",
    "from torch import nn",
    "import torch.nn.functional as F",
    "import numpy as np",
    "import matplotlib.pyplot as plt",
)
"""What every exercise gives its answers, at least."""


def faults(path: Path) -> list[str]:
    """What is wrong with a source notebook, a line each; empty where all is well."""
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (ValueError, nbformat.ValidationError) as error:
        return [f"{path.name} is not a valid notebook: {str(error).splitlines()[0]}"]
    # nbformat makes up an id where one is missing, a new one each time.
    stored = json.loads(path.read_text(encoding="utf-8"))["cells"]
    lines = [
        f"cell {number} has no id: open the notebook in JupyterLab and save it"
        for number, cell in enumerate(stored)
        if "id" not in cell
    ]
    ids = Counter(c.metadata.nbgrader.grade_id for c in notebook.cells if "nbgrader" in c.metadata)
    lines += [
        f"grade_id {i!r} stands {n} times: each must be unique" for i, n in ids.items() if n > 1
    ]
    for number, cell in enumerate(notebook.cells):
        where = (
            f"cell {number} ({cell.metadata.get('nbgrader', {}).get('grade_id', 'no grade_id')})"
        )
        lines += [f"{where}: {fault}" for fault in [*_cell_faults(cell), *_stub_faults(cell)]]
    return lines + _first_cell_faults(notebook) + _faults_beside_checks(path.stem, notebook)


def _first_cell_faults(notebook: NotebookNode) -> list[str]:
    code = [c for c in notebook.cells if c.cell_type == "code" and c.get("id") != COLAB]
    try:
        statements = ast.parse(code[0].source if code else "").body
    except SyntaxError as error:
        return [f"the first code cell can't be read: {error.msg} in line {error.lineno}"]
    missing = set(FIRST_CELL) - {ast.unparse(statement) for statement in statements}
    if missing:
        return [f"the first code cell must import also: {'; '.join(sorted(missing))}"]
    others = [s.lineno for s in statements if not isinstance(s, ast.Import | ast.ImportFrom)]
    if others:
        return [
            f"the first code cell must only import: line {others[0]} belongs in another locked cell"
        ]
    if not code[0].metadata.get("nbgrader", {}).get("locked"):
        return ["the first code cell must be locked"]
    return []


def _cell_faults(cell: NotebookNode) -> list[str]:
    lines = []
    meta = cell.metadata.get("nbgrader", {})
    if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None):
        lines.append("holds outputs: clear them, source/ is stored without")
    for begin, end in (SOLUTION_MARKS, HIDDEN_MARKS, SCHEME_MARKS):
        if cell.source.count(begin) != cell.source.count(end):
            lines.append(f"{begin} without {end}, or the other way round")
    if HIDDEN_MARKS[0] in cell.source and not (meta.get("grade") and cell.cell_type == "code"):
        lines.append("a hidden-test region outside a test cell would reach learners' grades unseen")
    if SOLUTION_MARKS[0] in cell.source and not meta.get("solution"):
        lines.append("a solution region outside an answer cell is not cleared")
    if meta.get("solution") and SOLUTION_MARKS[0] not in cell.source:
        lines.append(f"an answer cell needs a region {SOLUTION_MARKS[0]} … {SOLUTION_MARKS[1]}")
    if SCHEME_MARKS[0] in cell.source and not (meta.get("locked") and cell.cell_type == "markdown"):
        lines.append("a mark scheme belongs into a locked markdown cell")
    if meta.get("grade") and not meta.get("points", 0) > 0 and Cell(cell).decision is None:
        lines.append(f"a graded cell is worth {meta.get('points', 0)} points: give it at least 1")
    if meta.get("grade") and not meta.get("solution") and not meta.get("locked"):
        lines.append("a test cell must be locked")
    if NOT_GRADED in cell.metadata.get("tags", []) and Cell(cell).role is not Role.SHOWN:
        lines.append(f"the tag {NOT_GRADED} is for code that only shows something")
    if Cell(cell).role is Role.TEST:
        lines += _test_faults(cell)
    if str(meta.get("grade_id", "")).startswith(UNGRADED) and meta.get("grade"):
        lines.append(f"an answer with points can't have a grade_id that begins with {UNGRADED!r}")
    return lines


def _test_faults(cell: NotebookNode) -> list[str]:
    text = [PARTIAL_CREDIT] if ends_in_a_number(cell.source) else []
    if "raises-exception" not in cell.metadata.get("tags", ()):
        text.append("a test cell needs the tag raises-exception: without it Run All stops here")
    if HIDDEN_MARKS[0] in cell.source and "waiting(" not in cell.source.split(HIDDEN_MARKS[0])[0]:
        text.append("before its hidden tests it must say what they wait for: waiting(…)")
    return text


def _stub_faults(cell: NotebookNode) -> list[str]:
    """A stub that stands in no function raises as soon as its cell runs."""
    raises = SOLUTION_MARKS[0] in [line.removeprefix("### ") for line in cell.source.split("\n")]
    if (
        cell.cell_type != "code"
        or not raises
        or "raises-exception" in cell.metadata.get("tags", ())
    ):
        return []
    return ["its stub raises when it is run: without the tag raises-exception Run All stops here"]


def _faults_beside_checks(name: str, notebook: NotebookNode) -> list[str]:
    """The answers must be those that are checked, and the points told be those that count."""
    module = module_of(name)
    try:
        exercise = importlib.import_module(module).EXERCISE
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        return [f"there is no module {module} with the exercise's checks"]
    lines = []
    if exercise.name != name:
        lines.append(f"{module} calls its exercise {exercise.name!r}: that must be {name!r}")
    answers = [
        c.metadata.nbgrader.grade_id
        for c in notebook.cells
        if c.cell_type == "code" and Cell(c).is_awaited
    ]
    if answers != list(exercise.answers):
        lines.append(
            f"the answer cells are {', '.join(answers)}, but {module} checks "
            f"{', '.join(exercise.answers)}: the same ones are wanted, in this order"
        )
    return lines + _points_faults(exercise.answers, notebook)


def _points_faults(answers: Sequence[str], notebook: NotebookNode) -> list[str]:
    """The table in the first cell tells the points that stand in the cells, in numbers."""
    worth = {
        c.metadata.nbgrader.grade_id: Cell(c).worth
        for c in notebook.cells
        if c.metadata.get("nbgrader", {}).get("grade")
    }
    tests = [[f"{name}-{which}" for name in answers] for which in ("visible", "hidden")]
    if missing := [i for ids in tests for i in ids if i not in worth]:
        return [f"there is no test cell {i!r}" for i in missing]
    parts = [sum(worth.pop(i) for i in ids) for ids in tests]
    if worth:
        parts.append(sum(worth.values()))
    wanted = [f"{points:g}" for points in (sum(parts), *parts)]
    kinds = ("the tests that you see", "hidden tests", "written answers")
    text = ", ".join(f"{n} for {kind}" for n, kind in zip(wanted[1:], kinds, strict=False))
    rows = [line for line in notebook.cells[0].source.split("\n") if line.startswith("|")]
    if len(rows) != 3 or rows[2].count("|") != 5:
        return ["the first cell needs a table: difficulty, minutes, points, builds on"]
    if re.findall(r"\d+(?:\.\d+)?", rows[2].split("|")[3]) != wanted:
        return [f'the points in the first cell are out of step: write "{wanted[0]}: {text}"']
    return []
