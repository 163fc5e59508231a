"""What is wrong with a source notebook."""

from __future__ import annotations

import importlib
from collections import Counter
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from authoring.exercises import HIDDEN_MARKS, SCHEME_MARKS, SOLUTION_MARKS

FIRST_CELL = (
    "import math",
    "import torch",
    "from torch import nn",
    "import torch.nn.functional as F",
    "import numpy as np",
    "import matplotlib.pyplot as plt",
)


def faults(path: Path) -> list[str]:
    """What is wrong with a source notebook, a line each; empty where all is well."""
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (ValueError, nbformat.ValidationError) as error:
        return [f"{path.name} is not a valid notebook: {str(error).splitlines()[0]}"]
    said: list[str] = []
    ids = Counter(c.metadata.nbgrader.grade_id for c in notebook.cells if "nbgrader" in c.metadata)
    said += [
        f"grade_id {i!r} stands {n} times: each must be unique" for i, n in ids.items() if n > 1
    ]
    for number, cell in enumerate(notebook.cells):
        where = (
            f"cell {number} ({cell.metadata.get('nbgrader', {}).get('grade_id', 'no grade_id')})"
        )
        said += [f"{where}: {fault}" for fault in _cell_faults(cell)]
    code = [c for c in notebook.cells if c.cell_type == "code"]
    first = code[0] if code else None
    lines = [line for line in (first.source if first else "").split("\n") if line.strip()]
    if first is None or sorted(lines) != sorted(FIRST_CELL):
        said.append(f"the first code cell must import exactly: {'; '.join(FIRST_CELL)}")
    elif not first.metadata.get("nbgrader", {}).get("locked"):
        said.append("the first code cell must be locked")
    return said + _points_faults(path, notebook)


def _cell_faults(cell: NotebookNode) -> list[str]:
    said = []
    meta = cell.metadata.get("nbgrader", {})
    if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None):
        said.append("holds outputs: clear them, source/ is stored without")
    for begin, end in (SOLUTION_MARKS, HIDDEN_MARKS, SCHEME_MARKS):
        if cell.source.count(begin) != cell.source.count(end):
            said.append(f"{begin} without {end}, or the other way round")
    if HIDDEN_MARKS[0] in cell.source and not (meta.get("grade") and cell.cell_type == "code"):
        said.append("a hidden-test region outside a test cell would reach learners' grades unseen")
    if SOLUTION_MARKS[0] in cell.source and not meta.get("solution"):
        said.append("a solution region outside an answer cell is not cleared")
    if meta.get("solution") and SOLUTION_MARKS[0] not in cell.source:
        said.append(f"an answer cell needs a region {SOLUTION_MARKS[0]} … {SOLUTION_MARKS[1]}")
    if SCHEME_MARKS[0] in cell.source and not (meta.get("locked") and cell.cell_type == "markdown"):
        said.append("a mark scheme belongs into a locked markdown cell")
    if meta.get("grade") and not meta.get("points", 0) > 0:
        said.append(f"a graded cell is worth {meta.get('points', 0)} points: give it at least 1")
    if meta.get("grade") and not meta.get("solution") and not meta.get("locked"):
        said.append("a test cell must be locked")
    return said


def _points_faults(path: Path, notebook: NotebookNode) -> list[str]:
    """The points that learners are shown must be those that nbgrader counts."""
    name = path.stem
    module = f"checks.{name.split('-', 1)[-1].replace('-', '_')}"
    try:
        exercise = importlib.import_module(module).EXERCISE
    except ModuleNotFoundError:
        return [f"there is no module {module} with the exercise's checks"]
    points = {
        c.metadata.nbgrader.grade_id: c.metadata.nbgrader.points
        for c in notebook.cells
        if c.metadata.get("nbgrader", {}).get("grade")
    }
    wanted = {f"{n}-visible": p for n, p in exercise.visible.items()}
    wanted |= {f"{n}-hidden": p for n, p in exercise.hidden.items()}
    said = [
        f"cell {i!r} has {points.get(i, 'no')} points, but {module} says {p}"
        for i, p in wanted.items()
        if points.get(i) != p
    ]
    written = sum(p for i, p in points.items() if i not in wanted)
    if written != exercise.written:
        said.append(f"written answers have {written} points, but {module} says {exercise.written}")
    answers = {
        c.metadata.nbgrader.grade_id
        for c in notebook.cells
        if c.cell_type == "code" and c.metadata.get("nbgrader", {}).get("solution")
    }
    if answers != set(exercise.visible):
        said.append(f"answer cells {sorted(answers)} are not those of {module}")
    return said
