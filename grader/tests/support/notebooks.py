"""Source and submitted notebooks made of cells, graded by an engine."""

from __future__ import annotations

import json
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.utils import determine_grade

from nbexaminer.judging.limits import Limits
from nbexaminer.judging.session.engine import Engine, Examined
from nbexaminer.judging.session.verdicts import Outcome

LIMITS = Limits(
    memory_bytes=1 << 30,
    notebook_wall_seconds=40.0,
    cell_wall_seconds=5.0,
    cell_cpu_seconds=3.0,
    output_bytes=100_000,
)
IMPORTS = "import math\nimport numpy as np"
WITH_TORCH = f"""\
{IMPORTS}
import torch
from torch import nn
import torch.nn.functional as F
import matplotlib.pyplot as plt"""
"""For engines that have PyTorch imported already."""


def nbgrader(grade_id: str, **kind: Any) -> dict[str, Any]:
    plain = {"grade": False, "locked": False, "solution": False, "task": False}
    return {"nbgrader": plain | {"grade_id": grade_id, "schema_version": 3} | kind}


def given(grade_id: str, code: str) -> Any:
    return new_code_cell(code, id=grade_id, metadata=nbgrader(grade_id, locked=True))


def answer(grade_id: str, code: str = "") -> Any:
    code = f"### BEGIN SOLUTION\n{code}\n### END SOLUTION"
    return new_code_cell(code, id=grade_id, metadata=nbgrader(grade_id, solution=True))


def check(grade_id: str, code: str, points: int = 2) -> Any:
    metadata = nbgrader(grade_id, grade=True, locked=True, points=points)
    return new_code_cell(code, id=grade_id, metadata=metadata)


def written(grade_id: str, text: str) -> Any:
    metadata = nbgrader(grade_id, grade=True, solution=True, points=3)
    return new_markdown_cell(text, id=grade_id, metadata=metadata)


def not_graded(grade_id: str, code: str, locked: bool = False) -> Any:
    """A cell that only shows something."""
    metadata = nbgrader(grade_id, locked=True) if locked else {}
    return new_code_cell(code, id=grade_id, metadata=metadata | {"tags": ["not-graded"]})


def source_of(*cells: Any, imports: str = IMPORTS) -> bytes:
    notebook = new_notebook(
        cells=[given("imports", imports), *cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    return str(nbformat.writes(notebook)).encode()


def submission(source: bytes, answers: dict[str, str]) -> bytes:
    notebook = nbformat.reads(source.decode(), as_version=4)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in answers:
            cell.source = answers[grade_id]
    return str(nbformat.writes(notebook)).encode()


def run(
    engine: Engine,
    answers: str | dict[str, str],
    *tests: str,
    before: Any = (),
    imports: str = WITH_TORCH,
) -> Examined:
    """Grade an answer (grade id `f`) by test cells `t0`, `t1` …, and check the record."""
    if isinstance(answers, str):
        answers = {"f": answers}
    cells = [answer(name) for name in answers]
    checks = [check(f"t{i}", code) for i, code in enumerate(tests)]
    source = source_of(*before, *cells, *checks, imports=imports)
    graded = engine.grade(source, submission(source, answers))
    notebook = nbformat.from_dict(graded.notebook)
    nbformat.validate(notebook)
    recorded = {
        c.metadata.nbgrader.grade_id: determine_grade(c)[0]
        for c in notebook.cells
        if c.metadata.get("nbgrader", {}).get("grade") and not c.metadata.nbgrader.solution
    }
    assert recorded == {v.cell: v.points for v in graded.verdicts}, "nbgrader reads other points"
    for verdict in graded.verdicts:
        assert verdict.points == (verdict.max_points if verdict.outcome == Outcome.PASSED else 0)
    return graded


def outcomes(graded: Examined) -> list[str]:
    return [str(v.outcome) for v in graded.verdicts]


def outputs_of(graded: Examined, cell_id: str) -> list[dict[str, Any]]:
    return next(c["outputs"] for c in graded.notebook["cells"] if c["id"] == cell_id)


def text_of(graded: Examined, cell_id: str) -> str:
    return json.dumps(outputs_of(graded, cell_id), ensure_ascii=False)
